"""Judged: tries of learners that a trainer teaches, with the marks that count now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from zhixing.records.scope import Purpose, Viewer, visible_people
from zhixing.records.tables import (
    Answer,
    Cohort,
    CohortTrainer,
    Enrolment,
    MarkRecord,
    Person,
    QuestionVersion,
)
from zhixing.regrade import JudgedTry

judged_version: ColumnElement[str] = func.coalesce(MarkRecord.version, Answer.version)
"""Version of the question under whose key a mark stands."""


@dataclass(frozen=True)
class JudgedLearner:
    """One learner's tries of one question, first to last."""

    enrolment_id: int
    username: str
    name: str
    tries: tuple[JudgedTry, ...] = ()


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


def judged_learners(
    conn: Connection, viewer: Viewer, course_id: str, question_id: str
) -> list[JudgedLearner]:
    """Read whole answers of own learners to a question, with the newest mark of each."""
    rows = conn.execute(_answers(viewer, course_id, question_id))
    newest = {row.id: row for row in rows}  # marks come oldest first
    points = points_of_versions(conn, {row.version for row in newest.values()})
    people: dict[int, list[Any]] = {}
    for row in newest.values():
        people.setdefault(row.enrolment_id, []).append(row)
    return [_learner(rows, points) for rows in people.values()]


def _answers(viewer: Viewer, course_id: str, question_id: str) -> Select[Any]:
    return (
        select(
            Answer.id,
            Answer.enrolment_id,
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
            Answer.question_id == question_id,
            Answer.is_complete,
            Answer.enrolment_id.in_(taught_enrolments(viewer, course_id)),
        )
        .order_by(Person.name, Answer.enrolment_id, Answer.attempt, MarkRecord.id)
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


def _learner(rows: list[Any], points: Mapping[str, float]) -> JudgedLearner:
    first = rows[0]
    return JudgedLearner(
        enrolment_id=first.enrolment_id,
        username=first.username,
        name=first.name,
        tries=tuple(
            JudgedTry(
                answer_id=row.id,
                version=row.version,
                points=points[row.version],
                value=row.value,
                score=row.score,
                reasons=tuple(row.reasons),
                certainty=row.certainty,
            )
            for row in rows
        ),
    )
