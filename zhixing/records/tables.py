"""Tables of the records database, one class a noun of the glossary.

All times are aware UTC. ``path`` of a unit is its ancestors' ids and its own, each followed by a
slash (``/1/4/9/``), so that a subtree is one prefix and never a recursive query.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    Select,
    String,
    UniqueConstraint,
    true,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from zhixing.records.utctime import UtcDateTime

Query = Select[*tuple[Any, ...]]
"""A select of whatever columns."""


class Record(DeclarativeBase):
    """Base of all tables, with names for every constraint so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - the name and form SQLAlchemy asks for
        datetime: UtcDateTime(),
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }


class Unit(Record):
    """A node of one of the two trees: ``place`` or ``party`` (domain brief, section 3)."""

    __tablename__ = "unit"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    tree: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(32))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(400), default="", index=True)


class UnitLink(Record):
    """Which Party body works in which place; many to many between grids and compounds."""

    __tablename__ = "unit_link"
    place_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)


class Person(Record):
    """A person of the roster; post and rank are separate fields, rules match on either."""

    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    username: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    party_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    post: Mapped[str] = mapped_column(String(64), default="")
    rank: Mapped[str] = mapped_column(String(64), default="")
    is_active: Mapped[bool] = mapped_column(default=True)


class Account(Record):
    """Local log-in of a person; absent where an identity provider logs people in."""

    __tablename__ = "account"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    password_hash: Mapped[str] = mapped_column(String(300))
    must_change: Mapped[bool] = mapped_column(default=True)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]


class Role(Record):
    """A role a person holds; ``unit_id`` is the subtree of an organization department."""

    __tablename__ = "role"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(32))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    __table_args__ = (UniqueConstraint("person_id", "name", "unit_id"),)


class QuestionVersion(Record):
    """A question as once released, key included; never changed, never deleted."""

    __tablename__ = "question_version"
    version: Mapped[str] = mapped_column(String(16), primary_key=True)
    course_id: Mapped[str] = mapped_column(String(64), index=True)
    lesson_id: Mapped[str] = mapped_column(String(64))
    question_id: Mapped[str] = mapped_column(String(64))
    content: Mapped[dict[str, Any]]
    released_at: Mapped[datetime]


class Cohort(Record):
    """A run of a course (班次) with its roster and dates."""

    __tablename__ = "cohort"
    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[str] = mapped_column(String(64), index=True)
    title: Mapped[str] = mapped_column(String(200))
    opens: Mapped[datetime]
    closes: Mapped[datetime]


class CohortTrainer(Record):
    """Which trainers own a cohort; a trainer's right comes from it and ends with it."""

    __tablename__ = "cohort_trainer"
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)


class Enrolment(Record):
    """A person in a cohort."""

    __tablename__ = "enrolment"
    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    enrolled_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("cohort_id", "person_id"),)


class Answer(Record):
    """One answer as given; append-only, with server time. ``key`` makes a repeat the same one.

    ``attempt`` numbers the answers to a question from 1, over all its sittings. ``is_complete`` is
    false for a step of a case that goes on, which is no try. ``certainty`` is 1 to 3 where the
    lesson asks for it.
    """

    __tablename__ = "answer"
    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    lesson_id: Mapped[str] = mapped_column(String(64))
    question_id: Mapped[str] = mapped_column(String(64))
    version: Mapped[str] = mapped_column(ForeignKey("question_version.version"))
    attempt: Mapped[int]
    value: Mapped[list[Any]]
    key: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[datetime]
    is_complete: Mapped[bool] = mapped_column(default=True, server_default=true())
    certainty: Mapped[int | None]
    sitting: Mapped[int] = mapped_column(default=1, server_default="1")
    __table_args__ = (
        UniqueConstraint("enrolment_id", "key"),
        UniqueConstraint("enrolment_id", "question_id", "attempt"),
        # Weekly figures read this index alone, never the answers themselves.
        Index("ix_answer_received_at_enrolment_id", "received_at", "enrolment_id"),
    )


class MarkRecord(Record):
    """The mark of an answer; a regrade adds one and keeps the other.

    ``certainty_mark`` (-6 to 3) stands beside the score where the learner said how sure.
    ``version`` is that of the question whose key gave the mark, where it is not the answer's own.
    """

    __tablename__ = "mark"
    id: Mapped[int] = mapped_column(primary_key=True)
    answer_id: Mapped[int] = mapped_column(ForeignKey("answer.id"), index=True)
    score: Mapped[float | None]
    certainty_mark: Mapped[float | None]
    reasons: Mapped[list[Any]]
    grader: Mapped[str] = mapped_column(String(64))
    version: Mapped[str | None] = mapped_column(String(16))
    marked_at: Mapped[datetime]


class Regrade(Record):
    """A regrade (重新判分) for the cohorts of one trainer: of one question, or of a lesson.

    A question's answers get marks under the key of ``version``. A lesson's, where ``question_id``
    and ``version`` are None, keep their marks and add up by ``mode`` and ``falloff``.

    Its marks have ``grader`` ``regrade:<id>``, those that undo it ``undo:<id>``. ``followed_at`` is
    when nbgrader's gradebook was last brought to what the records say; None while it waits.
    """

    __tablename__ = "regrade"
    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[str] = mapped_column(String(64), index=True)
    lesson_id: Mapped[str] = mapped_column(String(64))
    question_id: Mapped[str | None] = mapped_column(String(64))
    version: Mapped[str | None] = mapped_column(ForeignKey("question_version.version"))
    mode: Mapped[str | None] = mapped_column(String(16))
    falloff: Mapped[float | None]
    trainer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String(400))
    key: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    undo_reason: Mapped[str] = mapped_column(String(400), default="")
    followed_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("trainer_id", "key"),)


class RegradeChange(Record):
    """What one regrade did to one sitting of an enrolment: points before and after.

    They are of the question or of the whole lesson; ``mode`` and ``falloff`` are those by which
    the lesson added up before.
    """

    __tablename__ = "regrade_change"
    regrade_id: Mapped[int] = mapped_column(ForeignKey("regrade.id"), primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    sitting: Mapped[int] = mapped_column(primary_key=True)
    before: Mapped[float]
    after: Mapped[float]
    mode: Mapped[str | None] = mapped_column(String(16))
    falloff: Mapped[float | None]


class Extension(Record):
    """Until when a trainer lets one learner answer a lesson that closes earlier; append-only.

    The newest row of an enrolment and lesson counts; ``closes`` is None where it takes an earlier
    extension back.
    """

    __tablename__ = "extension"
    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    lesson_id: Mapped[str] = mapped_column(String(64))
    closes: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(400))
    trainer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    granted_at: Mapped[datetime]


class LessonProgress(Record):
    """How far one enrolment is in one lesson; kept up in the transaction of each answer.

    ``answered`` counts questions with at least one answer; ``earned`` is the sum of credit times
    points; ``position`` is the index of the section last opened, from 0; ``completed_at``
    is when the last unanswered question was answered.

    Of a test taken again, ``sitting`` is the one under way or handed in last, and ``answered``,
    ``earned`` and ``submitted_at`` are of it; ``earlier`` is the best that was earned before.
    ``sittings`` is how many a trainer granted, ``extended_to`` until when the last of them is open.

    ``mode`` and ``falloff`` are the lesson's rules by which ``earned`` adds up: those of the first
    answer of the sitting, until a trainer regrades. None before it.
    """

    __tablename__ = "lesson_progress"
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    lesson_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)
    answered: Mapped[int] = mapped_column(default=0)
    earned: Mapped[float] = mapped_column(default=0.0)
    started_at: Mapped[datetime]
    last_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    sitting: Mapped[int] = mapped_column(default=1, server_default="1")
    sittings: Mapped[int] = mapped_column(default=1, server_default="1")
    earlier: Mapped[float] = mapped_column(default=0.0, server_default="0")
    extended_to: Mapped[datetime | None]
    mode: Mapped[str | None] = mapped_column(String(16))
    falloff: Mapped[float | None]


class Workbook(Record):
    """The code track's notebook as last sent from JupyterLab; one an enrolment and notebook."""

    __tablename__ = "workbook"
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    lesson_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    sent_at: Mapped[datetime]


class Submission(Record):
    """A hand-in (交卷): ``package`` is the zip of an nbgrader submission folder.

    ``number`` is the sitting that it closed, ``earned`` the points marked by then, ``mode`` and
    ``falloff`` are as in the progress.
    """

    __tablename__ = "submission"
    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    lesson_id: Mapped[str] = mapped_column(String(64))
    number: Mapped[int]
    key: Mapped[str] = mapped_column(String(64))
    receipt: Mapped[str] = mapped_column(String(64), unique=True)
    submitted_at: Mapped[datetime]
    package: Mapped[bytes] = mapped_column(LargeBinary)
    earned: Mapped[float] = mapped_column(default=0.0, server_default="0")
    mode: Mapped[str | None] = mapped_column(String(16))
    falloff: Mapped[float | None]
    __table_args__ = (
        UniqueConstraint("enrolment_id", "lesson_id", "number"),
        UniqueConstraint("enrolment_id", "key"),
    )


class Grade(Record):
    """What the trainer released for a submission, from nbgrader's gradebook.

    ``cells`` is ``[{"id", "score", "max_score", "comment"}]``, ``feedback`` sanitised HTML.
    """

    __tablename__ = "grade"
    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    score: Mapped[float]
    max_score: Mapped[float]
    comment: Mapped[str] = mapped_column(String(4000), default="")
    cells: Mapped[list[Any]]
    trainer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    released_at: Mapped[datetime]


class ReviewCardRecord(Record):
    """When an own error comes back (温故); the person's own and read by nobody else.

    ``key`` is the click that was answered last, so that a repeat counts once.
    """

    __tablename__ = "review_card"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    course_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    question_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[str] = mapped_column(ForeignKey("question_version.version"))
    key: Mapped[str] = mapped_column(String(64))
    stability: Mapped[float]
    difficulty: Mapped[float]
    last_at: Mapped[datetime]
    due_at: Mapped[datetime]


class Access(Record):
    """Who looked at whose record, when and what for; shown to the person."""

    __tablename__ = "access"
    id: Mapped[int] = mapped_column(primary_key=True)
    viewer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    what: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(400), default="")
    seen_at: Mapped[datetime]


class Audit(Record):
    """One change, written in the transaction of the change; never altered, never deleted."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True)
    actor: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(200))
    detail: Mapped[dict[str, Any]]
    happened_at: Mapped[datetime]
