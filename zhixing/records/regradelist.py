"""Regrade list: the regrades that a trainer may see, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, case, exists, func, select, true
from sqlalchemy.orm import aliased

from zhixing.records.counted import counting_from
from zhixing.records.judged import taught_enrolments
from zhixing.records.scope import Viewer
from zhixing.records.tables import Person, Regrade, RegradeChange
from zhixing.regrade import NO_DIFFERENCE
from zhixing.rules import Counting


@dataclass(frozen=True)
class RegradeRow:
    """One regrade and what it did to the viewer's learners.

    ``gained``, ``lost`` and ``learners`` count people; ``may_undo`` says whether all whom it
    touched are the viewer's; ``counting`` is set where it was of the
    lesson's rules, and ``question_id`` then is None.
    """

    id: int
    lesson_id: str
    question_id: str | None
    reason: str
    by: str
    made_at: datetime
    undone_at: datetime | None
    undone_by: str | None
    undo_reason: str
    followed_at: datetime | None
    gained: int
    lost: int
    learners: int
    mode: str | None
    falloff: float | None
    may_undo: bool

    @property
    def counting(self) -> Counting | None:
        """How the lesson adds up since then."""
        return counting_from(self.mode, self.falloff)


def regrades_of_course(conn: Connection, viewer: Viewer, course_id: str) -> tuple[RegradeRow, ...]:
    """Regrades of this course that touched learners whom the viewer teaches."""
    by, undone_by = aliased(Person), aliased(Person)
    gain = RegradeChange.after - RegradeChange.before
    others = aliased(RegradeChange)
    touches_others = exists().where(
        others.regrade_id == Regrade.id,
        others.enrolment_id.not_in(taught_enrolments(viewer, course_id)),
    )
    rows = conn.execute(
        select(
            Regrade.id,
            Regrade.lesson_id,
            Regrade.question_id,
            Regrade.reason,
            by.name.label("by"),
            Regrade.made_at,
            Regrade.undone_at,
            undone_by.name.label("undone_by"),
            Regrade.undo_reason,
            Regrade.followed_at,
            _people(gain > NO_DIFFERENCE).label("gained"),
            _people(gain < -NO_DIFFERENCE).label("lost"),
            _people(true()).label("learners"),
            Regrade.mode,
            Regrade.falloff,
            (~touches_others).label("may_undo"),
        )
        .join(RegradeChange, RegradeChange.regrade_id == Regrade.id)
        .join(by, by.id == Regrade.trainer_id)
        .outerjoin(undone_by, undone_by.id == Regrade.undone_by_id)
        .where(
            and_(
                Regrade.course_id == course_id,
                RegradeChange.enrolment_id.in_(taught_enrolments(viewer, course_id)),
            )
        )
        .group_by(Regrade.id, by.name, undone_by.name)
        .order_by(Regrade.id.desc())
    )
    return tuple(RegradeRow(**row) for row in rows.mappings())


def _people(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """Count learners of whom it is true of a sitting."""
    return func.count(case((condition, RegradeChange.enrolment_id)).distinct())
