"""People: the list behind a unit's figures, a page at a time; each look leaves a trace."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, insert, select

from zhixing.course import Course
from zhixing.records.completion import completed_courses, completed_lessons, hours, lesson_count
from zhixing.records.scope import Viewer
from zhixing.records.subtree import counted, visible_subtree
from zhixing.records.tables import (
    Access,
    Cohort,
    Enrolment,
    LessonProgress,
    Person,
    Query,
    Submission,
    Unit,
)

MOST_ROWS_A_PAGE = 200


@dataclass(frozen=True)
class PersonRow:
    """One person's completion record.

    Parameters
    ----------
    lessons_completed, lessons
        Of the courses the person is enrolled in.
    submitted
        Lessons handed in.
    hours
        Nominal hours of the courses completed, each once.
    required_hours
        Nominal hours of the courses enrolled in.
    last_at
        Last answer or opened section; None before the first.
    """

    key: str
    name: str
    post: str
    unit: str
    lessons_completed: int
    lessons: int
    submitted: int
    hours: float
    required_hours: float
    last_at: datetime | None


@dataclass(frozen=True)
class PeoplePage:
    """``total`` people in the subtree, of whom ``people`` are on this page."""

    total: int
    people: tuple[PersonRow, ...]


def people_of_unit(
    conn: Connection,
    viewer: Viewer,
    code: str,
    page: int,
    size: int,
    *,
    courses: Sequence[Course],
    now: datetime,
) -> PeoplePage:
    """Read one page of a unit's people and note the look at each of them.

    The look and its trace are one transaction: hand in a writing connection.

    Parameters
    ----------
    page
        From 1.
    size
        Rows a page, 1 to 200.

    Raises
    ------
    NotVisibleError
        If the unit is not in the viewer's subtree, whether or not it exists.
    ValueError
        If ``page`` or ``size`` is out of range.
    """
    if page < 1 or not 1 <= size <= MOST_ROWS_A_PAGE:
        raise ValueError(f"page {page} of {size} rows; expected 1.. of 1..{MOST_ROWS_A_PAGE}")
    unit = visible_subtree(conn, viewer).by_code(code)
    inside = and_(counted(viewer), Unit.path.like(f"{unit.path}%"))
    found = _page(conn, inside, (page - 1) * size, size)
    _note(conn, viewer, [row.id for row in found], now)
    return PeoplePage(_total(conn, inside), _rows(conn, found, courses))


def _total(conn: Connection, inside: ColumnElement[bool]) -> int:
    question = select(func.count()).select_from(Person).join(Unit, Unit.id == Person.unit_id)
    return conn.execute(question.where(inside)).scalar_one()


def _page(conn: Connection, inside: ColumnElement[bool], offset: int, size: int) -> Sequence[Any]:
    return conn.execute(
        select(Person.id, Person.key, Person.name, Person.post, Unit.name.label("unit"))
        .join(Unit, Unit.id == Person.unit_id)
        .where(inside)
        .order_by(Unit.path, Person.id)
        .offset(offset)
        .limit(size)
    ).all()


def _note(conn: Connection, viewer: Viewer, looked_at: Sequence[int], now: datetime) -> None:
    rows = [
        {
            "viewer_id": viewer.person_id,
            "person_id": person_id,
            "what": "completion",
            "reason": "",
            "seen_at": now,
        }
        for person_id in looked_at
        if person_id != viewer.person_id
    ]
    if rows:
        conn.execute(insert(Access), rows)


def _rows(
    conn: Connection, found: Sequence[Any], courses: Sequence[Course]
) -> tuple[PersonRow, ...]:
    ids = [row.id for row in found]
    enrolled = _sets(conn, _enrolled(ids, courses))
    lessons = _sets(conn, _of_people(ids, completed_lessons(courses)))
    completed = _sets(conn, _of_people(ids, completed_courses(courses)))
    submitted = _sets(conn, _submitted(ids, courses))
    last = {row[0]: row[1] for row in conn.execute(_last(ids, courses))}
    return tuple(
        PersonRow(
            key=row.key,
            name=row.name,
            post=row.post,
            unit=row.unit,
            lessons_completed=len(lessons[row.id]),
            lessons=lesson_count(courses, enrolled[row.id]),
            submitted=len(submitted[row.id]),
            hours=hours(courses, completed[row.id]),
            required_hours=hours(courses, enrolled[row.id]),
            last_at=last.get(row.id),
        )
        for row in found
    )


def _sets(conn: Connection, question: Query) -> dict[int, set[Any]]:
    """Person to what the other columns say of them, each once."""
    sets: dict[int, set[Any]] = defaultdict(set)
    for person_id, *rest in conn.execute(question):
        sets[person_id].add(rest[0] if len(rest) == 1 else tuple(rest))
    return sets


def _enrolled(ids: Collection[int], courses: Sequence[Course]) -> Query:
    return _taken(select(Enrolment.person_id, Cohort.course_id), ids, courses)


def _taken(question: Query, ids: Collection[int], courses: Sequence[Course]) -> Query:
    return question.join(Cohort, Cohort.id == Enrolment.cohort_id).where(
        Enrolment.person_id.in_(ids), Cohort.course_id.in_([course.id for course in courses])
    )


def _of_people(ids: Collection[int], question: Query) -> Query:
    done = question.subquery()
    what = [column for column in done.c if column.name != "enrolment_id"]
    return (
        select(Enrolment.person_id, *what)
        .join(Enrolment, Enrolment.id == done.c.enrolment_id)
        .where(Enrolment.person_id.in_(ids))
    )


def _submitted(ids: Collection[int], courses: Sequence[Course]) -> Query:
    question = select(Enrolment.person_id, Cohort.course_id, Submission.lesson_id).join(
        Submission, Submission.enrolment_id == Enrolment.id
    )
    return _taken(question, ids, courses)


def _last(ids: Collection[int], courses: Sequence[Course]) -> Query:
    question = select(Enrolment.person_id, func.max(LessonProgress.last_at)).join(
        LessonProgress, LessonProgress.enrolment_id == Enrolment.id
    )
    return _taken(question, ids, courses).group_by(Enrolment.person_id)
