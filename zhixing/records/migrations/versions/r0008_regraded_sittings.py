"""Regraded sittings: what a regrade changed, for each sitting of a learner by itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Put changes with the sittings whose answers got marks, and points with their hand-ins."""
    with op.batch_alter_table("regrade_change") as table:
        table.add_column(sa.Column("sitting", sa.Integer, nullable=False, server_default="1"))
        table.drop_constraint("pk_regrade_change", type_="primary")
        table.create_primary_key("pk_regrade_change", ["regrade_id", "enrolment_id", "sitting"])
    with op.batch_alter_table("regrade_change") as table:
        table.alter_column("sitting", existing_type=sa.Integer, server_default=None)
    _sort_by_sitting()
    _repair_points()


def _sort_by_sitting() -> None:
    """A test sat twice had its answers regraded as one; points before and after stay with one."""
    conn = op.get_bind()
    marked = conn.execute(
        sa.text(
            "SELECT DISTINCT mark.grader, answer.enrolment_id, answer.sitting FROM mark"
            " JOIN answer ON answer.id = mark.answer_id WHERE mark.grader LIKE 'regrade:%'"
        )
    )
    sittings: dict[tuple[int, int], list[int]] = {}
    for grader, enrolment, sitting in marked:
        number = int(grader.removeprefix("regrade:"))
        sittings.setdefault((number, enrolment), []).append(sitting)
    for (regrade, enrolment), numbers in sittings.items():
        place = {"regrade": regrade, "enrolment": enrolment}
        last, *others = sorted(numbers, reverse=True)
        conn.execute(
            sa.text(
                "UPDATE regrade_change SET sitting = :last"
                " WHERE regrade_id = :regrade AND enrolment_id = :enrolment"
            ),
            {**place, "last": last},
        )
        for other in others:
            conn.execute(
                sa.text(
                    "INSERT INTO regrade_change (regrade_id, enrolment_id, sitting, before, after)"
                    " VALUES (:regrade, :enrolment, :other, 0, 0)"
                ),
                {**place, "other": other},
            )


def _repair_points() -> None:
    """A regrade moved the points of the progress and left those of the hand-in.

    Of a test that was sat twice, points of the earlier sitting stay as they were handed in.
    """
    here = (
        "lesson_progress.enrolment_id = submission.enrolment_id"
        " AND lesson_progress.lesson_id = submission.lesson_id"
        " AND lesson_progress.sitting = submission.number"
    )
    op.execute(
        f"UPDATE submission SET earned = (SELECT earned FROM lesson_progress WHERE {here})"  # noqa: S608 - no value in it
        f" WHERE EXISTS (SELECT 1 FROM lesson_progress WHERE {here})"
    )
