"""Batch: many answers written with few statements, in the transaction that is handed in.

Three reads for the whole batch, a plan in memory, four bulk writes: answers, marks, audit rows and
the progress of each lesson touched. Progress is kept up here and never recomputed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError

from zhixing.certainty import certainty_mark
from zhixing.records.draft import AnswerDraft, Recorded, receipt_from_id
from zhixing.records.errors import (
    AnswerRefusedError,
    KeyReusedError,
    UnknownReferenceError,
    UnstorableError,
)
from zhixing.records.ledger import Entry, Ledger, LessonState, Place, QuestionState, Repeat
from zhixing.records.seat import take_seats
from zhixing.records.tables import Answer, Audit, LessonProgress, MarkRecord

Outcome = Recorded | AnswerRefusedError
AnswerPlace = tuple[int | None, str, int]
"""Enrolment, question and attempt: what an answer is known by before it has an id."""


def record_answers(conn: Connection, drafts: Sequence[AnswerDraft]) -> list[Outcome]:
    """Write a batch; one outcome a draft, in order. A refused draft does not fail the others."""
    try:
        with conn.begin_nested():
            return _record(conn, drafts)
    except OperationalError:
        raise  # the database itself failed: nothing of this transaction may be acknowledged
    except (StatementError, UnicodeError):
        return [_record_alone(conn, draft) for draft in drafts]


def _record_alone(conn: Connection, draft: AnswerDraft) -> Outcome:
    try:
        with conn.begin_nested():
            return _record(conn, [draft])[0]
    except OperationalError:
        raise
    except IntegrityError as error:
        return _integrity_error(conn, draft, error)
    except (StatementError, UnicodeError) as error:
        return UnstorableError("这份作答里有无法保存的内容。", f"cannot be stored: {error}")


def _integrity_error(
    conn: Connection, draft: AnswerDraft, error: IntegrityError
) -> AnswerRefusedError:
    known = select(Answer.id).where(
        Answer.enrolment_id == draft.enrolment_id, Answer.key == draft.key
    )
    if conn.execute(known).first():
        return _key_reused(draft)
    return UnknownReferenceError(
        f"题目 {draft.question_id} 的这个版本或您的选课不在记录库里。",
        f"enrolment {draft.enrolment_id} or version {draft.version} unknown: {error.orig}",
    )


def _key_reused(draft: AnswerDraft) -> KeyReusedError:
    return KeyReusedError(
        "同一次点击送来了两份不同的作答，后一份没有保存。",
        f"key {draft.key!r} of enrolment {draft.enrolment_id} already holds another answer",
    )


def _record(conn: Connection, drafts: Sequence[AnswerDraft]) -> list[Outcome]:
    seated = take_seats(conn, drafts)
    known = [draft for draft in seated if isinstance(draft, AnswerDraft)]
    ledger = Ledger(_read_questions(conn, known), _read_lessons(conn, known))
    entered = [ledger.enter(d) if isinstance(d, AnswerDraft) else d for d in seated]
    ids = _write(conn, ledger) if ledger.entries else {}
    return [_outcome(conn, d, e, ids) for d, e in zip(drafts, entered, strict=True)]


# Pairs in one IN would be shorter, but SQLite then reads the whole table. What comes for other
# pairs of the same enrolments and questions does no harm.
_TRIES = (
    select(
        Answer.enrolment_id,
        Answer.question_id,
        Answer.id,
        Answer.key,
        Answer.is_complete,
        Answer.sitting,
        MarkRecord.score,
    )
    .join(MarkRecord, MarkRecord.answer_id == Answer.id)
    .where(
        Answer.enrolment_id.in_(bindparam("enrolments", expanding=True)),
        Answer.question_id.in_(bindparam("questions", expanding=True)),
    )
    .order_by(Answer.attempt, MarkRecord.id)
)


def _read_questions(conn: Connection, drafts: Sequence[AnswerDraft]) -> dict[Place, QuestionState]:
    asked = {
        "enrolments": list({draft.enrolment_id for draft in drafts}),
        "questions": list({draft.question_id for draft in drafts}),
    }
    newest: dict[Place, dict[int, _Try]] = {}
    for row in conn.execute(_TRIES, asked):
        # A regrade adds a mark; the last one counts, and the rows come in order.
        newest.setdefault((row[0], row[1]), {})[row[2]] = _Try(*row[3:])
    states = {place: _question_state(tries) for place, tries in newest.items()}
    _read_steps(conn, drafts, states)
    return states


class _Try(NamedTuple):
    key: str
    is_complete: bool
    sitting: int
    score: float | None


def _question_state(tries: dict[int, _Try]) -> QuestionState:
    state = QuestionState()
    for answer_id, one in tries.items():
        state.begin(one.sitting)
        state.add(one.key, one.score, answer_id, is_complete=one.is_complete)
    return state


def _read_steps(
    conn: Connection, drafts: Sequence[AnswerDraft], states: dict[Place, QuestionState]
) -> None:
    """Where every case of the batch stands; most batches have none and ask nothing."""
    steps = [draft for draft in drafts if draft.is_step]
    if not steps:
        return
    asked = {
        "enrolments": list({draft.enrolment_id for draft in steps}),
        "questions": list({draft.question_id for draft in steps}),
    }
    for enrolment_id, question_id, value, is_complete in conn.execute(_STEPS, asked):
        states[enrolment_id, question_id].path = () if is_complete else tuple(value)


_STEPS = (
    select(Answer.enrolment_id, Answer.question_id, Answer.value, Answer.is_complete)
    .where(
        Answer.enrolment_id.in_(bindparam("enrolments", expanding=True)),
        Answer.question_id.in_(bindparam("questions", expanding=True)),
    )
    .order_by(Answer.attempt)
)


_LESSONS = select(
    LessonProgress.enrolment_id,
    LessonProgress.lesson_id,
    LessonProgress.started_at,
    LessonProgress.last_at,
    LessonProgress.answered,
    LessonProgress.earned,
    LessonProgress.completed_at,
    LessonProgress.submitted_at,
    LessonProgress.sitting,
    LessonProgress.mode,
    LessonProgress.falloff,
).where(LessonProgress.enrolment_id.in_(bindparam("enrolments", expanding=True)))


def _read_lessons(conn: Connection, drafts: Sequence[AnswerDraft]) -> dict[Place, LessonState]:
    enrolments = list({draft.enrolment_id for draft in drafts})
    rows = conn.execute(_LESSONS, {"enrolments": enrolments})
    return {(row[0], row[1]): LessonState(*row[2:]) for row in rows}


def _write(conn: Connection, ledger: Ledger) -> dict[AnswerPlace, int]:
    ids = _insert_answers(conn, ledger.entries)
    conn.execute(insert(MarkRecord), [_mark_row(entry, ids) for entry in ledger.entries])
    conn.execute(insert(Audit), [_audit_row(entry) for entry in ledger.entries])
    conn.execute(
        _upsert_progress(conn),
        [_progress_row(place, ledger.lessons[place]) for place in ledger.touched()],
    )
    return ids


_INSERT_ANSWERS = insert(Answer).returning(
    Answer.id, Answer.enrolment_id, Answer.question_id, Answer.attempt
)


def _insert_answers(conn: Connection, entries: Sequence[Entry]) -> dict[AnswerPlace, int]:
    rows = [_answer_row(entry) for entry in entries]
    return {(row[1], row[2], row[3]): row[0] for row in conn.execute(_INSERT_ANSWERS, rows)}


def _place(entry: Entry) -> AnswerPlace:
    return (entry.draft.enrolment_id, entry.draft.question_id, entry.attempt)


def _answer_row(entry: Entry) -> dict[str, Any]:
    draft = entry.draft
    return {
        "enrolment_id": draft.enrolment_id,
        "lesson_id": draft.lesson_id,
        "question_id": draft.question_id,
        "version": draft.version,
        "attempt": entry.attempt,
        "value": draft.value,
        "key": draft.key,
        "received_at": draft.received_at,
        "is_complete": draft.is_complete,
        "certainty": draft.certainty,
        "sitting": entry.sitting,
    }


def _mark_row(entry: Entry, ids: dict[AnswerPlace, int]) -> dict[str, Any]:
    return {
        "answer_id": ids[_place(entry)],
        "score": entry.draft.score,
        "certainty_mark": certainty_mark(entry.draft.score, entry.draft.certainty),
        "reasons": [dict(reason) for reason in entry.draft.reasons],
        "grader": entry.draft.grader,
        "marked_at": entry.draft.received_at,
    }


def _audit_row(entry: Entry) -> dict[str, Any]:
    draft = entry.draft
    return {
        "actor": draft.username,
        "action": "answer.give",
        "subject": f"{draft.question_id}@{draft.version}",
        "detail": {"enrolment": draft.enrolment_id, "attempt": entry.attempt},
        "happened_at": draft.received_at,
    }


def _progress_row(place: Place, lesson: LessonState) -> dict[str, Any]:
    enrolment_id, lesson_id = place
    return {"enrolment_id": enrolment_id, "lesson_id": lesson_id, "position": 0} | vars(lesson)


_KEPT_UP = ("answered", "earned", "last_at", "completed_at", "mode", "falloff")


def _upsert_progress(conn: Connection) -> sqlite.Insert | postgresql.Insert:
    return _UPSERTS[conn.dialect.name]


def _upsert(made: sqlite.Insert | postgresql.Insert) -> sqlite.Insert | postgresql.Insert:
    return made.on_conflict_do_update(
        index_elements=["enrolment_id", "lesson_id"],
        set_={name: made.excluded[name] for name in _KEPT_UP},
    )


_UPSERTS = {
    "sqlite": _upsert(sqlite.insert(LessonProgress)),
    "postgresql": _upsert(postgresql.insert(LessonProgress)),
}


def _outcome(
    conn: Connection,
    draft: AnswerDraft,
    entered: Entry | Repeat | AnswerRefusedError,
    ids: dict[AnswerPlace, int],
) -> Outcome:
    if isinstance(entered, Entry):
        return _recorded(entered, ids)
    if isinstance(entered, Repeat):
        return _repeated(conn, draft, entered, ids)
    return entered


def _recorded(entry: Entry, ids: dict[AnswerPlace, int]) -> Recorded:
    answer_id = ids[_place(entry)]
    return Recorded(
        receipt=receipt_from_id(answer_id),
        answer_id=answer_id,
        attempt=entry.attempt,
        attempts=entry.attempts,
        value=entry.draft.value,
        received_at=entry.draft.received_at,
        score=entry.draft.score,
        reasons=tuple(entry.draft.reasons),
        best=entry.best,
        credit=entry.credit,
        rules=entry.rules,
    )


def _repeated(
    conn: Connection, draft: AnswerDraft, repeat: Repeat, ids: dict[AnswerPlace, int]
) -> Outcome:
    first = ids[_place(repeat.first)] if isinstance(repeat.first, Entry) else repeat.first
    attempt, value, received_at, *same, score, reasons = conn.execute(_FIRST, {"id": first}).one()
    if (value, *same) != (draft.value, draft.version, draft.certainty):
        return _key_reused(draft)
    return Recorded(
        receipt=receipt_from_id(first),
        answer_id=first,
        attempt=attempt,
        attempts=repeat.attempts,
        value=value,
        received_at=received_at,
        score=score,
        reasons=tuple(reasons),
        best=repeat.best,
        credit=repeat.credit,
        rules=repeat.rules,
        repeated=True,
    )


_FIRST = (
    select(
        Answer.attempt,
        Answer.value,
        Answer.received_at,
        Answer.version,
        Answer.certainty,
        MarkRecord.score,
        MarkRecord.reasons,
    )
    .join(MarkRecord, MarkRecord.answer_id == Answer.id)
    .where(Answer.id == bindparam("id"))
    .order_by(MarkRecord.id.desc())
    .limit(1)
)
