"""Recorder: the one writer of a process; many waiting answers share one commit and one fsync.

An answer is acknowledged after its transaction is on disk and never before. While one commit
waits for the disk the next answers gather, so that the batch grows with the load by itself.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from queue import Empty, SimpleQueue
from typing import Any, Self, TypeVar, cast

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import OperationalError

from zhixing.records.batch import record_answers
from zhixing.records.draft import AnswerDraft, Recorded
from zhixing.records.errors import RecorderClosedError
from zhixing.records.store import Store

T = TypeVar("T")

MOST_JOBS_A_COMMIT = 256
"""Bounds how long a batch may hold the write lock."""

WRITER_LOCK = 0x7A78_0002
"""Number of PostgreSQL's advisory lock: recorders of several processes take turns."""


@dataclass(frozen=True)
class _Job:
    """One waiting caller: an answer to record, or a small write of another kind."""

    future: asyncio.Future[Any]
    task: AnswerDraft | Callable[[Connection], Any]

    @property
    def is_answer(self) -> bool:
        return isinstance(self.task, AnswerDraft)


class Recorder:
    """Writes in a thread of its own; callers wait on the event loop.

    Parameters
    ----------
    jobs_a_commit
        Largest batch; 1 gives one commit an answer, which the bench measures against.
    """

    def __init__(self, store: Store, jobs_a_commit: int = MOST_JOBS_A_COMMIT) -> None:
        self._store = store
        self._jobs_a_commit = jobs_a_commit
        self._queue: SimpleQueue[_Job | None] = SimpleQueue()
        self._gate = threading.Lock()
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="zhixing-recorder", daemon=True)
        self._thread.start()

    async def record(self, draft: AnswerDraft) -> Recorded:
        """Record one answer; returns once it is on disk.

        Raises
        ------
        TriesSpentError, HandedInError, KeyReusedError, UnknownReferenceError, UnstorableError
            If this answer is refused; nothing of it is kept.
        StoreError
            If the database cannot be written; nothing of the batch is kept.
        """
        return cast("Recorded", await self._submit(draft))

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run a small write in its turn, in a transaction; returns once it is on disk.

        ``work`` runs in the writer's thread and must be quick: every answer waits for it.
        """
        return cast("T", await self._submit(work))

    def close(self) -> None:
        """Write what waits, then stop; safe to repeat."""
        with self._gate:
            if not self._is_closed:
                self._is_closed = True
                self._queue.put(None)
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _submit(self, task: AnswerDraft | Callable[[Connection], Any]) -> asyncio.Future[Any]:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        with self._gate:
            if self._is_closed:
                raise RecorderClosedError("服务正在关闭，没有保存。", "the recorder is closed")
            self._queue.put(_Job(future, task))
        return future

    def _run(self) -> None:
        for batch in self._batches():
            _deliver(batch, self._outcomes(batch))

    def _batches(self) -> Iterator[list[_Job]]:
        while (job := self._queue.get()) is not None:
            batch, is_last = self._gather(job)
            yield batch
            if is_last:
                return

    def _gather(self, first: _Job) -> tuple[list[_Job], bool]:
        batch = [first]
        while len(batch) < self._jobs_a_commit:
            try:
                job = self._queue.get_nowait()
            except Empty:
                return batch, False
            if job is None:
                return batch, True
            batch.append(job)
        return batch, False

    def _outcomes(self, batch: Sequence[_Job]) -> Sequence[Any]:
        try:
            with self._store.begin() as conn:
                _take_turn(conn)
                return _perform(conn, batch)
        except Exception as error:  # noqa: BLE001 - every caller is told; the thread must live on
            return [error] * len(batch)


def _take_turn(conn: Connection) -> None:
    # SQLite took its write lock at BEGIN IMMEDIATE.
    if conn.dialect.name == "postgresql":
        conn.execute(select(func.pg_advisory_xact_lock(WRITER_LOCK)))


def _perform(conn: Connection, batch: Sequence[_Job]) -> list[Any]:
    outcomes: list[Any] = []
    for is_answer, jobs in groupby(batch, key=lambda job: job.is_answer):
        tasks: list[Any] = [job.task for job in jobs]
        outcomes += record_answers(conn, tasks) if is_answer else [_work(conn, t) for t in tasks]
    return outcomes


def _work(conn: Connection, work: Callable[[Connection], Any]) -> Any:
    try:
        with conn.begin_nested():
            return work(conn)
    except OperationalError:
        raise  # the database itself failed: the whole batch is told
    except StopIteration as error:
        return RuntimeError(f"{work!r} raised {error!r}")  # no future takes a StopIteration
    except Exception as error:  # noqa: BLE001 - handed to the caller who awaits this work
        return error


def _deliver(batch: Sequence[_Job], outcomes: Sequence[Any]) -> None:
    pairs = list(zip(batch, outcomes, strict=True))
    for loop, group in groupby(pairs, key=lambda pair: pair[0].future.get_loop()):
        if not loop.is_closed():
            loop.call_soon_threadsafe(_resolve, list(group))


def _resolve(pairs: Sequence[tuple[_Job, Any]]) -> None:
    for job, outcome in pairs:
        if job.future.done():
            continue  # its caller went away; the answer stays
        if isinstance(outcome, Exception):
            job.future.set_exception(outcome)
        else:
            job.future.set_result(outcome)
