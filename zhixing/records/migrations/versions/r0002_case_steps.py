"""Steps of a case: answers that are recorded and are no try."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the mark; every answer so far was a whole one."""
    column: sa.Column[bool] = sa.Column(
        "is_complete", sa.Boolean(), nullable=False, server_default=sa.true()
    )
    op.add_column("answer", column)
