"""Hand-ins: what trainers may read of what was handed in to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, exists, func, select

from zhixing.records.errors import NotVisibleError
from zhixing.records.scope import Purpose, Viewer, visible_people
from zhixing.records.tables import (
    Answer,
    Cohort,
    CohortTrainer,
    Enrolment,
    Grade,
    MarkRecord,
    Person,
    Submission,
)


@dataclass(frozen=True)
class HandInRow:
    """The newest hand-in of one learner in one lesson."""

    id: int
    username: str
    name: str
    number: int
    submitted_at: datetime
    is_graded: bool
    is_regraded: bool


def hand_ins_of_lesson(
    conn: Connection, viewer: Viewer, course_id: str, lesson_id: str
) -> tuple[HandInRow, ...]:
    """Newest hand-in of each learner whom the viewer teaches in this course, oldest first."""
    newest = (
        select(func.max(Submission.id))
        .where(Submission.lesson_id == lesson_id)
        .group_by(Submission.enrolment_id)
    )
    is_graded = exists().where(Grade.submission_id == Submission.id)
    is_regraded = exists().where(
        Answer.enrolment_id == Submission.enrolment_id,
        Answer.lesson_id == Submission.lesson_id,
        MarkRecord.answer_id == Answer.id,
        MarkRecord.version.is_not(None),
    )
    rows = conn.execute(
        select(
            Submission.id,
            Person.username,
            Person.name,
            Submission.number,
            Submission.submitted_at,
            is_graded,
            is_regraded,
        )
        .join(Enrolment, Enrolment.id == Submission.enrolment_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(CohortTrainer, CohortTrainer.cohort_id == Cohort.id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(
            Cohort.course_id == course_id,
            CohortTrainer.person_id == viewer.person_id,
            Person.id != viewer.person_id,
            Person.id.in_(visible_people(viewer, Purpose.ANSWERS)),
            Submission.id.in_(newest),
        )
        .order_by(Submission.submitted_at, Submission.id)
    )
    return tuple(HandInRow(*row) for row in rows)


def package_of(conn: Connection, viewer: Viewer, submission_id: int) -> bytes:
    """Zip of a hand-in of a cohort that the viewer teaches.

    Raises
    ------
    NotVisibleError
        If it is another trainer's, the viewer's own, or does not exist.
    """
    package = conn.execute(
        select(Submission.package)
        .join(Enrolment, Enrolment.id == Submission.enrolment_id)
        .join(CohortTrainer, CohortTrainer.cohort_id == Enrolment.cohort_id)
        .where(
            Submission.id == submission_id,
            CohortTrainer.person_id == viewer.person_id,
            Enrolment.person_id != viewer.person_id,
            Enrolment.person_id.in_(visible_people(viewer, Purpose.ANSWERS)),
        )
    ).scalar()
    if package is None:
        raise NotVisibleError(
            "没有这份交卷，或它不在您的班次里。", f"submission {submission_id} is not visible"
        )
    return bytes(package)
