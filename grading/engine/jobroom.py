"""Job room: one yard of learners' interpreters, opened when first needed and anew when lost."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from grading.engine.probe import require_walls
from zhixing.errors import ZhixingError
from zhixing.yard.yard import Yard, YardError, wait_until_ready

ROLE = "zhixing.yard.learner"


@dataclass
class Job:
    """An interpreter behind a socket; ``why`` is known when it has ended, if the yard ended it."""

    channel: socket.socket
    why: str = ""


class JobRoom:
    """Interpreters of one worker.

    Parameters
    ----------
    hidden
        Folders that no learner's code may see; probes look for them at the start.
    """

    def __init__(self, hidden: Sequence[Path] = ()) -> None:
        self._hidden = tuple(hidden)
        self._yard: Yard | None = None

    def open(self) -> Yard:
        """Start the yard, and see that no probe gets out.

        Raises
        ------
        NoIsolationError
            If this machine lets nobody make a box; there is no way round it.
        YardError
            If a probe gets out, or the yard does not start.
        """
        if self._yard is None:
            yard = Yard(ROLE)
            try:
                yard.open()
                require_walls(yard, self._hidden)
            except ZhixingError:
                yard.close()
                raise
            self._yard = yard
        return self._yard

    def branch(self) -> JobRoom:
        """A room for another process of ours, with jobs of the same fork-server.

        If that is gone it opens its own when it needs one.
        """
        room = JobRoom(self._hidden)
        if self._yard is not None:
            with suppress(YardError):
                room._yard = self._yard.branch()
        return room

    def close(self) -> None:
        """End the yard."""
        if self._yard is not None:
            self._yard.close()
            self._yard = None

    @contextmanager
    def job(self) -> Iterator[Job]:
        """Start an interpreter, and end it with all it started.

        Raises
        ------
        YardError
            If the yard itself failed: nothing was found out about whose code ran. It is closed
            then, and the next job has a new one.
        """
        try:
            yard = self.open()
            ours, theirs = socket.socketpair()
            with ours:
                with theirs:
                    number = yard.start(theirs)
                job = Job(ours)
                try:
                    wait_until_ready(ours)
                    yield job
                finally:
                    job.why = yard.end(number)
        except YardError:
            self.close()
            raise
