"""Extended: which places have an extension that counts."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select

from zhixing.records.tables import Extension


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
