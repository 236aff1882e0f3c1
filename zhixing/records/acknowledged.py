"""Acknowledged: the receipt of an answer that is on disk, found again by the key of its click."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from zhixing.records.draft import receipt_from_id
from zhixing.records.tables import Answer


def acknowledged(
    conn: Connection, enrolment_id: int, key: str, given: tuple[str, Any, int | None]
) -> tuple[str, datetime] | None:
    """Receipt and time of the answer of this click; None where it is not there or another one.

    Parameters
    ----------
    given
        Version, value and certainty, as they came with the click.
    """
    row = conn.execute(
        select(Answer.id, Answer.received_at, Answer.version, Answer.value, Answer.certainty).where(
            Answer.enrolment_id == enrolment_id, Answer.key == key
        )
    ).first()
    if row is None or tuple(row[2:]) != given:
        return None
    return receipt_from_id(row.id), row.received_at
