"""Grade change: what a regrade makes of a grade that was already released."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from zhixing.records.tables import Grade, Submission
from zhixing.regrade import Change

SAME_POINTS = 0.005
"""Points; a released cell that differs by more from what was earned was changed by a person."""

LONGEST_COMMENT = 4000


@dataclass(frozen=True)
class GradeChange:
    """The released grade of a hand-in, and what it becomes.

    Parameters
    ----------
    cells
        As in ``grade.cells``, as they become.
    is_by_hand
        Whether a trainer had given the question's points by hand; these stay.
    """

    submission_id: int
    question_id: str
    before: float
    after: float
    max_score: float
    cells: tuple[Mapping[str, Any], ...]
    comment: str
    points: tuple[float, float]
    is_by_hand: bool

    @property
    def is_any(self) -> bool:
        """Whether another grade has to be released."""
        return not self.is_by_hand and abs(self.after - self.before) > 0

    def row(self, reason: str, trainer_id: int, now: datetime) -> dict[str, Any]:
        """Columns of the grade to release; the learner reads in it what changed and why."""
        before, after = self.points
        told = f"题目 {self.question_id} 重新判分：{before:g} 分改为 {after:g} 分。原因：{reason}"
        comment = f"{self.comment}\n{told}" if self.comment else told
        return {
            "submission_id": self.submission_id,
            "score": self.after,
            "max_score": self.max_score,
            "comment": comment[-LONGEST_COMMENT:],
            "cells": [dict(cell) for cell in self.cells],
            "trainer_id": trainer_id,
            "released_at": now,
        }


def grade_changes(
    conn: Connection, lesson_id: str, question_id: str, changes: Mapping[int, Change]
) -> dict[int, GradeChange]:
    """Enrolment to what becomes of its newest released grade, where there is one."""
    rows = conn.execute(
        select(
            Submission.enrolment_id,
            Submission.id,
            Grade.score,
            Grade.max_score,
            Grade.comment,
            Grade.cells,
        )
        .join(Grade, Grade.submission_id == Submission.id)
        .where(Submission.lesson_id == lesson_id, Submission.enrolment_id.in_(list(changes)))
        .order_by(Submission.number, Grade.id)
    )
    newest = {row.enrolment_id: row for row in rows}
    found = {name: _change(row, question_id, changes[name]) for name, row in newest.items()}
    return {name: one for name, one in found.items() if one is not None}


def _change(row: Any, question_id: str, change: Change) -> GradeChange | None:
    cell = next((cell for cell in row.cells if cell["id"] == question_id), None)
    if cell is None:
        return None
    is_by_hand = abs(cell["score"] - change.before) > SAME_POINTS
    points = change.tries[-1].points
    new = cell if is_by_hand else {**cell, "score": change.after, "max_score": points}
    return GradeChange(
        submission_id=row.id,
        question_id=question_id,
        before=row.score,
        after=row.score + new["score"] - cell["score"],
        max_score=row.max_score + new["max_score"] - cell["max_score"],
        cells=tuple(new if one is cell else one for one in row.cells),
        comment=row.comment,
        points=(cell["score"], new["score"]),
        is_by_hand=is_by_hand,
    )
