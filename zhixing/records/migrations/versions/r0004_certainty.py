"""Certainty: how sure a learner is of an answer, and the mark beside its score."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both; no lesson asked for it so far."""
    op.add_column("answer", sa.Column("certainty", sa.Integer(), nullable=True))
    op.add_column("mark", sa.Column("certainty_mark", sa.Double(), nullable=True))
