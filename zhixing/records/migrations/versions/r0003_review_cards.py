"""Review cards (温故): when an own error comes back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "review_card",
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("course_id", sa.String(64), nullable=False),
        sa.Column("question_id", sa.String(64), nullable=False),
        sa.Column("version", sa.String(16), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("stability", sa.Double, nullable=False),
        sa.Column("difficulty", sa.Double, nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "course_id", "question_id", name="pk_review_card"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_review_card_person_id"),
        sa.ForeignKeyConstraint(
            ["version"], ["question_version.version"], name="fk_review_card_version"
        ),
    )
