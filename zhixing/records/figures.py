"""Figures: totals of every visible unit's subtree, from a handful of grouped queries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, distinct, exists, func, select

from zhixing.course import Course
from zhixing.records.completion import completed_courses
from zhixing.records.scope import Viewer
from zhixing.records.sittings import is_counting
from zhixing.records.subtree import Subtree, UnitNode, counted, visible_subtree
from zhixing.records.tables import (
    Cohort,
    Enrolment,
    Grade,
    LessonProgress,
    Person,
    Query,
    Submission,
)


@dataclass(frozen=True)
class UnitFigures:
    """One unit of the tree with the totals of its subtree; all None where the group is small.

    Parameters
    ----------
    parent
        Code of the unit above, None for the topmost that the viewer sees.
    path_codes
        Codes from the topmost visible unit down to this one.
    people
        Active people.
    enrolled
        Of these, in a cohort of one of the courses.
    started
        Of these, with an answer or an opened section.
    completed
        Of these, with every lesson of every course they are enrolled in completed.
    submitted
        Of these, with at least one hand-in.
    waiting
        Hand-ins that no trainer has graded, the newest of each person and lesson.
    """

    code: str
    name: str
    kind: str
    parent: str | None
    path_codes: tuple[str, ...]
    people: int | None
    enrolled: int | None
    started: int | None
    completed: int | None
    submitted: int | None
    waiting: int | None


_FIGURES = ("people", "enrolled", "started", "completed", "submitted", "waiting")


def unit_tree(
    conn: Connection, viewer: Viewer, courses: Sequence[Course]
) -> tuple[UnitFigures, ...]:
    """Own subtree, flat, parents before children; empty for whoever is no department."""
    tree = visible_subtree(conn, viewer)
    own: dict[str, Mapping[int, int]] = {
        "people": tree.members,
        "completed": _completed(conn, viewer, courses),
    }
    for name, question in _questions(viewer, courses).items():
        own[name] = {row[0]: row[1] for row in conn.execute(question)}
    totals = {name: tree.rolled_up(own[name]) for name in _FIGURES}
    return tuple(_figures(tree, unit, totals) for unit in tree.units.values())


def _figures(tree: Subtree, unit: UnitNode, totals: Mapping[str, Mapping[int, int]]) -> UnitFigures:
    is_shown = unit.id not in tree.hidden
    path = [tree.units[above].code for above in tree.line(unit.id)]
    return UnitFigures(
        code=unit.code,
        name=unit.name,
        kind=unit.kind,
        parent=path[-2] if len(path) > 1 else None,
        path_codes=tuple(path),
        **{name: totals[name][unit.id] if is_shown else None for name in _FIGURES},
    )


def _questions(viewer: Viewer, courses: Sequence[Course]) -> dict[str, Query]:
    return {
        "enrolled": _people(viewer, courses),
        "started": _people(viewer, courses).join(
            LessonProgress, LessonProgress.enrolment_id == Enrolment.id
        ),
        "submitted": _people(viewer, courses).where(
            exists().where(Submission.enrolment_id == Enrolment.id)
        ),
        "waiting": _waiting(viewer, courses),
    }


def _enrolments(viewer: Viewer, courses: Sequence[Course], *columns: Any) -> Query:
    return (
        select(Person.unit_id, *columns)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(counted(viewer), Cohort.course_id.in_([course.id for course in courses]))
    )


def _people(viewer: Viewer, courses: Sequence[Course]) -> Query:
    people = func.count(distinct(Person.id))
    return _enrolments(viewer, courses, people).group_by(Person.unit_id)


def _completed(conn: Connection, viewer: Viewer, courses: Sequence[Course]) -> dict[int, int]:
    # Compared here and not by an outer join: a server that has not yet counted its rows, as
    # minutes after an import, would take seconds for the join.
    done = completed_courses(courses).subquery()
    taken = _courses(conn, _enrolments(viewer, courses, Person.id, Cohort.course_id))
    finished = _courses(
        conn,
        _enrolments(viewer, courses, Person.id, Cohort.course_id).join(
            done, done.c.enrolment_id == Enrolment.id
        ),
    )
    return Counter(place[0] for place, ids in taken.items() if ids == finished.get(place))


def _courses(conn: Connection, question: Query) -> dict[tuple[int, int], set[str]]:
    """Courses by unit and person."""
    courses: dict[tuple[int, int], set[str]] = {}
    for unit_id, person_id, course_id in conn.execute(question):
        courses.setdefault((unit_id, person_id), set()).add(course_id)
    return courses


def _waiting(viewer: Viewer, courses: Sequence[Course]) -> Query:
    is_graded = exists().where(Grade.submission_id == Submission.id)
    return (
        _enrolments(viewer, courses, func.count())
        .group_by(Person.unit_id)
        .join(Submission, Submission.enrolment_id == Enrolment.id)
        .where(is_counting(), ~is_graded)
    )
