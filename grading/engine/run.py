"""Run: all hand-ins of an assignment, in parallel, written in batches, resumed after a kill."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from grading.answersfile import NAME as ANSWERS
from grading.engine.autograded import forget_unfinished, publish
from grading.engine.crew import Crew, Failed, Grade, Make
from grading.engine.examination import SECONDS_A_CELL, ExaminationRoom
from grading.engine.gradebook import (
    GradebookError,
    GradebookWriter,
    gradebook_engine,
)
from grading.engine.graded import Graded
from grading.engine.grader import Grader
from grading.engine.handin import read_hand_in, read_timestamp
from grading.engine.latepenalty import course_config, late_penalty
from grading.engine.master import Master, load_master
from grading.engine.moment import naive_utc
from grading.engine.standings import Standing, standings
from grading.engine.turn import own_turn
from grading.outcome import FAILED, GRADED, SKIPPED, WAITING, Outcome
from grading.points import course_as_it_is
from zhixing.course import Lesson
from zhixing.errors import ZhixingError

LOOKED_AT = 20
"""Hand-ins looked at for code before the workers start; workers open their own rooms later."""

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
    """

    to_grade: tuple[str, ...]
    done: tuple[str, ...]


class Run:
    """Grading of one assignment, its tests sealed from the learner's code.

    Parameters
    ----------
    seconds_a_cell
        How long one cell may run; else what the course's ``Execute.timeout`` says, else 30.

    Raises
    ------
    ZhixingError
        If there is no such assignment, no release, no usable gradebook.
    """

    mode = "sealed"

    def __init__(
        self, course_dir: Path, assignment: str, seconds_a_cell: float | None = None
    ) -> None:
        course_dir = course_dir.resolve()
        self._seconds_a_cell = seconds_a_cell
        self._course_dir, self._assignment = course_dir, assignment
        self._config = course_config(course_dir)
        path = course_dir / "gradebook.db"
        url = self._config.CourseDirectory.get("db_url") or f"sqlite:///{path}"
        if url.startswith("sqlite") and not path.exists():
            raise GradebookError(f"{course_dir} 里没有成绩册 gradebook.db。请先发布课时，再批改。")
        self._engine = gradebook_engine(url)
        self._lesson = self._our_lesson()
        with self._connected() as connection:
            questions = (
                frozenset(q.id for q in self._lesson.questions) if self._lesson else frozenset()
            )
            self._master: Master = load_master(course_dir, assignment, connection, questions)

    def _our_lesson(self) -> Lesson | None:
        if not (self._course_dir / "course.toml").exists():
            return None
        return course_as_it_is(self._course_dir).lesson(self._assignment)

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
            return Plan(tuple(usernames), ())
        with self._connected() as connection:
            known = standings(connection, self._assignment)
        done = tuple(name for name in usernames if self._is_graded(name, known.get(name)))
        return Plan(tuple(name for name in usernames if name not in set(done)), done)

    def _is_graded(self, username: str, standing: Standing | None) -> bool:
        graded = self._course_dir / "autograded" / username / self._assignment
        if standing is None or not graded.is_dir():
            return False
        submitted = self._course_dir / "submitted" / username / self._assignment
        try:
            then, now = read_timestamp(graded), read_timestamp(submitted)
            is_same = then == now and answers_of(graded) == answers_of(submitted)
            return bool(now) and is_same and naive_utc(now) == standing.timestamp
        except Exception:  # noqa: BLE001 - grading says what is wrong with it, of this one alone
            return False

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
        ClusterError
            If the cluster cannot be used.
        """
        with own_turn(self._course_dir):
            forget_unfinished(self._course_dir)
            yield from self._told(plan.done, SKIPPED)
            graded = self._graded_there(plan, cluster) if cluster else self._graded(plan, jobs)
            try:
                for batch in _batches(graded):
                    yield from self._written(batch)
            finally:
                graded.close()
                forget_unfinished(self._course_dir)

    def _graded_there(self, plan: Plan, address: str) -> Generator[Graded | Failed]:
        # A cluster is the exception, and its library takes a second to import.
        from grading.engine.cluster import Cluster

        cluster = Cluster(address, self._course_dir, self._assignment, self._seconds_a_cell)
        try:
            yield from cluster.results(plan.to_grade)
        finally:
            cluster.dismiss()

    def grader(self) -> tuple[Grader, Callable[[], None]]:
        """Make what grades one hand-in after another, and what ends its interpreters."""
        room = ExaminationRoom(seconds=self._seconds(), hidden=(self._course_dir,))
        return Grader(self._course_dir, self._master, self._lesson, room), room.close

    def _graded(self, plan: Plan, jobs: int) -> Generator[Graded | Failed]:
        room = ExaminationRoom(seconds=self._seconds(), hidden=(self._course_dir,))
        if any(self._has_code(name) for name in plan.to_grade[:LOOKED_AT]):
            # What keeps it shut, each hand-in with code will say; those without are graded.
            with suppress(ZhixingError):
                room.open()
        crew: Crew[Graded] = Crew(
            lambda: self._prepared(room.branch()), max(1, min(jobs, len(plan.to_grade)))
        )
        try:
            yield from crew.results(plan.to_grade)
        finally:
            crew.dismiss()
            room.close()

    def _has_code(self, username: str) -> bool:
        """Whether a hand-in will need interpreters; else a run starts none."""
        try:
            hand_in = read_hand_in(self._course_dir, username, self._master)
        except Exception:  # noqa: BLE001 - grading says what is wrong with it, of this one alone
            return False
        books = self._master.notebooks
        return any(
            books[name].has_code and not books[name].is_untouched(sources)
            for name, sources in hand_in.sources.items()
        )

    def _prepared(self, room: ExaminationRoom) -> tuple[Make[Graded], Callable[[], None]]:
        """Return what makes a grader in a worker, and what ends our hold of its room."""

        def make() -> tuple[Grade[Graded], Callable[[], None]]:
            return Grader(self._course_dir, self._master, self._lesson, room).grade, room.close

        return make, room.close

    def _seconds(self) -> float:
        configured = self._config.Execute.get("timeout")
        return float(self._seconds_a_cell or configured or SECONDS_A_CELL)

    def _written(self, batch: Sequence[Graded | Failed]) -> Iterator[Outcome]:
        graded = [one for one in batch if isinstance(one, Graded)]
        for one in batch:
            if isinstance(one, Failed):
                yield Outcome(one.username, FAILED, reason=one.reason)
        try:
            # First the folder: a run that is killed in between finds no grade and grades again.
            for one in graded:
                publish(self._course_dir, self._assignment, one.username)
            with self._connected() as connection:
                writer = GradebookWriter(connection, self._assignment, late_penalty(self._config))
                writer.write(graded)
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


def answers_of(folder: Path) -> bytes:
    """What the answers are judged at: a regrade changes it and not the time of the hand-in."""
    path = folder / ANSWERS
    return path.read_bytes() if path.is_file() and not path.is_symlink() else b""
