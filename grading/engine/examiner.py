"""Examiner: runs the course's own test cells, unchanged, against values of a learner's interpreter.

It holds the hidden tests and never shows them: it runs in a box of its own, reaches the learner
only through :class:`grading.engine.interpreter.Interpreter`, and says for each test cell what
points it gives. Late, missing and malformed are failed (sealed-grading.md, 5).
"""

from __future__ import annotations

import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import ModuleType
from typing import Any

from grading.engine.examiner_kinds import EXAMINE, GIVEN, RUN, TAKE, TEST
from grading.engine.interpreter import (
    NOT_RUN,
    SECONDS_OF_GRACE,
    Interpreter,
    error_output,
)
from grading.engine.names import STAR
from grading.engine.seeds import forget_seeds, watch_seeds
from grading.engine.showing import points_from, shown_outputs
from zhixing.kernels.walls import FOLDER
from zhixing.yard import learner
from zhixing.yard.frames import receive, send
from zhixing.yard.learner import write_files
from zhixing.yard.shell import Shell, is_error
from zhixing.yard.timelimit import time_limit

MODULES = ".zhixing-modules"
STOPPED_BY_CALL = "检查调用您的函数时，程序停了。"


def preload() -> None:
    """Make the shell before the fork, and notice what tests set at random."""
    learner.preload()
    watch_seeds()


class Examiner:
    """One submission's examination.

    Parameters
    ----------
    job
        ``{"cells": [{"kind", "source", "points", "is_hidden", **Share}], "files", "environ",
        "seconds"}``: the notebook in order, the course's cells with what to take from the learner
        (:class:`grading.engine.ownership.Share`).
    """

    def __init__(self, shell: Shell, interpreter: Interpreter, job: Mapping[str, Any]) -> None:
        self._shell, self._learner, self._job = shell, interpreter, job
        self._knows_hidden = False
        self._begin: Callable[[str], None] = lambda _: None
        courses = [cell["source"] for cell in job["cells"] if cell["kind"] in (GIVEN, TEST)]
        self._looks_at_sources = any("inspect" in source for source in courses)

    def verdicts(self, report: socket.socket) -> None:
        """Go through the notebook, telling of every cell as soon as it is done."""
        write_files(self._job["files"], self._job["environ"])
        give_modules(self._job["files"])
        self._learner.write_files(self._job["files"], self._job["environ"])
        for place, cell in enumerate(self._job["cells"]):
            self._begin = partial(_tell_step, report, place)
            verdict = self._verdict(cell)
            send(report, {"cell": place, **verdict})
        send(report, {"done": True, "is_gone": self._learner.has_ended()})

    def _verdict(self, cell: Mapping[str, Any]) -> dict[str, Any]:
        if cell["kind"] == TEST:
            return self._examined(cell)
        self._begin(RUN)
        if self._looks_at_sources:
            self._learner.proxies.know_source(cell["source"])
        told = self._learner.run(cell["source"], self._job["seconds"])
        if cell["kind"] == GIVEN:
            self._run_given(cell)
        if self._knows_hidden and told["outputs"]:
            # Shown after all where the same cells say it without any test (examination.py).
            return {**told, "outputs": [], "is_withheld": True}
        return told

    def _run_given(self, cell: Mapping[str, Any]) -> None:
        """What the course gives, the tests have as the course made it."""
        self._take(cell)
        self._outputs_of(cell["source"])

    def _outputs_of(self, source: str) -> tuple[list[dict[str, Any]], Any]:
        self._begin(EXAMINE)
        seconds = self._job["seconds"]
        self._learner.deadline = time.monotonic() + seconds
        # A call that hangs over there is to end there, so that the next can be made.
        with time_limit(seconds + 2 * SECONDS_OF_GRACE):
            return self._shell.outputs_of(source)

    def _examined(self, cell: Mapping[str, Any]) -> dict[str, Any]:
        # What the course's given cells seeded, the learner's side seeded by running them.
        forget_seeds()
        problem = self._take(cell)
        calls = self._learner.calls
        if self._learner.has_ended():
            return {"points": 0.0, "outputs": [error_output("NotRun", NOT_RUN)]}
        outputs, result = self._outputs_of(cell["source"])
        if self._learner.has_ended():
            return {"points": 0.0, "outputs": [error_output("Stopped", STOPPED_BY_CALL)]}
        has_failed = is_error(outputs) or not result.success
        points = 0.0 if has_failed else points_from(result.result, outputs, cell["points"])
        self._knows_hidden |= cell["is_hidden"] and self._learner.calls > calls
        shown = shown_outputs(cell, outputs, problem, knows_hidden=self._knows_hidden)
        return {"points": points, "outputs": shown}

    def _take(self, cell: Mapping[str, Any]) -> str:
        """Put the learner's values under their names; what is not there is not there."""
        self._begin(TAKE)
        names = [name for name in cell["wanted"] if not self._is_ours(name, cell["owned"])]
        taken = self._learner.values(names, cell["changes"])
        for name in names:
            self._shell.user_ns.pop(name, None)
            if name in taken.values and name not in cell["imports"]:
                self._shell.user_ns[name] = taken.values[name]
        for name, statement in cell["imports"].items():
            if name == STAR or (name in taken.there and name not in self._shell.user_ns):
                self._shell.outputs_of(statement)
        return taken.problem

    def _is_ours(self, name: str, owned: Sequence[str]) -> bool:
        """Whether a name stays as the course has it: what it made, and every module."""
        space = self._shell.user_ns
        return name in space and (name not in owned or isinstance(space[name], ModuleType))


def give_modules(files: Mapping[str, str]) -> None:
    """Let the course's own modules be imported.

    From a folder of their own: beside them in the job's folder may lie what a learner wrote.
    """
    modules = {f"{MODULES}/{name}": one for name, one in files.items() if name.endswith(".py")}
    if modules:
        write_files(modules, {})
        sys.path.append(str(FOLDER / MODULES))


def _tell_step(report: socket.socket, place: int, step: str) -> None:
    send(report, {"begun": step, "cell": place})


def run(channels: list[socket.socket]) -> None:
    """Examine one submission: the job comes and verdicts go over the first socket."""
    report, to_learner = channels
    # A learner that is gone is told by the socket, not by a signal.
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    shell = Shell.instance()
    interpreter = Interpreter(to_learner)
    examiner = Examiner(shell, interpreter, receive(report))
    examiner.verdicts(report)
