"""Grader: grades one hand-in after another in one process, and writes to no gradebook."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from grading.engine.autograded import write_autograded
from grading.engine.blankwork import blank_verdicts
from grading.engine.examination import ExaminationRoom
from grading.engine.graded import Graded, grade_cells
from grading.engine.handin import HandIn, read_hand_in
from grading.engine.master import Master, MasterNotebook
from grading.engine.sidefiles import side_files
from grading.engine.verdicts import Verdict, question_verdicts
from zhixing.course import DataTask, Lesson
from zhixing.paper import own_lesson
from zhixing.yard.yard import YardError

Drawn = tuple[tuple[str, int], ...]
"""Data tasks of a learner, each with the seed that it was drawn from."""

TRIES = 2
"""How often an examination is begun when the grader itself fails."""


class Grader:
    """Grades hand-ins of one assignment.

    Parameters
    ----------
    lesson
        Our lesson of that name, whose questions are scored from records; None in other courses.
    """

    def __init__(
        self, course_dir: Path, master: Master, lesson: Lesson | None, room: ExaminationRoom
    ) -> None:
        self._course_dir, self._master, self._lesson = course_dir, master, lesson
        self._room = room
        self._tables: dict[Drawn, dict[str, Any]] = {}
        self._untouched: dict[tuple[str, Drawn], dict[int, Verdict]] = {}

    def grade(self, username: str) -> Graded:
        """Grade a hand-in and write its autograded folder aside.

        Raises
        ------
        ZhixingError
            If it cannot be graded; what was found and the next step.
        """
        began = time.monotonic()
        hand_in = read_hand_in(self._course_dir, username, self._master)
        by_name = {
            name: self._verdicts(notebook, hand_in)
            for name, notebook in self._master.notebooks.items()
            if name not in hand_in.missing
        }
        write_autograded(self._course_dir, self._master, hand_in, by_name)
        scores = {
            name: _by_grade_id(self._master.notebooks[name], v) for name, v in by_name.items()
        }
        graded = grade_cells(self._master, hand_in, scores)
        return replace(graded, seconds=time.monotonic() - began)

    def _verdicts(self, notebook: MasterNotebook, hand_in: HandIn) -> dict[str | int, Verdict]:
        found: dict[str | int, Verdict] = {}
        if notebook.has_code:
            tasks = self._tasks(hand_in.username)
            examined = self._examined(notebook, hand_in.sources[notebook.name], tasks)
            found.update(dict(examined.items()))
        if self._lesson is not None:
            found.update(question_verdicts(notebook, self._lesson, hand_in.answers))
        return found

    def _tasks(self, username: str) -> Sequence[DataTask]:
        """Data tasks as this learner has them."""
        if self._lesson is None:
            return ()
        return own_lesson(self._lesson, self._course_dir.name, username, 1).tasks

    def _examined(
        self, notebook: MasterNotebook, sources: Mapping[str, str], tasks: Sequence[DataTask]
    ) -> dict[int, Verdict]:
        """Examine, but what was left as released only once: most learners take no code track."""
        if not notebook.is_untouched(sources):
            return self._found(notebook, sources, tasks)
        place = (notebook.name, _drawn(tasks))
        if place not in self._untouched:
            self._untouched[place] = self._found(notebook, sources, tasks)
        return self._untouched[place]

    def _found(
        self, notebook: MasterNotebook, sources: Mapping[str, str], tasks: Sequence[DataTask]
    ) -> dict[int, Verdict]:
        blank = blank_verdicts(notebook, sources)
        return self._tried(notebook, sources, tasks) if blank is None else blank

    def _tried(
        self, notebook: MasterNotebook, sources: Mapping[str, str], tasks: Sequence[DataTask]
    ) -> dict[int, Verdict]:
        drawn = _drawn(tasks)
        if drawn not in self._tables:
            self._tables[drawn] = side_files(self._master, tasks, is_ours=self._lesson is not None)
        for left in reversed(range(TRIES)):
            try:
                return self._room.verdicts(notebook, sources, self._tables[drawn])
            except YardError:
                # A yard that failed once is not to be trusted with the next hand-in.
                self._room.close()
                if not left:
                    raise
        raise AssertionError


def _drawn(tasks: Sequence[DataTask]) -> Drawn:
    return tuple((task.id, task.seed) for task in tasks)


def _by_grade_id(
    notebook: MasterNotebook, verdicts: Mapping[str | int, Verdict]
) -> dict[str, Verdict]:
    named = {
        cell.grade_id: verdicts[place]
        for place, cell in enumerate(notebook.cells)
        if cell.grade_id and place in verdicts
    }
    return named | {key: one for key, one in verdicts.items() if isinstance(key, str)}
