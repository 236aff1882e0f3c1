"""Yard execute: nbgrader's Execute in compatible mode, in a walled interpreter instead of a kernel.

One interpreter runs the learner's cells and the course's tests, as nbgrader means it; whoever
wants tests out of a learner's reach seals the course (``grading.engine``).
"""

from __future__ import annotations

import atexit
import base64
import os
import socket
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from nbformat import from_dict
from nbgrader.preprocessors import Execute
from traitlets import Integer

from grading.blanknotebook import fail_blank
from grading.engine.interpreter import error_output
from grading.engine.jobroom import JobRoom
from grading.plainoutput import plain_output
from zhixing.errors import ZhixingError
from zhixing.kernels.boxedkernel import BoxedKernelManager
from zhixing.yard.frames import ChannelError, receive, send
from zhixing.yard.yard import YardError

SECONDS_A_NOTEBOOK = 300
SECONDS_OF_GRACE = 5
"""How much longer than its limit a cell may stay silent: the other side interrupts it first."""

SECONDS_FOR_FILES = 20
LARGEST_FILES, LARGEST_FILE = 48 * 1024 * 1024, 20 * 1024 * 1024
"""Bytes of all files beside a notebook, and of one: the interpreter's own folder and one message
hold little more."""

LARGEST_PARCEL = 8 * 1024 * 1024
TRIES = 2
"""How often a notebook is begun when the grader itself fails."""

PYTHON = ("python", "python3", "ipython")

FIELDS: Mapping[str, Mapping[str, type]] = {
    "stream": {"name": str, "text": str},
    "error": {"ename": str, "evalue": str, "traceback": list},
    "display_data": {"data": dict, "metadata": dict},
    "execute_result": {"data": dict, "metadata": dict},
}
"""Form of each kind of output, as far as nbgrader relies on it."""

STOPPED = "学员的代码使程序停了，这一格和后面的没有运行。"
MEMORY = "用的内存太多，程序被停了，这一格和后面的没有运行。"
LATE = "整个笔记本运行得太久，这一格和后面的没有运行。"


class SideFilesError(ZhixingError):
    """Files beside a notebook that do not fit into an interpreter's folder."""


@dataclass
class Talk:
    """What is asked of an interpreter, one thing after the other; once it is over it stays over.

    Parameters
    ----------
    why
        Why it is over, empty as long as it is not.
    """

    channel: socket.socket
    deadline: float
    why: str = ""
    number: int = field(default=0)

    def ask(self, request: Mapping[str, Any], seconds: float) -> dict[str, Any] | None:
        """Reply to this very request, by its number; None once it is over.

        A late reply would be taken for that to the next request: the first that is late, or has
        another number, is the last.
        """
        if self.why:
            return None
        self.number += 1
        try:
            send(self.channel, {"id": self.number, **request}, seconds)
            reply = receive(self.channel, seconds)
        except ChannelError:
            reply = {}
        if reply.get("id") == self.number:
            return reply
        self.why = STOPPED
        return None

    def run(self, source: str, seconds: float) -> dict[str, Any] | None:
        """Run a cell, for at most what is left of the notebook's time."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            self.why = self.why or LATE
        limit = min(seconds, max(left, 0.1))
        request = {"op": "run", "source": source, "seconds": limit}
        return self.ask(request, limit + SECONDS_OF_GRACE)


class YardExecute(Execute):
    """Runs a notebook's cells; configured as ``Execute``, whose traits it has.

    Python only: a notebook of another language runs in its own kernel, boxed.
    """

    notebook_timeout = Integer(
        SECONDS_A_NOTEBOOK,
        help="Seconds a notebook may run; at least as long as one of its cells.",
    ).tag(config=True)

    def preprocess(self, nb: Any, resources: Any = None, km: Any = None) -> tuple[Any, Any]:
        """Run every code cell in order; a cell that fails does not end the run.

        Where a learner wrote no code, and the tests are sure to fail for that, nothing is started.
        """
        if fail_blank(nb):
            return nb, resources
        if str(nb.metadata.get("kernelspec", {}).get("language", "python")).lower() not in PYTHON:
            self.kernel_manager_class = BoxedKernelManager
            found: tuple[Any, Any] = super().preprocess(nb, resources, km)
            return found
        folder = Path((resources or {}).get("metadata", {}).get("path", "."))
        for left in reversed(range(TRIES)):
            try:
                self._run(nb, folder)
                break
            except YardError as error:
                if not left:
                    raise
                self.log.warning("批改用的沙箱停了（%s），换一个再运行一次", error)
        return nb, resources

    def _run(self, nb: Any, folder: Path) -> None:
        cells = [cell for cell in nb.cells if cell.cell_type == "code"]
        seconds = self._seconds
        with room().job() as job:
            talk = Talk(job.channel, time.monotonic() + max(seconds, self.notebook_timeout))
            for files in _parcels(folder):
                request = {"op": "files", "files": files, "environ": _environ()}
                talk.ask(request, SECONDS_FOR_FILES)
            replies = [
                talk.run(cell.source, seconds) if cell.source.strip() else {} for cell in cells
            ]
        why = MEMORY if job.why == "memory" else talk.why
        for cell, reply in zip(cells, replies, strict=True):
            outputs = [error_output("Stopped", why)] if reply is None else _outputs(reply)
            cell.outputs = [from_dict(output) for output in outputs]
            count = (reply or {}).get("count")
            cell.execution_count = count if type(count) is int else None

    @property
    def _seconds(self) -> float:
        """Of one cell; nbgrader's None and -1 mean as long as the notebook may."""
        limit = self.timeout
        return float(limit if limit is not None and limit > 0 else self.notebook_timeout)


def _outputs(reply: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Outputs of a cell; what is none is left out, and a failure is seen even if it is hidden."""
    told = reply.get("outputs", ())
    outputs = [_known(one) for one in told if isinstance(one, Mapping)]
    failed = reply.get("failed")
    if failed and not any(one["output_type"] == "error" for one in outputs):
        name, text = (str(failed.get(key, "")) for key in ("type", "text"))
        outputs.append(error_output(name, text))
    return outputs


def _known(output: Mapping[str, Any]) -> dict[str, Any]:
    """The output itself where it has the form of its kind, else what is plain in it."""
    fields = FIELDS.get(str(output.get("output_type")), {})
    is_whole = bool(fields) and all(
        isinstance(output.get(name), kind) for name, kind in fields.items()
    )
    shown = output.get("data", {}).get("text/plain", "") if is_whole else None
    return dict(output) if isinstance(shown, str) else plain_output(output)


def _parcels(folder: Path) -> Iterator[dict[str, str]]:
    """Files beside the notebook, as many at once as a message carries."""
    parcel: dict[str, str] = {}
    total = size = 0
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        own = path.stat().st_size
        total, size = total + own, size + own
        if total > LARGEST_FILES or own > LARGEST_FILE:
            raise SideFilesError(
                f"{path.name} 放不进沙箱：一个文件最多 {LARGEST_FILE >> 20} MB，"
                f"一共最多 {LARGEST_FILES >> 20} MB。没有批改，请减少笔记本旁边的文件。"
            )
        if parcel and size > LARGEST_PARCEL:
            yield parcel
            parcel, size = {}, own
        name = path.relative_to(folder).as_posix()
        parcel[name] = base64.b64encode(path.read_bytes()).decode()
    yield parcel


def _environ() -> dict[str, str]:
    known = ("NBGRADER_EXECUTION", "NBGRADER_VALIDATING")
    return {name: os.environ[name] for name in known if name in os.environ}


_rooms: list[JobRoom] = []
"""The room of this process, if it was given one; the last that was given."""


def use_room(given: JobRoom) -> None:
    """Have every notebook of this process run in this room."""
    _rooms[:] = [given]


def room() -> JobRoom:
    """The room of this process; one of its own where it was given none."""
    return _rooms[-1] if _rooms else _own_room()


@cache
def _own_room() -> JobRoom:
    own = JobRoom()
    atexit.register(own.close)
    return own
