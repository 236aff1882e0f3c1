"""Extensions (延期): until when a trainer lets one learner answer a lesson that closes earlier."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select
from sqlalchemy.orm import aliased

from zhixing.records.audit import add_audit
from zhixing.records.errors import NotVisibleError
from zhixing.records.extended import extended_places
from zhixing.records.own import current_cohort
from zhixing.records.scope import Purpose, Viewer, visible_people
from zhixing.records.tables import (
    Cohort,
    CohortTrainer,
    Enrolment,
    Extension,
    LessonProgress,
    Person,
    Query,
)


@dataclass(frozen=True)
class TaughtLearner:
    """One learner of an own cohort in one lesson; ``extended`` as far as one counts."""

    enrolment_id: int
    username: str
    name: str
    cohort: str
    opens: datetime
    closes: datetime
    submitted_at: datetime | None
    extended: datetime | None


def taught_learners(
    conn: Connection, viewer: Viewer, course_id: str, lesson_id: str
) -> tuple[TaughtLearner, ...]:
    """Learners of the viewer's own cohorts of a course, by cohort and name, never the viewer."""
    rows = conn.execute(_taught(viewer, course_id, lesson_id)).all()
    until = extended_places(conn, {row.id for row in rows})
    return tuple(TaughtLearner(*(*row, until.get((row.id, lesson_id)))) for row in rows)


def _taught(viewer: Viewer, course_id: str, lesson_id: str) -> Query:
    here = (LessonProgress.enrolment_id == Enrolment.id) & (LessonProgress.lesson_id == lesson_id)
    return (
        select(
            Enrolment.id,
            Person.username,
            Person.name,
            Cohort.title,
            Cohort.opens,
            Cohort.closes,
            LessonProgress.submitted_at,
        )
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(CohortTrainer, CohortTrainer.cohort_id == Cohort.id)
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(LessonProgress, here)
        .where(
            Cohort.course_id == course_id,
            CohortTrainer.person_id == viewer.person_id,
            Person.is_active,
            # A trainer who learns in the own class extends nothing for themselves.
            Person.id != viewer.person_id,
            Person.id.in_(visible_people(viewer, Purpose.ANSWERS)),
        )
        .order_by(Cohort.opens.desc(), Cohort.id.desc(), Person.name, Person.id)
    )


@dataclass(frozen=True)
class ExtensionRow:
    """One extension as it was given, or taken back where ``closes`` is None."""

    name: str
    closes: datetime | None
    reason: str
    by: str
    granted_at: datetime


def extensions_made(
    conn: Connection, viewer: Viewer, course_id: str, lesson_id: str
) -> tuple[ExtensionRow, ...]:
    """Everything that was given and taken back in the viewer's cohorts, newest first."""
    trainer = aliased(Person)
    taught = _taught(viewer, course_id, lesson_id).with_only_columns(Enrolment.id).order_by(None)
    rows = conn.execute(
        select(Person.name, Extension.closes, Extension.reason, trainer.name, Extension.granted_at)
        .join(Enrolment, Enrolment.id == Extension.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(trainer, trainer.id == Extension.trainer_id)
        .where(Extension.lesson_id == lesson_id, Extension.enrolment_id.in_(taught))
        .order_by(Extension.id.desc())
    )
    return tuple(ExtensionRow(*row) for row in rows)


@dataclass(frozen=True)
class Grant:
    """What a trainer wants for one learner; ``closes`` None takes an extension back."""

    username: str
    closes: datetime | None
    reason: str


def learner_to_extend(
    conn: Connection, viewer: Viewer, course_id: str, lesson_id: str, username: str, now: datetime
) -> TaughtLearner:
    """Find a learner by user name, in the cohort in which the classroom would seat them.

    Raises
    ------
    NotVisibleError
        If nobody of this name is in a cohort that the viewer teaches.
    """
    taught = taught_learners(conn, viewer, course_id, lesson_id)
    own = [one for one in reversed(taught) if one.username == username]
    found = current_cohort(own, now)
    if found is None:
        raise NotVisibleError(
            "您的班次里没有这个学员。", f"{username!r} is not taught by {viewer.username!r}"
        )
    return found


def write_extension(
    conn: Connection, viewer: Viewer, place: tuple[str, str], grant: Grant, now: datetime
) -> None:
    """Write an extension for ``(course, lesson)`` and its audit row; the same again is nothing.

    Raises
    ------
    NotVisibleError
        As :func:`learner_to_extend`.
    """
    learner = learner_to_extend(conn, viewer, *place, grant.username, now)
    if learner.extended == grant.closes:
        return
    conn.execute(
        insert(Extension).values(
            enrolment_id=learner.enrolment_id,
            lesson_id=place[1],
            closes=grant.closes,
            reason=grant.reason,
            trainer_id=viewer.person_id,
            granted_at=now,
        )
    )
    action = "extension.grant" if grant.closes else "extension.withdraw"
    until = grant.closes.isoformat() if grant.closes else None
    subject = "/".join((*place, grant.username))
    add_audit(conn, viewer.username, action, subject, now, closes=until, reason=grant.reason)
