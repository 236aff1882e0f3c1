"""Judged: tries of learners that a trainer teaches, sitting by sitting, with their marks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, null, select, true

from zhixing.records.counted import counting_from
from zhixing.records.scope import Purpose, Viewer, visible_people
from zhixing.records.sittings import SittingPlace
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
        How they add up; None where nothing was answered yet.
    tries
        Question id to its whole answers, first to last; only of questions that were answered and
        asked for.
    """

    enrolment_id: int
    username: str
    name: str
    number: int
    earned: float
    counting: Counting | None
    is_handed_in: bool
    tries: Mapping[str, tuple[JudgedTry, ...]] = field(default_factory=dict)

    @property
    def place(self) -> SittingPlace:
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


def sittings_of_lesson(
    conn: Connection, viewer: Viewer, course_id: str, lesson_id: str
) -> list[JudgedSitting]:
    """Read every sitting of own learners in a lesson, without the tries; by name."""
    found: dict[SittingPlace, JudgedSitting] = {}
    for table, number, is_handed_in in (
        (Submission, Submission.number, true()),
        (LessonProgress, LessonProgress.sitting, LessonProgress.submitted_at.is_not(None)),
    ):
        rows = conn.execute(
            select(
                table.enrolment_id,
                Person.username,
                Person.name,
                number,
                table.earned,
                table.mode,
                table.falloff,
                is_handed_in.label("is_handed_in"),
            )
            .join(Enrolment, Enrolment.id == table.enrolment_id)
            .join(Person, Person.id == Enrolment.person_id)
            .where(
                table.lesson_id == lesson_id,
                table.enrolment_id.in_(taught_enrolments(viewer, course_id)),
            )
        )
        sittings = (
            JudgedSitting(*row[:5], counting_from(*row[5:7]), is_handed_in=bool(row[7]))
            for row in rows
        )
        found |= {one.place: one for one in sittings}
    return sorted(found.values(), key=lambda one: (one.name, one.place))


def judged_sittings(
    conn: Connection, viewer: Viewer, course_id: str, lesson_id: str, question_id: str
) -> list[JudgedSitting]:
    """Read the sittings of own learners with whole answers to one question."""
    sittings = sittings_of_lesson(conn, viewer, course_id, lesson_id)
    judged = with_tries(conn, viewer, course_id, lesson_id, sittings, question_id)
    return [one for one in judged if one.tries]


def with_tries(
    conn: Connection,
    viewer: Viewer,
    course_id: str,
    lesson_id: str,
    sittings: Sequence[JudgedSitting],
    question_id: str | None = None,
    *,
    is_for_scores: bool = False,
) -> list[JudgedSitting]:
    """Give sittings their tries, of all questions or of one.

    Parameters
    ----------
    is_for_scores
        Whether scores are enough: reading what was answered is most of the work.
    """
    if not sittings:
        return []
    asked = true() if question_id is None else Answer.question_id == question_id
    told = (null(), null()) if is_for_scores else (Answer.value, MarkRecord.reasons)
    own = _tries(conn, _answers(viewer, course_id, lesson_id, *told).where(asked))
    return [replace(one, tries=own.get(one.place, {})) for one in sittings]


def _answers(
    viewer: Viewer, course_id: str, lesson_id: str, value: Any, reasons: Any
) -> Select[Any]:
    return (
        select(
            Answer.id,
            Answer.enrolment_id,
            Answer.sitting,
            Answer.question_id,
            Answer.certainty,
            MarkRecord.score,
            judged_version.label("version"),
            value.label("value"),
            reasons.label("reasons"),
        )
        .join(MarkRecord, MarkRecord.answer_id == Answer.id)
        .where(
            Answer.lesson_id == lesson_id,
            Answer.is_complete,
            Answer.enrolment_id.in_(taught_enrolments(viewer, course_id)),
        )
        .order_by(Answer.attempt, MarkRecord.id)
    )


def _tries(
    conn: Connection, answers: Select[Any]
) -> dict[SittingPlace, dict[str, tuple[JudgedTry, ...]]]:
    """Tries by sitting and question, with the newest mark of each."""
    newest = {row.id: row for row in conn.execute(answers)}  # marks come oldest first
    contents = contents_of_versions(conn, {row.version for row in newest.values()})
    found: dict[SittingPlace, dict[str, tuple[JudgedTry, ...]]] = {}
    for row in newest.values():
        own = found.setdefault((row.enrolment_id, row.sitting), {})
        own[row.question_id] = (*own.get(row.question_id, ()), _try(row, contents[row.version]))
    return found


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


def _try(row: Any, content: Mapping[str, Any]) -> JudgedTry:
    return JudgedTry(
        answer_id=row.id,
        version=row.version,
        points=float(content["points"]),
        value=row.value,
        score=row.score,
        reasons=tuple(row.reasons or ()),
        certainty=row.certainty,
        kind=content["kind"],
    )
