"""Judged: tries of learners that a trainer teaches, sitting by sitting, with their marks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from zhixing.course import Lesson
from zhixing.records.counted import counting_from
from zhixing.records.scope import Purpose, Viewer, visible_people
from zhixing.records.sittings import Place
from zhixing.records.tables import (
    Answer,
    Cohort,
    CohortTrainer,
    Enrolment,
    LessonProgress,
    MarkRecord,
    Person,
    QuestionVersion,
    Submission,
)
from zhixing.regrade import JudgedTry
from zhixing.rules import Counting

judged_version: ColumnElement[str] = func.coalesce(MarkRecord.version, Answer.version)
"""Version of the question under whose key a mark stands."""


@dataclass(frozen=True)
class JudgedSitting:
    """One learner's tries in one sitting of a lesson.

    Parameters
    ----------
    number
        Of the sitting, from 1; a lesson that is no test has but one.
    earned
        Points of the whole lesson.
    counting
        How they add up.
    tries
        Question id to its whole answers, first to last; only of questions that were answered.
    """

    enrolment_id: int
    username: str
    name: str
    number: int
    earned: float
    counting: Counting | None
    tries: Mapping[str, tuple[JudgedTry, ...]]

    @property
    def place(self) -> Place:
        """Enrolment and number of the sitting."""
        return (self.enrolment_id, self.number)


def taught_enrolments(viewer: Viewer, course_id: str) -> Select[int]:
    """Enrolments of the cohorts that the viewer teaches in a course, without the viewer's own."""
    return (
        select(Enrolment.id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(CohortTrainer, CohortTrainer.cohort_id == Cohort.id)
        .where(
            Cohort.course_id == course_id,
            CohortTrainer.person_id == viewer.person_id,
            Enrolment.person_id != viewer.person_id,
            Enrolment.person_id.in_(visible_people(viewer, Purpose.ANSWERS)),
        )
    )


def judged_sittings(
    conn: Connection, viewer: Viewer, course_id: str, lesson: Lesson, question_ids: Collection[str]
) -> list[JudgedSitting]:
    """Read whole answers of own learners to questions of a lesson, with the newest mark of each."""
    rows = conn.execute(_answers(viewer, course_id, question_ids))
    newest = {row.id: row for row in rows}  # marks come oldest first
    points = points_of_versions(conn, {row.version for row in newest.values()})
    sittings: dict[Place, list[Any]] = {}
    for row in newest.values():
        sittings.setdefault((row.enrolment_id, row.sitting), []).append(row)
    counted = _counted(conn, lesson.id, {enrolment for enrolment, _ in sittings})
    return [_sitting(rows, points, *counted[place]) for place, rows in sittings.items()]


def _counted(
    conn: Connection, lesson_id: str, enrolments: Collection[int]
) -> dict[Place, tuple[float, Counting | None]]:
    """Points of every sitting and how they add up: of those before as they were handed in."""
    found: dict[Place, tuple[float, Counting | None]] = {}
    for table, number in (
        (Submission, Submission.number),
        (LessonProgress, LessonProgress.sitting),
    ):
        rows = conn.execute(
            select(table.enrolment_id, number, table.earned, table.mode, table.falloff).where(
                table.lesson_id == lesson_id, table.enrolment_id.in_(enrolments)
            )
        )
        found |= {(row[0], row[1]): (row[2], counting_from(*row[3:])) for row in rows}
    return found


def _answers(viewer: Viewer, course_id: str, question_ids: Collection[str]) -> Select[Any]:
    return (
        select(
            Answer.id,
            Answer.enrolment_id,
            Answer.sitting,
            Answer.question_id,
            Answer.value,
            Answer.certainty,
            Person.username,
            Person.name,
            MarkRecord.score,
            MarkRecord.reasons,
            judged_version.label("version"),
        )
        .join(MarkRecord, MarkRecord.answer_id == Answer.id)
        .join(Enrolment, Enrolment.id == Answer.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(
            Answer.question_id.in_(question_ids),
            Answer.is_complete,
            Answer.enrolment_id.in_(taught_enrolments(viewer, course_id)),
        )
        .order_by(Person.name, Answer.enrolment_id, Answer.sitting, Answer.attempt, MarkRecord.id)
    )


def points_of_versions(conn: Connection, versions: Iterable[str]) -> dict[str, float]:
    """What each version of a question is worth."""
    known = contents_of_versions(conn, versions)
    return {version: float(content["points"]) for version, content in known.items()}


def contents_of_versions(conn: Connection, versions: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Each version of a question as it was released."""
    rows = conn.execute(
        select(QuestionVersion.version, QuestionVersion.content).where(
            QuestionVersion.version.in_(list(versions))
        )
    )
    return {row.version: row.content for row in rows}


def _sitting(
    rows: list[Any], points: Mapping[str, float], earned: float, counting: Counting | None
) -> JudgedSitting:
    first = rows[0]
    tries: dict[str, list[JudgedTry]] = {}
    for row in rows:
        tries.setdefault(row.question_id, []).append(_try(row, points))
    return JudgedSitting(
        enrolment_id=first.enrolment_id,
        username=first.username,
        name=first.name,
        number=first.sitting,
        earned=earned,
        counting=counting,
        tries={name: tuple(given) for name, given in tries.items()},
    )


def _try(row: Any, points: Mapping[str, float]) -> JudgedTry:
    return JudgedTry(
        answer_id=row.id,
        version=row.version,
        points=points[row.version],
        value=row.value,
        score=row.score,
        reasons=tuple(row.reasons),
        certainty=row.certainty,
    )
