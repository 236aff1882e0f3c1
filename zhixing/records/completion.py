"""Completion: which lessons and courses an enrolment has completed, and the hours it earns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import case, func, select, tuple_

from zhixing.course import Course
from zhixing.records.tables import Cohort, Enrolment, LessonProgress, Query


def completed_lessons(courses: Sequence[Course]) -> Query:
    """One row a completed lesson that its course still has: enrolment_id, course_id, lesson_id."""
    known = [(course.id, name) for course in courses for name in course.lesson_ids]
    return (
        select(LessonProgress.enrolment_id, Cohort.course_id, LessonProgress.lesson_id)
        .join(Enrolment, Enrolment.id == LessonProgress.enrolment_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(
            LessonProgress.completed_at.is_not(None),
            tuple_(Cohort.course_id, LessonProgress.lesson_id).in_(known),
        )
    )


def completed_courses(courses: Sequence[Course]) -> Query:
    """One row an enrolment with all lessons of its course completed: enrolment_id, course_id."""
    lesson = completed_lessons(courses).subquery()
    return (
        select(lesson.c.enrolment_id, lesson.c.course_id)
        .group_by(lesson.c.enrolment_id, lesson.c.course_id)
        .having(func.count() == _lessons_of(courses, lesson.c.course_id))
    )


def _lessons_of(courses: Sequence[Course], course_id: Any) -> Any:
    if not courses:
        return 0
    return case({course.id: len(course.lesson_ids) for course in courses}, value=course_id)


def hours(courses: Sequence[Course], course_ids: Iterable[str]) -> float:
    """Nominal hours of these courses, each counted once (domain brief, section 4)."""
    wanted = set(course_ids)
    return sum((course.hours for course in courses if course.id in wanted), 0.0)


def lesson_count(courses: Sequence[Course], course_ids: Iterable[str]) -> int:
    """Lessons of these courses together."""
    wanted = set(course_ids)
    return sum(len(course.lesson_ids) for course in courses if course.id in wanted)
