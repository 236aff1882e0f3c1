"""Regrade plan: what a regrade would do to learners, before and while it is made.

Every function takes the connection of one transaction and changes nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, select

from zhixing.course import Lesson
from zhixing.question import Question
from zhixing.records.errors import RegradedSinceError
from zhixing.records.gradechange import GradeChange, Place, grade_changes
from zhixing.records.judged import (
    JudgedSitting,
    contents_of_versions,
    judged_sittings,
    points_of_versions,
)
from zhixing.records.scope import Viewer
from zhixing.records.tables import (
    Answer,
    LessonProgress,
    MarkRecord,
    Regrade,
    RegradeChange,
    Submission,
)
from zhixing.regrade import NO_DIFFERENCE, Change, NewMark, changed, heirs_of, regraded


@dataclass(frozen=True)
class SittingChange:
    """What a regrade does to one learner's sitting.

    Parameters
    ----------
    changes
        By question.
    total
        Points of the sitting before it.
    grade
        What becomes of the released grade; None where none was released.
    """

    sitting: JudgedSitting
    changes: Mapping[str, Change]
    total: float
    grade: GradeChange | None

    @property
    def before(self) -> float:
        """Points that the questions counted for."""
        return sum(one.before for one in self.changes.values())

    @property
    def after(self) -> float:
        """Points that they count for then."""
        return sum(one.after for one in self.changes.values())

    @property
    def gain(self) -> float:
        """Points won; negative where some are lost."""
        return self.after - self.before

    @property
    def untold(self) -> int:
        """Answers that make no sense under the new version and keep their mark."""
        return sum(one.untold for one in self.changes.values())

    @property
    def marks(self) -> tuple[NewMark, ...]:
        """To be added."""
        return tuple(mark for one in self.changes.values() for mark in one.marks)


@dataclass(frozen=True)
class Plan:
    """What a regrade would do to the viewer's learners; only those it touches are in it."""

    course_id: str
    lesson: Lesson
    question: Question
    sittings: tuple[SittingChange, ...]

    @property
    def learners(self) -> int:
        """How many it touches; who sat more than once is one."""
        return len({one.sitting.enrolment_id for one in self.sittings})

    @property
    def gained(self) -> int:
        """Learners who win points in a sitting."""
        return self._count(one for one in self.sittings if one.gain > NO_DIFFERENCE)

    @property
    def lost(self) -> int:
        """Learners who lose points in a sitting."""
        return self._count(one for one in self.sittings if one.gain < -NO_DIFFERENCE)

    @property
    def same(self) -> int:
        """Learners whose points stay in every sitting."""
        return self.learners - self._count(
            one for one in self.sittings if abs(one.gain) > NO_DIFFERENCE
        )

    @staticmethod
    def _count(sittings: Iterable[SittingChange]) -> int:
        return len({one.sitting.enrolment_id for one in sittings})

    @cached_property
    def token(self) -> str:
        """Changes with anything that the plan rests on or says."""
        said = [
            [*one.sitting.place, one.total, one.before, one.after]
            + [[mark.answer_id, mark.score, mark.version] for mark in one.marks]
            + ([one.grade.before, one.grade.after] if one.grade else [])
            for one in self.sittings
        ]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def plan_regrade(
    conn: Connection, viewer: Viewer, course_id: str, lesson: Lesson, question: Question
) -> Plan:
    """Work out what the question's present key makes of answers that stand under another one."""
    judged = judged_sittings(conn, viewer, course_id, [question.id])
    versions = {one.version for sitting in judged for one in sitting.tries[question.id]}
    heirs = heirs_of(lesson, question, contents_of_versions(conn, versions))
    rules = lesson.rules.for_kind(question.kind)
    found = {one.place: regraded(heirs, rules, one.tries[question.id]) for one in judged}
    touched = [one for one in judged if found[one.place].marks or found[one.place].untold]
    return _plan(conn, course_id, lesson, question, touched, found)


def _plan(
    conn: Connection,
    course_id: str,
    lesson: Lesson,
    question: Question,
    touched: Sequence[JudgedSitting],
    found: Mapping[Place, Change],
) -> Plan:
    changes = {one.place: {question.id: found[one.place]} for one in touched}
    totals = _totals(conn, lesson.id, {one.enrolment_id for one in touched})
    grades = grade_changes(conn, lesson.id, changes)
    sittings = tuple(
        SittingChange(one, changes[one.place], totals[one.place], grades.get(one.place))
        for one in touched
    )
    return Plan(course_id, lesson, question, sittings)


def _totals(conn: Connection, lesson_id: str, enrolment_ids: Collection[int]) -> dict[Place, float]:
    """Points of every sitting: of those before as they were handed in, else of the progress."""
    totals: dict[Place, float] = {}
    for table, number in (
        (Submission, Submission.number),
        (LessonProgress, LessonProgress.sitting),
    ):
        rows = conn.execute(
            select(table.enrolment_id, number, table.earned).where(
                table.lesson_id == lesson_id, table.enrolment_id.in_(enrolment_ids)
            )
        )
        totals |= {(row[0], row[1]): row[2] for row in rows}
    return totals


def plan_undo(
    conn: Connection, viewer: Viewer, lesson: Lesson, question: Question, regrade: Any
) -> Plan:
    """Work out what taking a regrade back does: each answer gets the mark it had before.

    Raises
    ------
    RegradedSinceError
        If a later regrade stands on this one.
    """
    touched = touched_places(conn, regrade.id)
    _require_newest(conn, regrade, touched)
    judged = [
        one
        for one in judged_sittings(conn, viewer, regrade.course_id, [question.id])
        if one.place in touched
    ]
    earlier = _earlier_marks(conn, f"regrade:{regrade.id}")
    rules = lesson.rules.for_kind(question.kind)
    found = {one.place: changed(one.tries[question.id], earlier, rules) for one in judged}
    return _plan(conn, regrade.course_id, lesson, question, judged, found)


def touched_places(conn: Connection, regrade_id: int) -> set[Place]:
    """Sittings whose answers a regrade marked."""
    rows = conn.execute(
        select(RegradeChange.enrolment_id, RegradeChange.sitting).where(
            RegradeChange.regrade_id == regrade_id
        )
    )
    return {(row.enrolment_id, row.sitting) for row in rows}


def _require_newest(conn: Connection, regrade: Any, touched: Collection[Place]) -> None:
    """Refuse where a later regrade, not taken back, stands on these learners' marks."""
    later = conn.execute(
        select(Regrade.id, RegradeChange.enrolment_id, RegradeChange.sitting)
        .join(RegradeChange, RegradeChange.regrade_id == Regrade.id)
        .where(
            Regrade.id > regrade.id,
            Regrade.course_id == regrade.course_id,
            Regrade.question_id == regrade.question_id,
            Regrade.undone_at.is_(None),
        )
    )
    newer = next((number for number, *place in later if tuple(place) in touched), None)
    if newer is not None:
        raise RegradedSinceError(
            f"题目 {regrade.question_id} 在这以后又重新判过分，要先撤销后一次。",
            f"regrade {newer} stands on regrade {regrade.id}",
        )


def _earlier_marks(conn: Connection, grader: str) -> dict[int, tuple[NewMark, float]]:
    """Answer to the mark it had before this grader's, and the points of that version."""
    theirs = select(MarkRecord.answer_id, MarkRecord.id).where(MarkRecord.grader == grader)
    own = theirs.subquery()
    rows = conn.execute(
        select(
            MarkRecord.answer_id,
            MarkRecord.version,
            MarkRecord.score,
            MarkRecord.certainty_mark,
            MarkRecord.reasons,
            Answer.version.label("given"),
        )
        .join(own, own.c.answer_id == MarkRecord.answer_id)
        .join(Answer, Answer.id == MarkRecord.answer_id)
        .where(MarkRecord.id < own.c.id)
        .order_by(MarkRecord.id)
    )
    newest = {row.answer_id: row for row in rows}
    known = points_of_versions(conn, {row.version or row.given for row in newest.values()})
    return {
        answer_id: (
            NewMark(
                answer_id,
                row.version or row.given,
                row.score,
                row.certainty_mark,
                tuple(row.reasons),
            ),
            known[row.version or row.given],
        )
        for answer_id, row in newest.items()
    }
