"""Counting: the rules by which points add up are kept beside them, and may be regraded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room; what is there is filled in by the classroom, which knows the courses' rules."""
    for name in ("lesson_progress", "submission", "regrade", "regrade_change"):
        op.add_column(name, sa.Column("mode", sa.String(16), nullable=True))
        op.add_column(name, sa.Column("falloff", sa.Double, nullable=True))
    with op.batch_alter_table("regrade") as table:
        table.alter_column("question_id", existing_type=sa.String(64), nullable=True)
        table.alter_column("version", existing_type=sa.String(16), nullable=True)
