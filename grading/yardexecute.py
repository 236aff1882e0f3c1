"""Yard execute: nbgrader's Execute in compatible mode, in a walled interpreter instead of a kernel.

One interpreter runs the learner's cells and the course's tests, as nbgrader means it; whoever
wants tests out of a learner's reach seals the course (``grading.engine``).
"""

from __future__ import annotations

import atexit
import base64
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from nbformat import from_dict
from nbgrader.preprocessors import Execute

from grading.engine.interpreter import error_output
from zhixing.kernels.boxedkernel import BoxedKernelManager
from zhixing.yard.frames import ChannelError, receive, send
from zhixing.yard.yard import Yard, wait_until_ready

LARGEST_FILES = 16 * 1024 * 1024
SECONDS_OF_GRACE = 5
PYTHON = ("python", "python3", "ipython")

STOPPED = "学员的代码使程序停了，这一格和后面的没有运行。"


class YardExecute(Execute):
    """Runs a notebook's cells; configured as ``Execute``, whose traits it has.

    Python only: a notebook of another language runs in its own kernel, boxed.
    """

    def preprocess(self, nb: Any, resources: Any = None, km: Any = None) -> tuple[Any, Any]:
        """Run every code cell in order; a cell that fails does not end the run."""
        if str(nb.metadata.get("kernelspec", {}).get("language", "python")).lower() not in PYTHON:
            self.kernel_manager_class = BoxedKernelManager
            found: tuple[Any, Any] = super().preprocess(nb, resources, km)
            return found
        folder = Path((resources or {}).get("metadata", {}).get("path", "."))
        with _interpreter() as channel:
            self._ask(channel, {"op": "files", "files": _files(folder), "environ": _environ()})
            for cell in nb.cells:
                if cell.cell_type == "code":
                    self._run(channel, cell)
        return nb, resources

    def _run(self, channel: socket.socket, cell: Any) -> None:
        cell.outputs, cell.execution_count = [], None
        if not cell.source.strip():
            return
        reply = self._ask(channel, {"op": "run", "source": cell.source, "seconds": self.timeout})
        outputs = reply.get("outputs", [error_output("Stopped", STOPPED)])
        failed = reply.get("failed")
        if failed and not any(one["output_type"] == "error" for one in outputs):
            outputs = [*outputs, error_output(failed["type"], failed["text"])]
        cell.outputs = [from_dict(output) for output in outputs]
        cell.execution_count = reply.get("count")

    def _ask(self, channel: socket.socket, request: dict[str, Any]) -> dict[str, Any]:
        """Reply, or an empty one once the interpreter is gone."""
        seconds = (self.timeout or 3600) + SECONDS_OF_GRACE
        if request.get("seconds", 1) is None:
            request = {**request, "seconds": 3600}
        try:
            send(channel, {"id": 1, **request}, seconds)
            return receive(channel, seconds)
        except ChannelError as error:
            self.log.warning("学员的代码使程序停了（%s），后面的单元格没有运行", error)
            return {}


def _files(folder: Path) -> dict[str, str]:
    found, size = {}, 0
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            size += path.stat().st_size
            if size <= LARGEST_FILES:
                name = path.relative_to(folder).as_posix()
                found[name] = base64.b64encode(path.read_bytes()).decode()
    return found


def _environ() -> dict[str, str]:
    known = ("NBGRADER_EXECUTION", "NBGRADER_VALIDATING")
    return {name: os.environ[name] for name in known if name in os.environ}


@cache
def _yard() -> Yard:
    """The one warm fork-server of this process."""
    yard = Yard("zhixing.yard.learner")
    yard.open()
    atexit.register(yard.close)
    return yard


@contextmanager
def _interpreter() -> Iterator[socket.socket]:
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            number = _yard().start(theirs)
        try:
            wait_until_ready(ours)
            yield ours
        finally:
            _yard().end(number)
