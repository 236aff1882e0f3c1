"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make all tables; those that others refer to come first."""
    for make in (
        _units,
        _people,
        _accounts,
        _cohorts,
        _enrolments,
        _question_versions,
        _answers,
        _marks,
        _progress,
        _workbooks,
        _submissions,
        _grades,
        _accesses,
        _audit,
    ):
        make()


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _whole(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=nullable)


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False)


def _json(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.JSON, nullable=False)


def _primary(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=f"uq_{table}_{'_'.join(columns)}")


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}")


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def _units() -> None:
    op.create_table(
        "unit",
        _whole("id"),
        _text("code", 64),
        _text("name", 200),
        _text("tree", 8),
        _text("kind", 32),
        _whole("parent_id", nullable=True),
        _text("path", 400),
        _primary("unit", "id"),
        _unique("unit", "code"),
        _to("unit", "parent_id", "unit.id"),
    )
    _index("unit", "path")
    op.create_table(
        "unit_link",
        _whole("place_id"),
        _whole("party_id"),
        _primary("unit_link", "place_id", "party_id"),
        _to("unit_link", "place_id", "unit.id"),
        _to("unit_link", "party_id", "unit.id"),
    )


def _people() -> None:
    op.create_table(
        "person",
        _whole("id"),
        _text("key", 64),
        _text("username", 64),
        _text("name", 200),
        _whole("unit_id"),
        _whole("party_unit_id", nullable=True),
        _text("post", 64),
        _text("rank", 64),
        sa.Column("is_active", sa.Boolean, nullable=False),
        _primary("person", "id"),
        _unique("person", "key"),
        _unique("person", "username"),
        _to("person", "unit_id", "unit.id"),
        _to("person", "party_unit_id", "unit.id"),
    )
    _index("person", "unit_id")


def _accounts() -> None:
    op.create_table(
        "account",
        _whole("person_id"),
        _text("password_hash", 300),
        sa.Column("must_change", sa.Boolean, nullable=False),
        _whole("failures"),
        _time("locked_until", nullable=True),
        _primary("account", "person_id"),
        _to("account", "person_id", "person.id"),
    )
    op.create_table(
        "role",
        _whole("id"),
        _whole("person_id"),
        _text("name", 32),
        _whole("unit_id", nullable=True),
        _primary("role", "id"),
        _unique("role", "person_id", "name", "unit_id"),
        _to("role", "person_id", "person.id"),
        _to("role", "unit_id", "unit.id"),
    )
    _index("role", "person_id")


def _cohorts() -> None:
    op.create_table(
        "cohort",
        _whole("id"),
        _text("course_id", 64),
        _text("title", 200),
        _time("opens"),
        _time("closes"),
        _primary("cohort", "id"),
    )
    _index("cohort", "course_id")
    op.create_table(
        "cohort_trainer",
        _whole("cohort_id"),
        _whole("person_id"),
        _primary("cohort_trainer", "cohort_id", "person_id"),
        _to("cohort_trainer", "cohort_id", "cohort.id"),
        _to("cohort_trainer", "person_id", "person.id"),
    )


def _enrolments() -> None:
    op.create_table(
        "enrolment",
        _whole("id"),
        _whole("cohort_id"),
        _whole("person_id"),
        _time("enrolled_at"),
        _primary("enrolment", "id"),
        _unique("enrolment", "cohort_id", "person_id"),
        _to("enrolment", "cohort_id", "cohort.id"),
        _to("enrolment", "person_id", "person.id"),
    )
    _index("enrolment", "cohort_id")
    _index("enrolment", "person_id")


def _question_versions() -> None:
    op.create_table(
        "question_version",
        _text("version", 16),
        _text("course_id", 64),
        _text("lesson_id", 64),
        _text("question_id", 64),
        _json("content"),
        _time("released_at"),
        _primary("question_version", "version"),
    )
    _index("question_version", "course_id")


def _answers() -> None:
    op.create_table(
        "answer",
        _whole("id"),
        _whole("enrolment_id"),
        _text("lesson_id", 64),
        _text("question_id", 64),
        _text("version", 16),
        _whole("attempt"),
        _json("value"),
        _text("key", 64),
        _time("received_at"),
        _primary("answer", "id"),
        _unique("answer", "enrolment_id", "key"),
        _unique("answer", "enrolment_id", "question_id", "attempt"),
        _to("answer", "enrolment_id", "enrolment.id"),
        _to("answer", "version", "question_version.version"),
    )
    _index("answer", "received_at", "enrolment_id")


def _marks() -> None:
    op.create_table(
        "mark",
        _whole("id"),
        _whole("answer_id"),
        sa.Column("score", sa.Double, nullable=True),
        _json("reasons"),
        _text("grader", 64),
        _time("marked_at"),
        _primary("mark", "id"),
        _to("mark", "answer_id", "answer.id"),
    )
    _index("mark", "answer_id")


def _progress() -> None:
    op.create_table(
        "lesson_progress",
        _whole("enrolment_id"),
        _text("lesson_id", 64),
        _whole("position"),
        _whole("answered"),
        sa.Column("earned", sa.Double, nullable=False),
        _time("started_at"),
        _time("last_at"),
        _time("completed_at", nullable=True),
        _time("submitted_at", nullable=True),
        _primary("lesson_progress", "enrolment_id", "lesson_id"),
        _to("lesson_progress", "enrolment_id", "enrolment.id"),
    )


def _workbooks() -> None:
    op.create_table(
        "workbook",
        _whole("enrolment_id"),
        _text("lesson_id", 64),
        _text("name", 64),
        sa.Column("content", sa.LargeBinary, nullable=False),
        _time("sent_at"),
        _primary("workbook", "enrolment_id", "lesson_id", "name"),
        _to("workbook", "enrolment_id", "enrolment.id"),
    )


def _submissions() -> None:
    op.create_table(
        "submission",
        _whole("id"),
        _whole("enrolment_id"),
        _text("lesson_id", 64),
        _whole("number"),
        _text("key", 64),
        _text("receipt", 64),
        _time("submitted_at"),
        sa.Column("package", sa.LargeBinary, nullable=False),
        _primary("submission", "id"),
        _unique("submission", "receipt"),
        _unique("submission", "enrolment_id", "lesson_id", "number"),
        _unique("submission", "enrolment_id", "key"),
        _to("submission", "enrolment_id", "enrolment.id"),
    )
    _index("submission", "enrolment_id")


def _grades() -> None:
    op.create_table(
        "grade",
        _whole("id"),
        _whole("submission_id"),
        sa.Column("score", sa.Double, nullable=False),
        sa.Column("max_score", sa.Double, nullable=False),
        _text("comment", 4000),
        _json("cells"),
        _whole("trainer_id"),
        _time("released_at"),
        _primary("grade", "id"),
        _to("grade", "submission_id", "submission.id"),
        _to("grade", "trainer_id", "person.id"),
    )
    _index("grade", "submission_id")


def _accesses() -> None:
    op.create_table(
        "access",
        _whole("id"),
        _whole("viewer_id"),
        _whole("person_id"),
        _text("what", 64),
        _text("reason", 400),
        _time("seen_at"),
        _primary("access", "id"),
        _to("access", "viewer_id", "person.id"),
        _to("access", "person_id", "person.id"),
    )
    _index("access", "person_id")


def _audit() -> None:
    op.create_table(
        "audit",
        _whole("id"),
        _text("actor", 64),
        _text("action", 64),
        _text("subject", 200),
        _json("detail"),
        _time("happened_at"),
        _primary("audit", "id"),
    )
