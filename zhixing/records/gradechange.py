"""Grade change: what a regrade makes of a grade that was already released."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from zhixing.records.sittings import SittingPlace
from zhixing.records.tables import Grade, Submission
from zhixing.regrade import Change

SAME_POINTS = 0.005
"""Points; a released cell that differs by more from what was earned was changed by a person."""

LONGEST_COMMENT = 4000


@dataclass(frozen=True)
class CellChange:
    """A cell of a released grade, as it was and as it becomes.

    ``is_by_hand`` says that the points would change, and a trainer had given them by hand: these
    stay.
    """

    before: Mapping[str, Any]
    after: Mapping[str, Any]
    is_by_hand: bool

    def words(self) -> str:
        """What the learner reads of it."""
        points = f"{self.before['score']:g} 分改为 {self.after['score']:g} 分"
        return f"题目 {self.before['id']} 重新判分：{points}"


@dataclass(frozen=True)
class GradeChange:
    """The released grade of a hand-in, and what it becomes.

    Parameters
    ----------
    cells
        As in ``grade.cells``, as they become.
    changes
        Of the cells that the regrade is about.
    is_of_lesson
        Whether marks stay and the whole lesson adds up otherwise.
    """

    submission_id: int
    before: float
    after: float
    max_score: float
    cells: tuple[Mapping[str, Any], ...]
    comment: str
    changes: tuple[CellChange, ...]
    is_of_lesson: bool

    @property
    def is_by_hand(self) -> bool:
        """Whether points stay that a trainer had given by hand."""
        return any(one.is_by_hand for one in self.changes)

    @property
    def is_any(self) -> bool:
        """Whether another grade has to be released."""
        return any(one.after["score"] != one.before["score"] for one in self.changes)

    def row(self, reason: str, trainer_id: int, now: datetime) -> dict[str, Any]:
        """Columns of the grade to release; the learner reads in it what changed and why."""
        told = f"{self._words()}。原因：{reason}"
        before = self.comment[: LONGEST_COMMENT - len(told) - 1]
        comment = f"{before}\n{told}" if before else told
        return {
            "submission_id": self.submission_id,
            "score": self.after,
            "max_score": self.max_score,
            "comment": comment,
            "cells": [dict(cell) for cell in self.cells],
            "trainer_id": trainer_id,
            "released_at": now,
        }

    def _words(self) -> str:
        moved = [one for one in self.changes if one.after["score"] != one.before["score"]]
        if self.is_of_lesson:
            return f"这一讲的计分办法改了，重新合计：{self.before:g} 分改为 {self.after:g} 分"
        return "；".join(one.words() for one in moved)


def grade_changes(
    conn: Connection,
    lesson_id: str,
    changes: Mapping[SittingPlace, Mapping[str, Change]],
    *,
    is_of_lesson: bool,
) -> dict[SittingPlace, GradeChange]:
    """Sitting to what becomes of its newest released grade, where there is one.

    Parameters
    ----------
    changes
        Sitting to what the regrade does to each of its questions.
    """
    enrolments = {enrolment for enrolment, _ in changes}
    rows = conn.execute(
        select(
            Submission.enrolment_id,
            Submission.number,
            Submission.id,
            Grade.score,
            Grade.max_score,
            Grade.comment,
            Grade.cells,
        )
        .join(Grade, Grade.submission_id == Submission.id)
        .where(Submission.lesson_id == lesson_id, Submission.enrolment_id.in_(enrolments))
        .order_by(Grade.id)
    )
    newest = {(row.enrolment_id, row.number): row for row in rows}
    found = {
        place: _grade_change(newest[place], changes[place], is_of_lesson)
        for place in newest
        if place in changes
    }
    return {place: one for place, one in found.items() if one.changes}


def _grade_change(
    row: Any,
    changes: Mapping[str, Change],
    is_of_lesson: bool,  # noqa: FBT001 - private, as its caller has it
) -> GradeChange:
    cells = {
        cell["id"]: _cell_change(cell, changes[cell["id"]])
        for cell in row.cells
        if cell["id"] in changes
    }
    return GradeChange(
        submission_id=row.id,
        before=row.score,
        after=row.score + _sum(cells, "score"),
        max_score=row.max_score + _sum(cells, "max_score"),
        cells=tuple(cells[one["id"]].after if one["id"] in cells else one for one in row.cells),
        comment=row.comment,
        changes=tuple(cells.values()),
        is_of_lesson=is_of_lesson,
    )


def _sum(cells: Mapping[str, CellChange], name: str) -> float:
    return sum(float(one.after[name] - one.before[name]) for one in cells.values())


def _cell_change(cell: Mapping[str, Any], change: Change) -> CellChange:
    if abs(cell["score"] - change.before) > SAME_POINTS:
        return CellChange(cell, cell, is_by_hand=change.is_any)
    if not change.is_any and not change.marks:
        return CellChange(cell, cell, is_by_hand=False)
    new = {**cell, "score": change.after, "max_score": change.tries[-1].points}
    return CellChange(cell, new, is_by_hand=False)
