"""Extensions (延期): until when one learner may answer a lesson that closes earlier."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; nobody has one so far."""
    op.create_table(
        "extension",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("enrolment_id", sa.Integer, nullable=False),
        sa.Column("lesson_id", sa.String(64), nullable=False),
        sa.Column("closes", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(400), nullable=False),
        sa.Column("trainer_id", sa.Integer, nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_extension"),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name="fk_extension_enrolment_id"
        ),
        sa.ForeignKeyConstraint(["trainer_id"], ["person.id"], name="fk_extension_trainer_id"),
    )
    op.create_index("ix_extension_enrolment_id", "extension", ["enrolment_id"])
