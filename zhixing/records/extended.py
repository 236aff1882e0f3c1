"""Extended: which places answer longer than others, by an extension or a granted resit."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select

from zhixing.records.tables import Cohort, Enrolment, Extension, LessonProgress


def extended_places(
    conn: Connection, enrolments: Collection[int]
) -> dict[tuple[int, str], datetime]:
    """Enrolment and lesson to the time an extension that counts goes to."""
    if not enrolments:
        return {}
    rows = conn.execute(
        select(Extension.enrolment_id, Extension.lesson_id, Extension.closes)
        .where(Extension.enrolment_id.in_(enrolments))
        .order_by(Extension.id)
    )
    newest = {(row.enrolment_id, row.lesson_id): row.closes for row in rows}
    return {place: closes for place, closes in newest.items() if closes is not None}


def resit_places(conn: Connection, enrolments: Collection[int]) -> dict[tuple[int, str], datetime]:
    """Enrolment and lesson to the time a granted resit is open, within the cohort's."""
    rows = conn.execute(
        select(
            LessonProgress.enrolment_id,
            LessonProgress.lesson_id,
            LessonProgress.extended_to,
            Cohort.closes,
        )
        .join(Enrolment, Enrolment.id == LessonProgress.enrolment_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(LessonProgress.enrolment_id.in_(enrolments), LessonProgress.extended_to.is_not(None))
    )
    return {(row.enrolment_id, row.lesson_id): min(row.extended_to, row.closes) for row in rows}
