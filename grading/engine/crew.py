"""Crew: worker processes, each with one hand-in at a time; a lost worker costs nobody a grade."""

from __future__ import annotations

import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from typing import Any, Generic, Protocol, TypeVar

from zhixing.errors import ZhixingError

MOST_LOSSES = 2
"""How many workers a hand-in may lose before it is left out."""

AHEAD = 2
"""Hand-ins a worker is given at once, so that it never waits for the next."""

LOST = "批改它的进程两次中途停止，没有批改。请再运行一次；仍然这样，请联系管理员。"


@dataclass(frozen=True)
class Failed:
    """A hand-in that was not graded, and why, as a trainer reads it."""

    username: str
    reason: str


class Named(Protocol):
    """Whatever came of a hand-in, by whose it is."""

    @property
    def username(self) -> str:
        """Whose it is."""


Found = TypeVar("Found", bound=Named)
Grade = Callable[[str], Found]
Make = Callable[[], tuple[Grade[Found], Callable[[], None]]]
Prepare = Callable[[], tuple[Make[Found], Callable[[], None]]]


@dataclass
class _Worker:
    process: ForkProcess
    connection: Connection
    tasks: deque[str] = field(default_factory=deque)


class Crew(Generic[Found]):
    """Grades names in parallel.

    Parameters
    ----------
    prepare
        Called here for each worker: gives what to call in it, which makes what grades and what
        ends it; and what to call here once the worker has its own copy of all that.
    jobs
        How many workers.
    """

    def __init__(self, prepare: Prepare[Found], jobs: int) -> None:
        self._prepare = prepare
        # Forked: what was read and imported once serves all. No thread runs at this point.
        self._context = multiprocessing.get_context("fork")
        self._workers = [self._hire() for _ in range(jobs)]

    def _hire(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        others = [worker.connection for worker in getattr(self, "_workers", [])]
        make, forget = self._prepare()
        process = self._context.Process(
            target=_work, args=(theirs, [ours, *others], make), daemon=True
        )
        process.start()
        theirs.close()
        forget()
        return _Worker(process, ours)

    def results(self, usernames: Sequence[str]) -> Iterator[Found | Failed]:
        """Give each result as soon as it is there, in no order."""
        waiting = deque(usernames)
        losses: dict[str, int] = {}
        left = len(waiting)
        while left:
            self._hand_out(waiting)
            connections = [worker.connection for worker in self._workers if worker.tasks]
            for connection in wait(connections):
                worker = next(one for one in self._workers if one.connection is connection)
                for result in self._result(worker, waiting, losses):
                    left -= 1
                    yield result

    def _hand_out(self, waiting: deque[str]) -> None:
        for _ in range(AHEAD):
            for worker in self._workers:
                if waiting and len(worker.tasks) < AHEAD:
                    name = waiting.popleft()
                    worker.tasks.append(name)
                    # One that is gone tells so by its closed connection.
                    with suppress(OSError):
                        worker.connection.send(name)

    def _result(
        self, worker: _Worker, waiting: deque[str], losses: dict[str, int]
    ) -> Iterator[Found | Failed]:
        try:
            result: Found | Failed = worker.connection.recv()
        except (EOFError, OSError):
            yield from self._replace(worker, waiting, losses)
            return
        worker.tasks.remove(result.username)
        yield result

    def _replace(
        self, worker: _Worker, waiting: deque[str], losses: dict[str, int]
    ) -> Iterator[Found | Failed]:
        worker.process.join()
        worker.connection.close()
        self._workers[self._workers.index(worker)] = self._hire()
        # Only the first of its tasks had begun.
        first, *rest = worker.tasks
        waiting.extendleft(reversed(rest))
        losses[first] = losses.get(first, 0) + 1
        if losses[first] < MOST_LOSSES:
            waiting.appendleft(first)
        else:
            yield Failed(first, LOST)

    def dismiss(self) -> None:
        """End all workers."""
        for worker in self._workers:
            worker.connection.close()
        for worker in self._workers:
            worker.process.join(timeout=10)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()


def _work(connection: Any, others: Sequence[Connection], make: Any) -> None:
    for other in others:
        other.close()
    # Ctrl-C ends the run by its parent; workers end with it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    grade, end = make()
    try:
        while True:
            connection.send(attempt(grade, connection.recv()))
    except (EOFError, OSError):
        pass  # the parent has no more for us
    finally:
        end()


def attempt(grade: Grade[Found], username: str) -> Found | Failed:
    """Grade one hand-in; whatever goes wrong is told of this one and stops no other."""
    try:
        return grade(username)
    except ZhixingError as error:
        return Failed(username, str(error))
    except OSError as error:
        return Failed(username, f"读写文件时出错：{error}。请检查磁盘空间和权限，再运行一次。")
    except Exception as error:  # noqa: BLE001 - one hand-in never stops the others
        return Failed(
            username, f"批改程序自己出错：{type(error).__name__}: {error}。请联系管理员。"
        )
