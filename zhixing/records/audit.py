"""Audit: one row a change, written in the transaction of the change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert

from zhixing.records.tables import Audit


def add_audit(
    conn: Connection, actor: str, action: str, subject: str, now: datetime, **detail: Any
) -> None:
    """Write one row."""
    conn.execute(insert(Audit).values(**audit_row(actor, action, subject, now, **detail)))


def audit_row(
    actor: str, action: str, subject: str, now: datetime, **detail: Any
) -> dict[str, Any]:
    """Columns of one row; ``detail`` is plain data and holds no password and no key.

    Parameters
    ----------
    actor
        User name, or ``cli:`` and the system user where a maintainer acts.
    action
        Noun and verb, e.g. ``account.reset_password``.
    subject
        What was changed, by its public name.
    """
    return {
        "actor": actor,
        "action": action,
        "subject": subject,
        "detail": detail,
        "happened_at": now,
    }
