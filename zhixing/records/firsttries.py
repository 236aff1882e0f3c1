"""First tries: the first whole answer of each learner in the cohorts that the viewer teaches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from zhixing.firsttry import FirstTry
from zhixing.records.errors import NotVisibleError
from zhixing.records.judged import judged_version
from zhixing.records.scope import Purpose, Viewer, visible_people
from zhixing.records.tables import (
    Answer,
    Cohort,
    CohortTrainer,
    Enrolment,
    MarkRecord,
    Person,
    Unit,
)
from zhixing.records.teaching import TaughtCohort, taught_cohorts

STREET, POST = "街道", "岗位"


@dataclass(frozen=True)
class LessonTries:
    """First tries of a lesson.

    Parameters
    ----------
    cohorts
        Those they are of.
    learners
        People enrolled in these cohorts, whether or not they answered.
    tries
        To the versions asked for.
    older
        Learners and questions whose first try was at another version; it says nothing of this one.
    """

    cohorts: tuple[TaughtCohort, ...]
    learners: int
    tries: tuple[FirstTry, ...]
    older: int


def first_tries(
    conn: Connection,
    viewer: Viewer,
    course_id: str,
    lesson_id: str,
    items: Mapping[str, str],
    cohort_id: int | None = None,
) -> LessonTries:
    """Read the first tries of one's own classes, without names.

    Parameters
    ----------
    items
        Version of each question as it is now, to the item that answers to it count for.
    cohort_id
        One of the cohorts taught; None for all of this course.

    Raises
    ------
    NotVisibleError
        If the viewer teaches no such cohort.
    """
    cohorts = tuple(
        cohort
        for cohort in taught_cohorts(conn, viewer)
        if cohort.course_id == course_id and cohort_id in (None, cohort.cohort_id)
    )
    if not cohorts:
        raise NotVisibleError("没有这个班次，或它不由您带。", f"no own cohort of {course_id!r}")
    ids = [cohort.cohort_id for cohort in cohorts]
    learners = _learners(conn, viewer, ids)
    firsts = _firsts(conn, list(learners), lesson_id)
    tries = tuple(
        FirstTry(
            enrolment_id,
            items[row.version],
            row.value,
            row.score,
            count,
            tuple(reason["text"] for reason in row.reasons),
            learners[enrolment_id],
        )
        for (enrolment_id, _), (row, count) in firsts.items()
        if row.version in items
    )
    return LessonTries(cohorts, len(learners), tries, len(firsts) - len(tries))


def _learners(conn: Connection, viewer: Viewer, cohort_ids: list[int]) -> dict[int, dict[str, str]]:
    """Enrolment to what it is counted under."""
    rows = conn.execute(
        select(Enrolment.id, Person.post, Unit.path)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(CohortTrainer, CohortTrainer.cohort_id == Cohort.id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(
            Cohort.id.in_(cohort_ids),
            CohortTrainer.person_id == viewer.person_id,
            Person.id != viewer.person_id,
            Person.id.in_(visible_people(viewer, Purpose.ANSWERS)),
        )
    ).all()
    streets = dict(conn.execute(select(Unit.path, Unit.name).where(Unit.kind == "street")).all())
    return {row.id: {STREET: _above(row.path, streets), POST: row.post} for row in rows}


def _above(path: str, streets: dict[str, str]) -> str:
    return next((name for prefix, name in streets.items() if path.startswith(prefix)), "")


def _firsts(
    conn: Connection, enrolment_ids: list[int], lesson_id: str
) -> dict[tuple[int, str], tuple[Any, int]]:
    """Enrolment and question to the first answer with its newest mark, and how many there are."""
    rows = conn.execute(
        select(
            Answer.id,
            Answer.enrolment_id,
            Answer.question_id,
            judged_version.label("version"),
            Answer.value,
            MarkRecord.score,
            MarkRecord.reasons,
        )
        .join(MarkRecord, MarkRecord.answer_id == Answer.id)
        .where(
            Answer.lesson_id == lesson_id,
            Answer.enrolment_id.in_(enrolment_ids),
            Answer.is_complete,
        )
        .order_by(Answer.attempt, MarkRecord.id)
    )
    newest = {row.id: row for row in rows}
    firsts: dict[tuple[int, str], tuple[Any, int]] = {}
    for row in newest.values():
        place = (row.enrolment_id, row.question_id)
        first, count = firsts.get(place, (row, 0))
        firsts[place] = (first, count + 1)
    return firsts
