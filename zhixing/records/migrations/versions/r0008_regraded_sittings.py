"""Regraded sittings: what a regrade changed, for each sitting of a learner by itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Put what was changed so far with the first sitting, which nearly always is the only one."""
    with op.batch_alter_table("regrade_change") as table:
        table.add_column(sa.Column("sitting", sa.Integer, nullable=False, server_default="1"))
        table.drop_constraint("pk_regrade_change", type_="primary")
        table.create_primary_key("pk_regrade_change", ["regrade_id", "enrolment_id", "sitting"])
