"""Regrades: marks added under a new key, and taken back; points and grades follow at once.

Every function takes the connection of one transaction. Nothing is altered or deleted: a regrade
adds marks, its undoing adds them again as they were.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, insert, select, update

from zhixing.course import Lesson
from zhixing.question import Question
from zhixing.records.audit import add_audit
from zhixing.records.errors import (
    NothingChangesError,
    NotVisibleError,
    PreviewChangedError,
    RegradedSinceError,
)
from zhixing.records.gradechange import GradeChange, grade_changes
from zhixing.records.judged import (
    JudgedLearner,
    contents_of_versions,
    judged_learners,
    points_of_versions,
    taught_enrolments,
)
from zhixing.records.scope import Viewer
from zhixing.records.tables import (
    Answer,
    Grade,
    LessonProgress,
    MarkRecord,
    Regrade,
    RegradeChange,
)
from zhixing.regrade import Change, NewMark, changed, heirs_of, regraded


@dataclass(frozen=True)
class LearnerChange:
    """What a regrade does to one learner.

    Parameters
    ----------
    total
        Points of the lesson before it.
    grade
        What becomes of the released grade; None where none was released.
    """

    learner: JudgedLearner
    change: Change
    total: float
    grade: GradeChange | None


@dataclass(frozen=True)
class Plan:
    """What a regrade would do to the viewer's learners; only those it touches are in it."""

    course_id: str
    lesson: Lesson
    question: Question
    learners: tuple[LearnerChange, ...]

    @property
    def gained(self) -> int:
        """Learners who win points."""
        return sum(one.change.is_any and one.change.gain > 0 for one in self.learners)

    @property
    def lost(self) -> int:
        """Learners who lose points."""
        return sum(one.change.is_any and one.change.gain < 0 for one in self.learners)

    @cached_property
    def token(self) -> str:
        """Changes with anything that the plan rests on or says."""
        said = [
            [one.learner.enrolment_id, one.total, one.change.before, one.change.after]
            + [[mark.answer_id, mark.score, mark.version] for mark in one.change.marks]
            + ([one.grade.before, one.grade.after] if one.grade else [])
            for one in self.learners
        ]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def plan_regrade(
    conn: Connection, viewer: Viewer, course_id: str, lesson: Lesson, question: Question
) -> Plan:
    """Work out what the question's present key makes of answers that stand under another one."""
    judged = judged_learners(conn, viewer, course_id, question.id)
    versions = {one.version for learner in judged for one in learner.tries}
    heirs = heirs_of(lesson, question, contents_of_versions(conn, versions))
    rules = lesson.rules.for_kind(question.kind)
    found = [(one, regraded(heirs, rules, one.tries)) for one in judged]
    return _plan(conn, course_id, lesson, question, [p for p in found if p[1].marks or p[1].untold])


def _plan(
    conn: Connection,
    course_id: str,
    lesson: Lesson,
    question: Question,
    found: Sequence[tuple[JudgedLearner, Change]],
) -> Plan:
    changes = {learner.enrolment_id: change for learner, change in found}
    totals = _totals(conn, list(changes), lesson.id)
    grades = grade_changes(conn, lesson.id, question.id, changes)
    learners = tuple(
        LearnerChange(one, change, totals.get(one.enrolment_id, 0.0), grades.get(one.enrolment_id))
        for one, change in found
    )
    return Plan(course_id, lesson, question, learners)


def _totals(conn: Connection, enrolment_ids: Sequence[int], lesson_id: str) -> dict[int, float]:
    rows = conn.execute(
        select(LessonProgress.enrolment_id, LessonProgress.earned).where(
            LessonProgress.lesson_id == lesson_id, LessonProgress.enrolment_id.in_(enrolment_ids)
        )
    )
    return {row.enrolment_id: row.earned for row in rows}


@dataclass(frozen=True)
class Wish:
    """A trainer's click: why, the token of the preview that was looked at, and the click's key."""

    reason: str
    seen: str
    key: str


def apply_regrade(
    conn: Connection,
    viewer: Viewer,
    course_id: str,
    lesson: Lesson,
    question: Question,
    wish: Wish,
    now: datetime,
) -> int:
    """Regrade and return the regrade's id; the same click again returns the first's.

    Raises
    ------
    NothingChangesError
        If nobody's points would change, also because somebody else has just done it.
    PreviewChangedError
        If the plan is another one by now than the one that was looked at.
    """
    same = select(Regrade.id).where(Regrade.trainer_id == viewer.person_id, Regrade.key == wish.key)
    if (first := conn.scalar(same)) is not None:
        return first
    plan = plan_regrade(conn, viewer, course_id, lesson, question)
    if not plan.gained + plan.lost:
        raise NothingChangesError(
            f"题目 {question.id} 按现在的答案判，没有人的得分会变，不需要重新判分。",
            f"regrade of {question.id} under {question.version} changes no points",
        )
    if plan.token != wish.seen:
        raise PreviewChangedError(
            "预览以后又有了新的作答或判分，没有改动。",
            f"plan is {plan.token}, the preview was {wish.seen}",
        )
    regrade_id = _insert(conn, viewer, plan, wish, now)
    _write(conn, viewer, plan, f"regrade:{regrade_id}", wish.reason, now)
    _audit(conn, viewer, plan, "regrade.make", regrade_id, wish.reason, now)
    return regrade_id


def _insert(conn: Connection, viewer: Viewer, plan: Plan, wish: Wish, now: datetime) -> int:
    row = insert(Regrade).values(
        course_id=plan.course_id,
        lesson_id=plan.lesson.id,
        question_id=plan.question.id,
        version=plan.question.version,
        trainer_id=viewer.person_id,
        reason=wish.reason,
        key=wish.key,
        made_at=now,
        undo_reason="",
    )
    regrade_id = conn.execute(row.returning(Regrade.id)).scalar_one()
    rows = [
        {
            "regrade_id": regrade_id,
            "enrolment_id": one.learner.enrolment_id,
            "before": one.change.before,
            "after": one.change.after,
        }
        for one in plan.learners
        if one.change.marks
    ]
    conn.execute(insert(RegradeChange), rows)
    return regrade_id


def _write(
    conn: Connection, viewer: Viewer, plan: Plan, grader: str, reason: str, now: datetime
) -> None:
    """Add the marks, move the points of the lesson, release grades anew."""
    marks = [
        {**vars(mark), "reasons": [dict(r) for r in mark.reasons], "grader": grader}
        for one in plan.learners
        for mark in one.change.marks
    ]
    conn.execute(insert(MarkRecord), [{**mark, "marked_at": now} for mark in marks])
    for one in plan.learners:
        if one.change.is_any:
            place = (LessonProgress.enrolment_id == one.learner.enrolment_id) & (
                LessonProgress.lesson_id == plan.lesson.id
            )
            earned = LessonProgress.earned + one.change.gain
            conn.execute(update(LessonProgress).where(place).values(earned=earned))
    for one in plan.learners:
        if one.grade and one.grade.is_any:
            row = one.grade.row(reason, viewer.person_id, now)
            conn.execute(insert(Grade).values(**row))
            add_audit(
                conn,
                viewer.username,
                "grade.release",
                str(one.grade.submission_id),
                now,
                score=one.grade.after,
                by=grader,
            )


def _audit(
    conn: Connection,
    viewer: Viewer,
    plan: Plan,
    action: str,
    regrade_id: int,
    reason: str,
    now: datetime,
) -> None:
    subject = f"{plan.question.id}@{plan.question.version}"
    counts = {"gained": plan.gained, "lost": plan.lost, "learners": len(plan.learners)}
    add_audit(
        conn, viewer.username, action, subject, now, regrade=regrade_id, reason=reason, **counts
    )


def plan_undo(
    conn: Connection, viewer: Viewer, lesson: Lesson, question: Question, regrade: Regrade
) -> Plan:
    """Work out what taking a regrade back does: each answer gets the mark it had before.

    Raises
    ------
    RegradedSinceError
        If a later regrade stands on this one.
    """
    touched = set(
        conn.scalars(
            select(RegradeChange.enrolment_id).where(RegradeChange.regrade_id == regrade.id)
        )
    )
    judged = [
        one
        for one in judged_learners(conn, viewer, regrade.course_id, question.id)
        if one.enrolment_id in touched
    ]
    _require_newest(conn, regrade, touched)
    earlier = _earlier_marks(conn, f"regrade:{regrade.id}")
    rules = lesson.rules.for_kind(question.kind)
    found = [(one, changed(one.tries, earlier, rules)) for one in judged]
    return _plan(conn, regrade.course_id, lesson, question, found)


def _require_newest(conn: Connection, regrade: Any, touched: set[int]) -> None:
    """Refuse where a later regrade, not taken back, stands on these learners' marks."""
    later = (
        select(Regrade.id)
        .join(RegradeChange, RegradeChange.regrade_id == Regrade.id)
        .where(
            Regrade.id > regrade.id,
            Regrade.course_id == regrade.course_id,
            Regrade.question_id == regrade.question_id,
            Regrade.undone_at.is_(None),
            RegradeChange.enrolment_id.in_(touched),
        )
    )
    if (newer := conn.scalar(later.limit(1))) is not None:
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


def undo_regrade(
    conn: Connection,
    viewer: Viewer,
    lesson: Lesson,
    question: Question,
    regrade_id: int,
    reason: str,
    now: datetime,
) -> bool:
    """Take a regrade back; false where that was done before.

    Raises
    ------
    NotVisibleError
        If it touches learners whom the viewer does not teach, or does not exist.
    RegradedSinceError
        If a later regrade stands on this one.
    """
    regrade = visible_regrade(conn, viewer, regrade_id)
    if regrade.undone_at is not None:
        return False
    plan = plan_undo(conn, viewer, lesson, question, regrade)
    _write(conn, viewer, plan, f"undo:{regrade_id}", reason, now)
    conn.execute(
        update(Regrade)
        .where(Regrade.id == regrade_id)
        .values(undone_at=now, undone_by_id=viewer.person_id, undo_reason=reason, followed_at=None)
    )
    _audit(conn, viewer, plan, "regrade.undo", regrade_id, reason, now)
    return True


def visible_regrade(conn: Connection, viewer: Viewer, regrade_id: int) -> Any:
    """Row of a regrade all of whose learners the viewer teaches.

    Raises
    ------
    NotVisibleError
        If there is a learner whom the viewer does not teach, or no such regrade.
    """
    row = conn.execute(select(Regrade.__table__).where(Regrade.id == regrade_id)).first()
    hidden = NotVisibleError(
        "没有这次重新判分，或它不在您的班次里。", f"regrade {regrade_id} is not visible"
    )
    if row is None or "trainer" not in viewer.roles:
        raise hidden
    touched = select(RegradeChange.enrolment_id).where(RegradeChange.regrade_id == regrade_id)
    others = touched.where(
        RegradeChange.enrolment_id.not_in(taught_enrolments(viewer, row.course_id))
    )
    if conn.scalar(others.limit(1)) is not None:
        raise hidden
    return row
