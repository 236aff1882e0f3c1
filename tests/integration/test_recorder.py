"""The recorder loses nothing it acknowledged and lets no answer count twice, on both databases."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, func, insert, select, text, update

from tests.records_classroom import NOW, draft, fill_class
from zhixing.records import engine as engine_module
from zhixing.records.draft import Recorded
from zhixing.records.errors import (
    HandedInError,
    KeyReusedError,
    RecorderClosedError,
    StoreFullError,
    StoreLockedError,
    TriesSpentError,
    UnknownReferenceError,
    UnstorableError,
)
from zhixing.records.recorder import WRITER_LOCK, Recorder
from zhixing.records.store import Store, migrate, open_store
from zhixing.records.tables import Answer, Audit, LessonProgress, MarkRecord, Unit


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    migrate(database_url)
    store = open_store(database_url)
    fill_class(store)
    yield store
    store.close()


@pytest.fixture
def recorder(store: Store) -> Iterator[Recorder]:
    with Recorder(store) as recorder:
        yield recorder


def together(*waiting: Callable[[], Awaitable[object]]) -> list[object]:
    """Let all wait at once, so that they share a batch or two."""

    async def gather() -> list[object]:
        return await asyncio.gather(*[each() for each in waiting], return_exceptions=True)

    return asyncio.run(gather())


def record(recorder: Recorder, *drafts: object) -> list[object]:
    return together(*[lambda d=d: recorder.record(d) for d in drafts])


def counts(store: Store) -> dict[str, int]:
    with store.read() as conn:
        tables = (Answer, MarkRecord, Audit)
        return {
            t.__tablename__: conn.scalar(select(func.count()).select_from(t)) or 0 for t in tables
        }


def progress(store: Store, enrolment: int = 1) -> LessonProgress:
    question = select(LessonProgress.__table__).where(LessonProgress.enrolment_id == enrolment)
    with store.read() as conn:
        return conn.execute(question).one()


def test_an_answer_its_mark_and_its_audit_row_are_written_together(
    store: Store, recorder: Recorder
) -> None:
    [receipt] = record(recorder, draft())
    assert isinstance(receipt, Recorded)
    assert (receipt.attempt, receipt.best, receipt.repeated) == (1, 0.5, False)
    assert counts(store) == {"answer": 1, "mark": 1, "audit": 1}
    with store.read() as conn:
        answer = conn.execute(select(Answer.__table__)).one()
        assert (answer.value, answer.received_at) == ({"text": "四级行动组织体系"}, NOW)
        reasons = conn.scalar(select(MarkRecord.reasons))
        assert reasons == [{"id": "a", "text": "再想想：谁是主体?"}]
        assert conn.scalar(select(Audit.actor)) == "u1"


def test_the_same_click_twice_is_one_answer_with_one_receipt(
    store: Store, recorder: Recorder
) -> None:
    outcomes = record(recorder, *[draft() for _ in range(20)], *[draft(2) for _ in range(20)])
    later = record(recorder, draft(score=1.0, received_at=NOW + timedelta(hours=1)))
    receipts = [o.receipt for o in outcomes if isinstance(o, Recorded)]
    assert len(receipts) == 40
    assert len(set(receipts)) == 2
    assert sum(not o.repeated for o in outcomes if isinstance(o, Recorded)) == 2
    [again] = later
    assert isinstance(again, Recorded)
    assert (again.receipt, again.score, again.received_at) == (receipts[0], 0.5, NOW)
    assert counts(store)["answer"] == 2


@pytest.mark.parametrize("other", [draft(value={"text": "别的"}), draft(question=2)])
def test_one_key_cannot_carry_two_answers(store: Store, recorder: Recorder, other: object) -> None:
    first, second = record(recorder, draft(), other)
    [third] = record(recorder, other)
    assert isinstance(first, Recorded)
    assert isinstance(second, KeyReusedError)
    assert isinstance(third, KeyReusedError)
    assert counts(store)["answer"] == 1


def test_tries_are_counted_within_a_batch_and_over_batches(recorder: Recorder) -> None:
    keys = ["a", "b", "c", "d"]
    first = record(recorder, *[draft(key=key) for key in keys[:2]])
    then = record(recorder, *[draft(key=key) for key in keys[2:]])
    attempts = [o.attempt for o in [*first, *then] if isinstance(o, Recorded)]
    assert attempts == [1, 2, 3]
    assert isinstance(then[1], TriesSpentError)
    assert "3 次" in str(then[1])


def test_a_refused_draft_does_not_fail_its_batch(store: Store, recorder: Recorder) -> None:
    good = [draft(n, key=f"g{n}") for n in range(2, 12)]
    bad = [
        draft(version="unknown"),
        draft(enrolment=4711),
        draft(value={"text": "\ud800"}),
        draft(received_at=NOW.replace(tzinfo=None)),
    ]
    outcomes = record(recorder, *good[:5], *bad, *good[5:])
    kinds = [type(outcome) for outcome in outcomes]
    refused = [UnknownReferenceError, UnknownReferenceError, UnstorableError, UnstorableError]
    assert kinds == [Recorded] * 5 + refused + [Recorded] * 5
    assert counts(store) == {"answer": 10, "mark": 10, "audit": 10}


def test_progress_counts_questions_once_and_the_best_try(store: Store, recorder: Recorder) -> None:
    tries = [(1, "a", 0.5), (1, "b", 1.0), (1, "c", 0.0), (2, "d", None), (3, "e", 0.25)]
    record(recorder, *[draft(1, q, key, score=score) for q, key, score in tries])
    found = progress(store)
    assert (found.answered, found.earned) == (3, 2.0 * 1.0 + 2.0 * 0.25)
    assert found.completed_at is None
    later = NOW + timedelta(hours=2)
    record(recorder, *[draft(1, q, f"z{q}", received_at=later) for q in range(4, 9)])
    found = progress(store)
    assert (found.answered, found.completed_at) == (8, later)
    assert (found.started_at, found.last_at) == (NOW, later)


def test_an_answer_keeps_place_and_hand_in_of_its_lesson(store: Store, recorder: Recorder) -> None:
    row = {"enrolment_id": 1, "lesson_id": "L1", "position": 4, "started_at": NOW, "last_at": NOW}
    with store.begin() as conn:
        conn.execute(insert(LessonProgress).values(submitted_at=NOW, **row))
    record(recorder, draft())
    found = progress(store)
    assert (found.position, found.submitted_at, found.answered) == (4, NOW, 1)


def test_a_lesson_handed_in_takes_no_answer_where_the_rules_say_so(
    store: Store, recorder: Recorder
) -> None:
    record(recorder, draft())
    with store.begin() as conn:
        conn.execute(update(LessonProgress).values(submitted_at=NOW))
    refused, repeat, allowed = record(
        recorder,
        draft(key="k2", refuse_after_handin=True),
        draft(refuse_after_handin=True),
        draft(key="k3"),
    )
    assert isinstance(refused, HandedInError)
    assert isinstance(repeat, Recorded)  # it was acknowledged before the hand-in
    assert isinstance(allowed, Recorded)


def test_the_newest_mark_of_a_try_counts(store: Store, recorder: Recorder) -> None:
    [first] = record(recorder, draft(score=1.0))
    assert isinstance(first, Recorded)
    regrade = {"answer_id": first.answer_id, "score": 0.25, "reasons": [], "grader": "regrade"}
    with store.begin() as conn:
        conn.execute(insert(MarkRecord).values(marked_at=NOW, **regrade))
    [again, second] = record(recorder, draft(), draft(key="k2", score=0.5))
    assert isinstance(again, Recorded)
    assert isinstance(second, Recorded)
    assert (again.score, second.attempt, second.best) == (0.25, 2, 0.5)


def test_many_waiting_answers_share_few_commits(store: Store, recorder: Recorder) -> None:
    commits = []
    event.listen(store.engine, "commit", commits.append)
    drafts = [draft(1 + n % 20, 1 + n // 20, f"k{n}") for n in range(160)]
    outcomes = record(recorder, *drafts)
    assert all(isinstance(outcome, Recorded) for outcome in outcomes)
    assert len(commits) <= 10
    assert counts(store)["answer"] == 160


def test_other_writes_take_their_turn_between_the_answers(store: Store, recorder: Recorder) -> None:
    def count(conn: Connection) -> int:
        return conn.scalar(select(func.count()).select_from(Answer)) or 0

    def break_off(conn: Connection) -> None:
        conn.execute(update(Unit).values(name="写了一半"))
        raise StopIteration

    outcomes = together(
        lambda: recorder.write(count),
        lambda: recorder.record(draft()),
        lambda: recorder.write(break_off),
        lambda: recorder.write(count),
        lambda: recorder.record(draft(key="k2")),
        lambda: recorder.write(count),
    )
    assert [outcomes[n] for n in (0, 3, 5)] == [0, 1, 2]
    assert isinstance(outcomes[2], RuntimeError)
    with store.read() as conn:
        assert conn.scalar(select(Unit.name)) == "䶮山街道"


def test_closing_writes_what_waits_and_takes_nothing_after(store: Store) -> None:
    recorder = Recorder(store)

    async def close_at_once() -> list[object]:
        tasks = [asyncio.ensure_future(recorder.record(draft(n))) for n in range(1, 21)]
        await asyncio.sleep(0)
        recorder.close()
        recorder.close()
        with pytest.raises(RecorderClosedError, match="没有保存"):
            await recorder.record(draft(key="late"))
        return await asyncio.gather(*tasks)

    assert len(asyncio.run(close_at_once())) == 20
    assert counts(store)["answer"] == 20


def test_a_caller_who_goes_away_leaves_the_answer_and_disturbs_nobody(
    store: Store, recorder: Recorder
) -> None:
    async def leave() -> object:
        gone = asyncio.ensure_future(recorder.record(draft(1)))
        stays = asyncio.ensure_future(recorder.record(draft(2)))
        await asyncio.sleep(0)
        gone.cancel()
        return await stays

    assert isinstance(asyncio.run(leave()), Recorded)
    assert counts(store)["answer"] == 2


def test_two_recorders_of_one_database_lose_no_progress(store: Store, database_url: str) -> None:
    other = open_store(database_url)
    with Recorder(store) as one, Recorder(other) as two:
        outcomes = together(
            *[lambda q=q: one.record(draft(1, q, f"a{q}")) for q in range(1, 5)],
            *[lambda q=q: two.record(draft(1, q, f"b{q}")) for q in range(5, 9)],
            *[lambda: two.record(draft(1, 1, "b1")), lambda: one.record(draft(1, 5, "a5"))],
        )
    other.close()
    assert all(isinstance(outcome, Recorded) for outcome in outcomes), outcomes
    found = progress(store)
    assert (found.answered, found.earned) == (8, 8.0)
    assert found.completed_at == NOW


def test_a_locked_database_is_said_and_the_answer_can_come_again(
    store: Store, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "SECONDS_TO_WAIT_FOR_LOCK", 0.2)
    impatient = open_store(database_url)
    with Recorder(impatient) as recorder:
        with store.begin() as conn:
            if conn.dialect.name == "postgresql":
                conn.execute(select(func.pg_advisory_xact_lock(WRITER_LOCK)))
            outcomes = record(recorder, draft(1), draft(2))
        assert {type(outcome) for outcome in outcomes} == {StoreLockedError}
        assert counts(store)["answer"] == 0
        assert all(isinstance(o, Recorded) for o in record(recorder, draft(1), draft(2)))
    impatient.close()


def test_a_full_disk_acknowledges_nothing_and_heals_by_itself(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/records.db"
    migrate(url)
    store = open_store(url)
    fill_class(store)
    long = {"text": "长" * 200_000}
    with Recorder(store) as recorder:
        # SQLite itself reports SQLITE_FULL at the limit, as it does when the disk is full.
        together(lambda: recorder.write(_limit_to_present_size))
        outcomes = record(recorder, draft(1), draft(2, value=long), draft(3))
        assert [type(o) for o in outcomes] == [StoreFullError] * 3
        assert counts(store)["answer"] == 0
        unlimited = text("PRAGMA max_page_count=1073741823")
        together(lambda: recorder.write(lambda conn: conn.execute(unlimited)))
        outcomes = record(recorder, draft(1), draft(2, value=long), draft(3))
        assert all(isinstance(outcome, Recorded) for outcome in outcomes)
    assert counts(store) == {"answer": 3, "mark": 3, "audit": 3}
    store.close()


def _limit_to_present_size(conn: Connection) -> None:
    pages = conn.scalar(text("PRAGMA page_count"))
    conn.execute(text(f"PRAGMA max_page_count={pages}"))


WRITER = """
import asyncio, sys
from tests.records_classroom import draft
from zhixing.records.recorder import Recorder
from zhixing.records.store import open_store
from zhixing.rules import LessonRules

async def client(recorder, n):
    for turn in range(100_000):
        question = 1 + turn % 8
        key = f"{turn}"
        await recorder.record(draft(n, question, key, rules=LessonRules(tries=10**9)))
        print(n, key, flush=True)

async def main():
    with Recorder(open_store(sys.argv[1])) as recorder:
        await asyncio.gather(*[client(recorder, n) for n in range(1, 9)])

asyncio.run(main())
"""


@pytest.mark.parametrize("lines", [1, 60, 333])
def test_kill_9_loses_no_acknowledged_answer(store: Store, database_url: str, lines: int) -> None:
    command = [sys.executable, "-c", WRITER, database_url]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as writer:
        assert writer.stdout
        told = [writer.stdout.readline() for _ in range(lines)]
        writer.send_signal(signal.SIGKILL)
        told += writer.stdout.readlines()
    acknowledged = {tuple(line.split()) for line in told if line.endswith("\n")}
    with store.read() as conn:
        kept = conn.execute(select(Answer.enrolment_id, Answer.key)).all()
    assert len(acknowledged) >= lines
    assert acknowledged <= {(str(enrolment), key) for enrolment, key in kept}
    assert len(kept) == len(set(kept))
    whole = counts(store)
    assert whole["answer"] == whole["mark"] == whole["audit"]
