"""Examination: one notebook of one hand-in, run in two walled interpreters.

The learner's has the cells and no test; the examiner's has the tests and no gradebook. What is not
told in time has failed; what was told before stays told.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from grading.engine.examiner_kinds import GIVEN, SECONDS_FOR_VALUES, SOLUTION, TAKE, TEST
from grading.engine.master import MasterNotebook
from grading.engine.probe import require_walls
from grading.engine.verdicts import Told, Verdict
from zhixing.errors import ZhixingError
from zhixing.kernels.walls import Limits
from zhixing.yard.frames import ChannelError, LateError, receive, send
from zhixing.yard.yard import Yard, YardError, wait_until_ready

SECONDS_A_CELL = 30.0
"""How long one cell may run; nbgrader's own default."""

SECONDS_A_NOTEBOOK = 300.0
SECONDS_FOR_OUTPUTS = 60.0
"""How long cells may run once more for their outputs alone."""

SECONDS_OF_GRACE = 15.0
"""How long the examiner may stay silent before its first step."""

SECONDS_OF_PATIENCE = 8.0
"""How much longer than a step may take it may stay silent: it keeps those limits itself."""

ROLES = ("zhixing.yard.learner", "grading.engine.examiner")
MEMORY = "用的内存太多，程序被停了。"
SILENT = "前面的代码使程序停了，这一格没有运行。"
_NOT_SHOWN = {
    "output_type": "stream",
    "name": "stdout",
    "text": "（这一格在隐藏的检查之后，它的输出没有保留。）",
}
STALLED = "检查这一格的结果用的时间太长，停了。"


class ExaminationRoom:
    """Both yards of one worker; opened when the first code is met.

    Parameters
    ----------
    seconds
        How long one cell may run.
    hidden
        Folders that no learner's code may see; a probe looks for them at the start.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        seconds: float = SECONDS_A_CELL,
        hidden: Sequence[Path] = (),
    ) -> None:
        self._seconds, self._limits, self._hidden = seconds, limits, hidden
        self._yards = tuple(Yard(role, limits) for role in ROLES)
        self._is_open = False

    def close(self) -> None:
        """End both yards."""
        for yard in self._yards:
            yard.close()
        self._is_open = False

    def branch(self) -> ExaminationRoom:
        """A room for another process of ours, with jobs of the same two fork-servers.

        If those are gone it opens its own when it needs them.
        """
        room = ExaminationRoom(self._limits, self._seconds, self._hidden)
        if self._is_open:
            with suppress(YardError):
                room._yards = tuple(yard.branch() for yard in self._yards)
                room._is_open = True
        return room

    def open(self) -> None:
        """Start both yards, at once, and see that no probe gets out.

        Raises
        ------
        NoIsolationError
            If this machine lets nobody make a box; there is no way round it.
        YardError
            If a probe gets out, or a yard does not start.
        """
        if self._is_open:
            return
        try:
            for yard in self._yards:
                yard.open()
            require_walls(self._yards[0], self._hidden)
        except ZhixingError:
            self.close()
            raise
        self._is_open = True

    def verdicts(
        self, notebook: MasterNotebook, sources: Mapping[str, str], side: Mapping[str, Any]
    ) -> dict[int, Verdict]:
        """Examine a notebook; verdicts by the place of the cell.

        Parameters
        ----------
        side
            ``files`` and ``environ`` that both interpreters have.

        Raises
        ------
        YardError
            If the grader itself failed; nothing was found out about the hand-in.
        """
        self.open()
        deadline = time.monotonic() + SECONDS_A_NOTEBOOK
        job, places = _job(notebook, sources, self._seconds)
        told = Told()
        with self._running({**job, **side}) as report:
            is_over = self._listen(report, told, places, deadline)
        if not is_over and not self._why:
            # No limit ended it, so it was not the learner's doing: never a zero for that.
            raise YardError("检查程序自己中途停了，没有查出结果。请再试一次。")
        for place in places:
            if place not in told.verdicts:
                told.verdicts[place] = _failed(self._why or SILENT)
        if told.withheld:
            self._show_again(told, {**job, **side}, places, deadline)
        return told.verdicts

    def _show_again(
        self, told: Told, job: Mapping[str, Any], places: list[int], deadline: float
    ) -> None:
        """Run the cells once more without any test, for what they say by themselves.

        After a hidden test called the learner's function, the first run's later outputs may hold
        its inputs. Points stay those of the first run.
        """
        kept = [
            (place, {**cell, "kind": SOLUTION})
            for place, cell in zip(places, job["cells"], strict=True)
            if cell["kind"] != TEST and place <= max(told.withheld)
        ]
        again = Told()
        soon = min(deadline, time.monotonic() + SECONDS_FOR_OUTPUTS)
        with (
            suppress(YardError, ChannelError),
            self._running({**job, "cells": [c for _, c in kept]}) as report,
        ):
            self._listen(report, again, [place for place, _ in kept], soon)
        for place in told.withheld:
            shown = again.verdicts[place].outputs if place in again.verdicts else [_NOT_SHOWN]
            told.verdicts[place] = replace(told.verdicts[place], outputs=shown)

    @contextmanager
    def _running(self, job: Mapping[str, Any]) -> Iterator[socket.socket]:
        learner_yard, examiner_yard = self._yards
        with ExitStack() as stack:
            to_learner, learners = map(stack.enter_context, socket.socketpair())
            ours, theirs = map(stack.enter_context, socket.socketpair())
            learner = learner_yard.start(learners)
            learners.close()
            examiner = None
            self._why = ""
            try:
                wait_until_ready(to_learner)
                examiner = examiner_yard.start(theirs, to_learner)
                theirs.close()
                to_learner.close()
                wait_until_ready(ours)
                send(ours, job, SECONDS_OF_GRACE)
                yield ours
            finally:
                ends = [learner_yard.end(learner)]
                if examiner is not None:
                    ends.append(examiner_yard.end(examiner))
                self._why = MEMORY if "memory" in ends else ""

    def _listen(
        self, report: socket.socket, told: Told, places: list[int], deadline: float
    ) -> bool:
        """Take verdicts until all are told, or time is over; whether either came about."""
        begun: Mapping[str, Any] = {}
        while (left := deadline - time.monotonic()) > 0:
            try:
                message = receive(report, max(0.1, min(left, self._patience(begun))))
            except LateError:
                # It works with the learner's values and no signal ends it: theirs to answer for.
                if begun:
                    told.verdicts[places[begun["cell"]]] = _failed(STALLED)
                return bool(begun)
            except ChannelError:
                return False
            if message.get("done"):
                return True
            if "failed" in message:
                raise YardError(f"批改程序自己出错：{message['failed']}")
            begun = message if "begun" in message else {}
            if not begun:
                told.take({**message, "cell": places[message["cell"]]})
        return True

    def _patience(self, begun: Mapping[str, Any]) -> float:
        """How long the examiner may be silent after it said this."""
        step = begun.get("begun")
        if step == TAKE:
            return SECONDS_FOR_VALUES + SECONDS_OF_PATIENCE
        return self._seconds + SECONDS_OF_PATIENCE if step else SECONDS_OF_GRACE


def _job(
    notebook: MasterNotebook, sources: Mapping[str, str], seconds: float
) -> tuple[dict[str, Any], list[int]]:
    """Cells to run, in order, and the places they have in the notebook."""
    places = [n for n, cell in enumerate(notebook.cells) if cell.kind in (TEST, SOLUTION, GIVEN)]
    cells = []
    for place in places:
        cell = notebook.cells[place]
        is_learners = cell.kind == SOLUTION
        cells.append(
            {
                "kind": cell.kind,
                "source": sources.get(cell.grade_id, "") if is_learners else cell.source,
                "points": cell.points or 0.0,
                "is_hidden": cell.is_hidden,
                **asdict(cell.share),
            }
        )
    return {"cells": cells, "seconds": seconds}, places


def _failed(reason: str) -> Verdict:
    error = {"output_type": "error", "ename": "NotRun", "evalue": reason, "traceback": [reason]}
    return Verdict(0.0, [error])
