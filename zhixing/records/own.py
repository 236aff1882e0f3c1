"""Own: a person's own cohorts, progress and grades."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Select, select

from zhixing.course import Lesson
from zhixing.records.counted import counting_from
from zhixing.records.extended import extended_places
from zhixing.records.scope import Purpose, Viewer, visible_people
from zhixing.records.tables import Cohort, Enrolment, Grade, LessonProgress, Submission
from zhixing.rules import Counting
from zhixing.span import Span


@dataclass(frozen=True)
class OwnGrade:
    """The grade that a trainer released for a lesson: of several sittings the best.

    Parameters
    ----------
    number
        Which hand-in it is for, from 1.
    cells
        As in ``grade.cells``.
    """

    number: int
    score: float
    max_score: float
    comment: str
    cells: tuple[Mapping[str, Any], ...]
    released_at: datetime


@dataclass(frozen=True)
class OwnLesson:
    """How far I am in one lesson; ``answered`` questions, ``earned`` points.

    The fields of sittings are as in ``lesson_progress``.
    """

    position: int
    answered: int
    earned: float
    started_at: datetime
    last_at: datetime
    completed_at: datetime | None
    submitted_at: datetime | None
    grade: OwnGrade | None = None
    sitting: int = 1
    sittings: int = 1
    earlier: float = 0.0
    extended_to: datetime | None = None
    mode: str | None = None
    falloff: float | None = None

    @property
    def counting(self) -> Counting | None:
        """How my points add up; None before the first answer."""
        return counting_from(self.mode, self.falloff)

    @property
    def best(self) -> float:
        """Points of the sitting that counts."""
        return max(self.earned, self.earlier)


@dataclass(frozen=True)
class OwnEnrolment:
    """One cohort I am in; ``lessons`` by lesson id, only those begun.

    ``extended`` maps a lesson id to the time until which a trainer lets me answer it.
    """

    enrolment_id: int
    course_id: str
    cohort_id: int
    cohort_title: str
    opens: datetime
    closes: datetime
    lessons: Mapping[str, OwnLesson] = field(default_factory=dict)
    extended: Mapping[str, datetime] = field(default_factory=dict)

    def span(self, lesson: Lesson) -> Span:
        """From when to when I may answer a lesson; a resit may have a time of its own."""
        own = self.lessons.get(lesson.id)
        closes = (own.extended_to if own else None) or lesson.rules.closes
        bounds = Span(self.opens, self.closes).within(lesson.rules.opens, closes)
        return bounds.extended_to(self.extended.get(lesson.id))


class Dated(Protocol):
    """Anything with the dates of a cohort."""

    @property
    def opens(self) -> datetime:
        """First moment of the cohort."""

    @property
    def closes(self) -> datetime:
        """First moment after the cohort."""


D = TypeVar("D", bound=Dated)


def current_cohort(own: Sequence[D], now: datetime) -> D | None:
    """Of several cohorts of one course, oldest first: the newest open one, else the newest."""
    is_open = [cohort for cohort in own if cohort.opens <= now < cohort.closes]
    candidates = is_open or own
    return candidates[-1] if candidates else None


def own_lessons(conn: Connection, viewer: Viewer) -> tuple[OwnEnrolment, ...]:
    """Every cohort of the viewer, oldest first, with the progress of each lesson begun."""
    lessons = _lessons(conn, viewer)
    rows = conn.execute(
        select(
            Enrolment.id,
            Cohort.course_id,
            Cohort.id.label("cohort_id"),
            Cohort.title,
            Cohort.opens,
            Cohort.closes,
        )
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(Enrolment.person_id.in_(_self(viewer)))
        .order_by(Cohort.opens, Enrolment.id)
    ).all()
    extended: dict[int, dict[str, datetime]] = {}
    for (enrolment, lesson), until in extended_places(conn, {row.id for row in rows}).items():
        extended.setdefault(enrolment, {})[lesson] = until
    return tuple(
        OwnEnrolment(*row, lessons=lessons.get(row.id, {}), extended=extended.get(row.id, {}))
        for row in rows
    )


def _self(viewer: Viewer) -> Select[int]:
    # The bare person, so that a trainer does not read a class as own lessons.
    bare = Viewer(viewer.person_id, viewer.username)
    return visible_people(bare, Purpose.ANSWERS)


def _lessons(conn: Connection, viewer: Viewer) -> dict[int, dict[str, OwnLesson]]:
    grades = _grades(conn, viewer)
    lessons: dict[int, dict[str, OwnLesson]] = {}
    for row in conn.execute(
        select(
            LessonProgress.enrolment_id,
            LessonProgress.lesson_id,
            LessonProgress.position,
            LessonProgress.answered,
            LessonProgress.earned,
            LessonProgress.started_at,
            LessonProgress.last_at,
            LessonProgress.completed_at,
            LessonProgress.submitted_at,
            LessonProgress.sitting,
            LessonProgress.sittings,
            LessonProgress.earlier,
            LessonProgress.extended_to,
            LessonProgress.mode,
            LessonProgress.falloff,
        )
        .join(Enrolment, Enrolment.id == LessonProgress.enrolment_id)
        .where(Enrolment.person_id.in_(_self(viewer)))
    ):
        grade = grades.get((row.enrolment_id, row.lesson_id))
        lesson = OwnLesson(*row[2:9], grade, *row[9:])
        lessons.setdefault(row.enrolment_id, {})[row.lesson_id] = lesson
    return lessons


def _grades(conn: Connection, viewer: Viewer) -> dict[tuple[int, str], OwnGrade]:
    rows = conn.execute(
        select(
            Submission.enrolment_id,
            Submission.lesson_id,
            Submission.number,
            Grade.score,
            Grade.max_score,
            Grade.comment,
            Grade.cells,
            Grade.released_at,
        )
        .join(Grade, Grade.submission_id == Submission.id)
        .join(Enrolment, Enrolment.id == Submission.enrolment_id)
        .where(Enrolment.person_id.in_(_self(viewer)))
        .order_by(Submission.number, Grade.id)
    )
    # Later rows replace earlier ones: of each hand-in its newest grade counts.
    newest = {(row.enrolment_id, row.lesson_id, row.number): row for row in rows}
    best: dict[tuple[int, str], OwnGrade] = {}
    for (enrolment_id, lesson_id, number), row in newest.items():
        known = best.get((enrolment_id, lesson_id))
        if known is None or row.score > known.score:
            best[enrolment_id, lesson_id] = OwnGrade(
                number, row.score, row.max_score, row.comment, tuple(row.cells), row.released_at
            )
    return best
