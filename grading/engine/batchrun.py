"""Batch run: what every run of grading does, whatever grades.

Hand-ins are looked at, those that are new graded by workers that write to no gradebook, and what
they found is written by one writer, many in one transaction.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from sqlalchemy import Connection, make_url
from sqlalchemy.exc import SQLAlchemyError
from traitlets.config import Config

from grading.engine.crew import Failed
from grading.engine.gradebook import GradebookError, GradebookWriter, Penalty, gradebook_engine
from grading.engine.gradebookversion import require_known
from grading.engine.graded import Graded
from grading.engine.latepenalty import course_config, late_penalty
from grading.engine.standings import Standing, standings
from grading.engine.turn import own_turn
from grading.outcome import FAILED, GRADED, SKIPPED, WAITING, Outcome
from zhixing.errors import ZhixingError

LARGEST_BATCH = 200
SECONDS_A_BATCH = 1.0
"""How long a graded hand-in may wait for others to be written with it."""


@dataclass(frozen=True)
class Plan:
    """What a run will do.

    Parameters
    ----------
    done
        Who is graded already, with the same hand-in.
    is_forced
        Whether to grade also what has not changed.
    """

    to_grade: tuple[str, ...]
    done: tuple[str, ...]
    is_forced: bool = False


class BatchRun(ABC):
    """Grading of one assignment.

    Raises
    ------
    ZhixingError
        If there is no usable gradebook.
    """

    mode: ClassVar[str]

    def __init__(self, course_dir: Path, assignment: str) -> None:
        self._course_dir, self._assignment = course_dir.resolve(), assignment
        self._config = course_config(self._course_dir)
        self._url = _gradebook_url(self._course_dir, self._config)
        self._engine = gradebook_engine(self._url)
        with self._connected() as connection:
            require_known(connection)

    @abstractmethod
    def _digest(self, username: str) -> str:
        """Of all that would be graded of a hand-in; may raise anything."""

    @abstractmethod
    def _results(self, plan: Plan, jobs: int, cluster: str) -> Generator[Graded | Failed]:
        """Grade what is to be graded, each folder written aside."""

    @abstractmethod
    def _autograded(self, username: str) -> Path:
        """Folder where nbgrader looks for what was graded."""

    @abstractmethod
    def _publish(self, username: str) -> None:
        """Put a folder that was written aside into its place."""

    @abstractmethod
    def _forget_unfinished(self) -> None:
        """Remove what an ended run left aside."""

    def _penalty(self) -> Penalty:
        return late_penalty(self._config)

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """A connection in one transaction; its trouble in words."""
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            reason = str(getattr(error, "orig", None) or error).splitlines()[0]
            raise GradebookError(
                f"成绩册用不了（{reason}）。请关闭占用它的程序，核对版本和磁盘空间，再运行一次。"
            ) from error
        except KeyError as error:
            raise GradebookError(f"成绩册缺少 {error}，不是本版本 nbgrader 的成绩册。") from error

    def plan(self, usernames: Sequence[str], *, again: bool) -> Plan:
        """See whose hand-in is new since it was graded last."""
        if again:
            return Plan(tuple(usernames), (), is_forced=True)
        with self._connected() as connection:
            known = standings(connection, self._assignment)
        done = tuple(name for name in usernames if self._is_done(name, known.get(name)))
        return Plan(tuple(name for name in usernames if name not in set(done)), done)

    def _is_done(self, username: str, standing: Standing | None) -> bool:
        if standing is None or not self._autograded(username).is_dir():
            return False
        try:
            return self._is_graded(username, standing)
        except Exception:  # noqa: BLE001 - grading says what is wrong with it, of this one alone
            return False

    def _is_graded(self, username: str, standing: Standing) -> bool:
        """Whether the grades are of the hand-in as it lies there now."""
        return standing.digest == self._digest(username)

    def outcomes(self, plan: Plan, jobs: int, cluster: str = "") -> Iterator[Outcome]:
        """Grade; each outcome is given when it is on disk.

        Parameters
        ----------
        jobs
            Workers of this machine.
        cluster
            Address of a Dask scheduler whose workers are used instead.

        Raises
        ------
        BusyError
            If another run of this course does not end.
        ZhixingError
            If the cluster cannot be used, or nothing at all can be graded here.
        """
        with own_turn(self._course_dir):
            self._forget_unfinished()
            # While we waited for our turn, another run may have graded some of them.
            everybody = (*plan.to_grade, *plan.done)
            plan = plan if plan.is_forced else self.plan(everybody, again=False)
            yield from self._told(plan.done, SKIPPED)
            graded = self._results(plan, jobs, cluster)
            try:
                for batch in _batches(graded):
                    yield from self._written(batch)
            finally:
                graded.close()
                self._forget_unfinished()

    def _written(self, batch: Sequence[Graded | Failed]) -> Iterator[Outcome]:
        graded = [one for one in batch if isinstance(one, Graded)]
        for one in batch:
            if isinstance(one, Failed):
                yield Outcome(one.username, FAILED, reason=one.reason)
        try:
            # First the folder: a run that is killed in between finds no digest of it and grades
            # again, and so does the next run when the gradebook is locked.
            for one in graded:
                self._publish(one.username)
            with self._connected() as connection:
                GradebookWriter(connection, self._assignment, self._penalty()).write(graded)
        except (ZhixingError, OSError) as error:
            for one in graded:
                yield Outcome(one.username, FAILED, reason=f"没有写进成绩册：{error}")
            return
        yield from self._told([one.username for one in graded], "")

    def _told(self, usernames: Sequence[str], state: str) -> Iterator[Outcome]:
        if not usernames:
            return
        with self._connected() as connection:
            known = standings(connection, self._assignment)
        for name in usernames:
            standing = known[name]
            own = WAITING if standing.needs_manual_grade else GRADED
            yield Outcome(name, state or own, standing.score, standing.max_score)


def _gradebook_url(course_dir: Path, config: Config) -> str:
    """URL of a course's gradebook, as its configuration says; a file must be there already."""
    url = make_url(config.CourseDirectory.get("db_url") or f"sqlite:///{course_dir}/gradebook.db")
    if url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:"):
        path = course_dir / str(url.database)
        if not path.is_file():
            raise GradebookError(
                f"{course_dir} 里没有成绩册 {path.name}。请先发布课时或作业，再批改。"
            )
        url = url.set(database=str(path))
    return url.render_as_string(hide_password=False)


def _batches(results: Iterator[Graded | Failed]) -> Iterator[list[Graded | Failed]]:
    batch: list[Graded | Failed] = []
    began = 0.0
    for result in results:
        began = began if batch else time.monotonic()
        batch.append(result)
        if len(batch) >= LARGEST_BATCH or time.monotonic() - began > SECONDS_A_BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
