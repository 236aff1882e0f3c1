"""Regrades: marks under another version's key, who made them, why, and what they changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the version of a mark (all so far stand under their answer's own) and two tables."""
    op.add_column("mark", sa.Column("version", sa.String(16), nullable=True))
    _regrades()
    _changes()


def _regrades() -> None:
    op.create_table(
        "regrade",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("course_id", sa.String(64), nullable=False),
        sa.Column("lesson_id", sa.String(64), nullable=False),
        sa.Column("question_id", sa.String(64), nullable=False),
        sa.Column("version", sa.String(16), nullable=False),
        sa.Column("trainer_id", sa.Integer, nullable=False),
        sa.Column("reason", sa.String(400), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Integer, nullable=True),
        sa.Column("undo_reason", sa.String(400), nullable=False),
        sa.Column("followed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_regrade"),
        sa.UniqueConstraint("trainer_id", "key", name="uq_regrade_trainer_id_key"),
        sa.ForeignKeyConstraint(
            ["version"], ["question_version.version"], name="fk_regrade_version"
        ),
        sa.ForeignKeyConstraint(["trainer_id"], ["person.id"], name="fk_regrade_trainer_id"),
        sa.ForeignKeyConstraint(["undone_by_id"], ["person.id"], name="fk_regrade_undone_by_id"),
    )
    op.create_index("ix_regrade_course_id", "regrade", ["course_id"])


def _changes() -> None:
    op.create_table(
        "regrade_change",
        sa.Column("regrade_id", sa.Integer, nullable=False),
        sa.Column("enrolment_id", sa.Integer, nullable=False),
        sa.Column("before", sa.Double, nullable=False),
        sa.Column("after", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("regrade_id", "enrolment_id", name="pk_regrade_change"),
        sa.ForeignKeyConstraint(
            ["regrade_id"], ["regrade.id"], name="fk_regrade_change_regrade_id"
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name="fk_regrade_change_enrolment_id"
        ),
    )
