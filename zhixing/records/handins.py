"""Hand-ins: what trainers may read of what was handed in to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, exists, select

from zhixing.records.counted import counting_from
from zhixing.records.errors import NotVisibleError
from zhixing.records.scope import Purpose, Viewer, visible_people
from zhixing.records.sittings import is_counting
from zhixing.records.tables import (
    Cohort,
    CohortTrainer,
    Enrolment,
    Grade,
    LessonProgress,
    Person,
    Query,
    Regrade,
    RegradeChange,
    Submission,
)
from zhixing.rules import Counting


@dataclass(frozen=True)
class HandInRow:
    """The hand-in of one learner in one lesson that counts, the best of several sittings.

    ``earned`` are the points marked by hand-in; ``sitting`` and ``sittings`` are how often the
    learner sat and may sit by now, ``is_under_way`` whether another sitting is not handed in yet.
    """

    id: int
    username: str
    name: str
    number: int
    submitted_at: datetime
    is_graded: bool
    is_regraded: bool
    earned: float
    sitting: int
    sittings: int
    is_under_way: bool
    mode: str | None
    falloff: float | None

    @property
    def counting(self) -> Counting | None:
        """How the points add up."""
        return counting_from(self.mode, self.falloff)


def hand_ins_of_lesson(
    conn: Connection, viewer: Viewer, course_id: str, lesson_id: str
) -> tuple[HandInRow, ...]:
    """Hand-in that counts of each learner whom the viewer teaches in this course, oldest first."""
    is_graded = exists().where(Grade.submission_id == Submission.id)
    rows = conn.execute(
        select(
            Submission.id,
            Person.username,
            Person.name,
            Submission.number,
            Submission.submitted_at,
            is_graded.label("is_graded"),
            is_regraded().label("is_regraded"),
            Submission.earned,
            LessonProgress.sitting,
            LessonProgress.sittings,
            LessonProgress.submitted_at.is_(None).label("is_under_way"),
            Submission.mode,
            Submission.falloff,
        )
        .join(Enrolment, Enrolment.id == Submission.enrolment_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(CohortTrainer, CohortTrainer.cohort_id == Cohort.id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(
            LessonProgress,
            (LessonProgress.enrolment_id == Submission.enrolment_id)
            & (LessonProgress.lesson_id == Submission.lesson_id),
        )
        .where(
            Cohort.course_id == course_id,
            Submission.lesson_id == lesson_id,
            CohortTrainer.person_id == viewer.person_id,
            Person.id != viewer.person_id,
            Person.id.in_(visible_people(viewer, Purpose.ANSWERS)),
            is_counting(),
        )
        .order_by(Submission.submitted_at, Submission.id)
    )
    return tuple(HandInRow(**row._mapping) for row in rows)


def is_regraded() -> ColumnElement[bool]:
    """Whether any sitting of the lesson was judged anew, or that was taken back.

    Any: by that another sitting may count than was collected.
    """
    return exists().where(
        RegradeChange.enrolment_id == Submission.enrolment_id,
        Regrade.id == RegradeChange.regrade_id,
        Regrade.lesson_id == Submission.lesson_id,
    )


def package_of(conn: Connection, viewer: Viewer, submission_id: int) -> bytes:
    """Zip of a hand-in of a cohort that the viewer teaches.

    Raises
    ------
    NotVisibleError
        If it is another trainer's, the viewer's own, or does not exist.
    """
    package = conn.execute(_taught(select(Submission.package), viewer, submission_id)).scalar()
    if package is None:
        raise _not_visible(submission_id)
    return bytes(package)


def sitting_of(conn: Connection, viewer: Viewer, submission_id: int) -> tuple[int, str, str]:
    """Enrolment, course and lesson of a hand-in of a cohort that the viewer teaches.

    Raises
    ------
    NotVisibleError
        As :func:`package_of`.
    """
    columns = select(Submission.enrolment_id, Cohort.course_id, Submission.lesson_id)
    query = _taught(columns, viewer, submission_id)
    found = conn.execute(query.join(Cohort, Cohort.id == Enrolment.cohort_id)).first()
    if found is None:
        raise _not_visible(submission_id)
    return found[0], found[1], found[2]


def _taught(query: Query, viewer: Viewer, submission_id: int) -> Query:
    """Only a hand-in that the viewer may grade."""
    return (
        query.join(Enrolment, Enrolment.id == Submission.enrolment_id)
        .join(CohortTrainer, CohortTrainer.cohort_id == Enrolment.cohort_id)
        .where(
            Submission.id == submission_id,
            CohortTrainer.person_id == viewer.person_id,
            Enrolment.person_id != viewer.person_id,
            Enrolment.person_id.in_(visible_people(viewer, Purpose.ANSWERS)),
        )
    )


def _not_visible(submission_id: int) -> NotVisibleError:
    return NotVisibleError(
        "没有这份交卷，或它不在您的班次里。", f"submission {submission_id} is not visible"
    )
