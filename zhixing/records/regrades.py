"""Regrades: marks under a new key, points by new rules, and both taken back; grades follow at once.

Every function takes the connection of one transaction. No mark is altered or deleted: a regrade
adds marks, its undoing adds them again as they were. Points before and after it stay on record.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Table, bindparam, func, insert, select, update

from zhixing.course import Lesson
from zhixing.question import Question
from zhixing.records.audit import add_audit, audit_row
from zhixing.records.counted import counting_columns
from zhixing.records.errors import NothingChangesError, NotVisibleError, PreviewChangedError
from zhixing.records.judged import taught_enrolments
from zhixing.records.regradeplan import Plan, SittingChange, plan_undo
from zhixing.records.scope import Viewer
from zhixing.records.tables import (
    Audit,
    Grade,
    LessonProgress,
    MarkRecord,
    Regrade,
    RegradeChange,
    Submission,
)


@dataclass(frozen=True)
class Wish:
    """A trainer's click: why, the token of the preview that was looked at, and the click's key."""

    reason: str
    seen: str
    key: str


def apply_regrade(
    conn: Connection,
    viewer: Viewer,
    plan_now: Callable[[Connection, Viewer], Plan],
    wish: Wish,
    now: datetime,
) -> int:
    """Regrade and return the regrade's id; the same click again returns the first's.

    Parameters
    ----------
    plan_now
        Works out the plan in this transaction.

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
    plan = plan_now(conn, viewer)
    if not plan.is_needed:
        raise _nothing_changes(plan)
    if plan.token != wish.seen:
        raise PreviewChangedError(
            "预览以后又有了新的作答或判分，没有改动。",
            f"plan is {plan.token}, the preview was {wish.seen}",
        )
    regrade_id = _insert(conn, viewer, plan, wish, now)
    _write(conn, viewer, plan, f"regrade:{regrade_id}", wish.reason, now)
    _audit(conn, viewer, plan, "regrade.make", regrade_id, wish.reason, now)
    return regrade_id


def _nothing_changes(plan: Plan) -> NothingChangesError:
    words = (
        f"题目 {plan.question.id} 按现在的答案判，没有人的得分会变"
        if plan.question
        else "所有人的得分都是按现在的计分办法算的"
    )
    return NothingChangesError(
        f"{words}，不需要重新判分。", f"regrade of {plan.subject} changes nothing"
    )


def _insert(conn: Connection, viewer: Viewer, plan: Plan, wish: Wish, now: datetime) -> int:
    row = insert(Regrade).values(
        course_id=plan.course_id,
        lesson_id=plan.lesson.id,
        question_id=plan.question.id if plan.question else None,
        version=plan.question.version if plan.question else None,
        **counting_columns(None if plan.question else plan.lesson.rules.counting),
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
            "enrolment_id": one.sitting.enrolment_id,
            "sitting": one.sitting.number,
            "before": one.before,
            "after": one.after,
            **counting_columns(None if plan.question else one.sitting.counting),
        }
        for one in plan.sittings
        if one.marks or plan.question is None
    ]
    conn.execute(insert(RegradeChange), rows)
    return regrade_id


def _write(
    conn: Connection, viewer: Viewer, plan: Plan, grader: str, reason: str, now: datetime
) -> None:
    """Add the marks or set the rules, move the points of the lesson, release grades anew."""
    marks = [
        {**vars(mark), "reasons": [dict(r) for r in mark.reasons], "grader": grader}
        for one in plan.sittings
        for mark in one.marks
    ]
    if marks:
        conn.execute(insert(MarkRecord), [{**mark, "marked_at": now} for mark in marks])
    if plan.question is None:
        _set_counting(conn, plan)
    _move_points(conn, plan)
    grades = [one.grade for one in plan.sittings if one.grade and one.grade.is_any]
    if not grades:
        return
    conn.execute(insert(Grade), [one.row(reason, viewer.person_id, now) for one in grades])
    rows = [
        audit_row(
            viewer.username,
            "grade.release",
            str(one.submission_id),
            now,
            score=one.after,
            by=grader,
        )
        for one in grades
    ]
    conn.execute(insert(Audit), rows)


def _set_counting(conn: Connection, plan: Plan) -> None:
    """Keep by which rules the sittings add up from now on."""
    rows = [
        _key(plan, one)
        | {f"_{name}": value for name, value in counting_columns(one.counting).items()}
        for one in plan.sittings
    ]
    for statement in (_COUNTING_OF_PROGRESS, _COUNTING_OF_HAND_IN):
        conn.execute(statement, rows)


def _key(plan: Plan, one: SittingChange) -> dict[str, Any]:
    return {
        "_enrolment": one.sitting.enrolment_id,
        "_lesson": plan.lesson.id,
        "_sitting": one.sitting.number,
    }


def _move_points(conn: Connection, plan: Plan) -> None:
    """Bring the sitting's points to the new ones, wherever they are kept."""
    # Written whole and rounded, so that of two equal sittings no noise decides which one counts.
    rows = [
        _key(plan, one) | {"_earned": round(one.sitting.earned + one.gain, 9)}
        for one in plan.sittings
        if one.is_any
    ]
    if rows:
        for statement in (_POINTS_OF_PROGRESS, _POINTS_OF_HAND_IN, _POINTS_BEFORE):
            conn.execute(statement, rows)


_progress = cast("Table", LessonProgress.__table__)
_submission = cast("Table", Submission.__table__)


def _here(table: Any) -> Any:
    return (table.c.enrolment_id == bindparam("_enrolment")) & (
        table.c.lesson_id == bindparam("_lesson")
    )


_OF_PROGRESS = _here(_progress) & (_progress.c.sitting == bindparam("_sitting"))
_OF_HAND_IN = _here(_submission) & (_submission.c.number == bindparam("_sitting"))
_COUNTING: dict[str, Any] = {"mode": bindparam("_mode"), "falloff": bindparam("_falloff")}

_COUNTING_OF_PROGRESS = update(_progress).where(_OF_PROGRESS).values(**_COUNTING)
_COUNTING_OF_HAND_IN = update(_submission).where(_OF_HAND_IN).values(**_COUNTING)
_POINTS_OF_PROGRESS = update(_progress).where(_OF_PROGRESS).values(earned=bindparam("_earned"))
_POINTS_OF_HAND_IN = update(_submission).where(_OF_HAND_IN).values(earned=bindparam("_earned"))
_POINTS_BEFORE = (
    update(_progress)
    .where(_here(_progress), _progress.c.sitting > bindparam("_sitting"))
    .values(
        earlier=select(func.coalesce(func.max(_submission.c.earned), 0.0))
        .where(_here(_submission), _submission.c.number < _progress.c.sitting)
        .scalar_subquery()
    )
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
    counts = {"gained": plan.gained, "lost": plan.lost, "learners": plan.learners}
    told = {"regrade": regrade_id, "reason": reason, **counts}
    add_audit(conn, viewer.username, action, plan.subject, now, **told)


def undo_regrade(
    conn: Connection,
    viewer: Viewer,
    lesson: Lesson,
    question: Question | None,
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
