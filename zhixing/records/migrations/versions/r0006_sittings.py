"""Sittings: a test may be taken again; every sitting stays on record and the best one counts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Everything so far belongs to the first sitting."""
    for table, name in (
        ("answer", "sitting"),
        ("lesson_progress", "sitting"),
        ("lesson_progress", "sittings"),
    ):
        column: sa.Column[int] = sa.Column(name, sa.Integer(), nullable=False, server_default="1")
        op.add_column(table, column)
    for table, name in (("lesson_progress", "earlier"), ("submission", "earned")):
        number: sa.Column[float] = sa.Column(name, sa.Double(), nullable=False, server_default="0")
        op.add_column(table, number)
    op.add_column(
        "lesson_progress", sa.Column("extended_to", sa.DateTime(timezone=True), nullable=True)
    )
    _keep_earned()


def _keep_earned() -> None:
    """What was earned stands with the one hand-in that every lesson had."""
    op.execute(
        "UPDATE submission SET earned = COALESCE((SELECT earned FROM lesson_progress"
        " WHERE lesson_progress.enrolment_id = submission.enrolment_id"
        " AND lesson_progress.lesson_id = submission.lesson_id), 0)"
    )
