"""Teaching: the courses a trainer teaches, with what was handed in and waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from zhixing.classroom.hall import Hall
from zhixing.course import Course, Lesson
from zhixing.records.handins import hand_ins_of_lesson
from zhixing.records.scope import Viewer
from zhixing.records.teaching import taught_cohorts


@dataclass(frozen=True)
class TaughtLesson:
    """One lesson: how many handed in, how many of these have no released grade yet."""

    id: str
    title: str
    handed_in: int
    waiting: int
    is_test: bool = False


@dataclass(frozen=True)
class TaughtCourse:
    """One course the viewer teaches, with the titles of the cohorts and ids of its cases."""

    id: str
    title: str
    cohorts: Sequence[str]
    lessons: Sequence[TaughtLesson]
    cases: Sequence[str]


def taught_courses(hall: Hall, viewer: Viewer) -> list[TaughtCourse]:
    """Return the courses that the viewer teaches, empty for whoever is no trainer."""
    if "trainer" not in viewer.roles:
        return []
    with hall.store.read() as conn:
        cohorts = taught_cohorts(conn, viewer)
        return [
            _taught(conn, viewer, course, titles)
            for course in hall.courses
            if (titles := [one.title for one in cohorts if one.course_id == course.id])
        ]


def _taught(
    conn: Connection, viewer: Viewer, course: Course, cohorts: Sequence[str]
) -> TaughtCourse:
    lessons = [_lesson(conn, viewer, course, lesson) for lesson in course.lessons]
    asked = (question for lesson in course.lessons for question in lesson.questions)
    cases = [question.id for question in asked if question.kind == "case"]
    return TaughtCourse(course.id, course.title, cohorts, lessons, cases)


def _lesson(conn: Connection, viewer: Viewer, course: Course, lesson: Lesson) -> TaughtLesson:
    rows = hand_ins_of_lesson(conn, viewer, course.id, lesson.id)
    waiting = sum(not row.is_graded for row in rows)
    return TaughtLesson(lesson.id, lesson.title, len(rows), waiting, lesson.rules.is_test)
