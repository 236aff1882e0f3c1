"""Counted: by which rules the points of a sitting add up, as the records keep it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, exists, select, update

from zhixing.course import Course
from zhixing.records.tables import Cohort, Enrolment, LessonProgress, Submission
from zhixing.rules import Counting


def counting_from(mode: str | None, falloff: float | None) -> Counting | None:
    """Of the two columns; None where nothing was answered yet."""
    return None if mode is None else Counting(mode, falloff or 0.0)


def counting_columns(counting: Counting | None) -> dict[str, Any]:
    """Fill the two columns."""
    return {
        "mode": counting.mode if counting else None,
        "falloff": counting.falloff if counting else None,
    }


def counted_so_far(conn: Connection, enrolment_id: int, lesson_id: str) -> dict[str, Any]:
    """Read what a hand-in takes over from the progress: ``earned``, and by which rules."""
    columns = select(LessonProgress.earned, LessonProgress.mode, LessonProgress.falloff)
    here = columns.where(
        LessonProgress.enrolment_id == enrolment_id, LessonProgress.lesson_id == lesson_id
    )
    return dict(conn.execute(here).mappings().one())


def lessons_counted_otherwise(conn: Connection, course: Course) -> set[str]:
    """Lessons of a course in which somebody's points add up by other rules than the present."""
    rows: set[tuple[str, Counting | None]] = set()
    for table in (LessonProgress, Submission):
        found = (
            select(table.lesson_id, table.mode, table.falloff)
            .join(Enrolment, Enrolment.id == table.enrolment_id)
            .join(Cohort, Cohort.id == Enrolment.cohort_id)
            .where(Cohort.course_id == course.id, table.mode.is_not(None))
        )
        rows |= {(row[0], counting_from(*row[1:])) for row in conn.execute(found.distinct())}
    now = {lesson.id: lesson.rules.counting for lesson in course.lessons}
    return {lesson for lesson, own in rows if lesson in now and own != now[lesson]}


def keep_countings(conn: Connection, lessons: Mapping[tuple[str, str], Counting]) -> None:
    """Write down what points of a database of before count by, where it does not say so yet.

    Parameters
    ----------
    lessons
        Course and lesson to how it counts now. What an older program recorded was counted by the
        rules of its time, which nobody knows; as far as anybody can tell they are the present ones.
    """
    unknown = (
        (LessonProgress, LessonProgress.mode.is_(None) & (LessonProgress.answered > 0)),
        (Submission, Submission.mode.is_(None)),
    )
    if not any(conn.scalar(select(exists().where(is_unknown))) for _, is_unknown in unknown):
        return
    for (course_id, lesson_id), counting in lessons.items():
        of_course = (
            select(Enrolment.id)
            .join(Cohort, Cohort.id == Enrolment.cohort_id)
            .where(Cohort.course_id == course_id)
        )
        for table, is_unknown in unknown:
            here = (table.lesson_id == lesson_id) & table.enrolment_id.in_(of_course)
            columns = counting_columns(counting)
            conn.execute(update(table).where(is_unknown, here).values(**columns))
