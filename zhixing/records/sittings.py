"""Sittings: the times one learner takes a test; all stay on record, the best one counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select, update
from sqlalchemy.orm import aliased

from zhixing.records.audit import add_audit
from zhixing.records.counted import counting_columns
from zhixing.records.errors import NoResitError
from zhixing.records.tables import LessonProgress, Submission

SittingPlace = tuple[int, int]
"""Enrolment, and number of the sitting."""


def is_counting() -> ColumnElement[bool]:
    """Whether a hand-in is its learner's best of the lesson; of equals it is the first."""
    better = aliased(Submission)
    return ~exists().where(
        better.enrolment_id == Submission.enrolment_id,
        better.lesson_id == Submission.lesson_id,
        or_(
            better.earned > Submission.earned,
            and_(better.earned == Submission.earned, better.number < Submission.number),
        ),
    )


@dataclass(frozen=True)
class SittingRow:
    """One sitting that was handed in, and the points its answers earned."""

    number: int
    submitted_at: datetime
    earned: float


def own_sittings(conn: Connection, enrolment_id: int, lesson_id: str) -> tuple[SittingRow, ...]:
    """Every sitting of one learner in one lesson that was handed in, first to last."""
    rows = conn.execute(
        select(Submission.number, Submission.submitted_at, Submission.earned)
        .where(Submission.enrolment_id == enrolment_id, Submission.lesson_id == lesson_id)
        .order_by(Submission.number)
    )
    return tuple(SittingRow(*row) for row in rows)


def grant_resit(
    conn: Connection,
    trainer: str,
    enrolment_id: int,
    lesson_id: str,
    now: datetime,
    extended_to: datetime | None,
) -> int:
    """Let a learner sit once more; returns how many sittings there are then.

    A second click grants nothing more while the first grant is not used.

    Parameters
    ----------
    extended_to
        Until when the next sitting takes answers, where the lesson closed for the others.
    """
    here = _here(enrolment_id, lesson_id)
    sitting, granted = conn.execute(
        select(LessonProgress.sitting, LessonProgress.sittings).where(*here)
    ).one()
    if granted > sitting:
        return int(granted)
    values = {"sittings": sitting + 1, "extended_to": extended_to}
    conn.execute(update(LessonProgress).where(*here).values(**values))
    subject = f"{enrolment_id}/{lesson_id}"
    add_audit(conn, trainer, "resit.grant", subject, now, sitting=sitting + 1)
    return int(sitting) + 1


def begin_sitting(
    conn: Connection, learner: str, enrolment_id: int, lesson_id: str, allowed: int, now: datetime
) -> int:
    """Begin the next sitting, or return the one under way; what was earned before is kept.

    Parameters
    ----------
    allowed
        Sittings that the lesson's rules give everybody; a trainer may have granted more.

    Raises
    ------
    NoResitError
        If the learner has no sitting left.
    """
    here = _here(enrolment_id, lesson_id)
    own = conn.execute(select(LessonProgress.__table__).where(*here)).first()
    if own is None or own.submitted_at is None:
        return int(own.sitting) if own else 1
    if own.sitting >= max(own.sittings, allowed):
        raise NoResitError(
            "这一讲现在没有补考机会。", f"sitting {own.sitting} of {own.sittings} of {lesson_id}"
        )
    values = {
        "sitting": own.sitting + 1,
        "earlier": max(own.earlier, own.earned),
        "answered": 0,
        "earned": 0.0,
        "position": 0,
        "submitted_at": None,
        "last_at": now,
        **counting_columns(None),
    }
    conn.execute(update(LessonProgress).where(*here).values(**values))
    add_audit(conn, learner, "resit.begin", lesson_id, now, sitting=own.sitting + 1)
    return int(own.sitting) + 1


def _here(enrolment_id: int, lesson_id: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return (LessonProgress.enrolment_id == enrolment_id, LessonProgress.lesson_id == lesson_id)
