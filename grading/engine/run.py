"""Run: all hand-ins of an assignment, their tests sealed from the learner's code."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import suppress
from pathlib import Path

from grading.engine.autograded import forget_unfinished, publish
from grading.engine.batchrun import BatchRun, Plan
from grading.engine.blankwork import blank_verdicts
from grading.engine.crew import Crew, Failed, Grade, Make
from grading.engine.examination import SECONDS_A_CELL, ExaminationRoom
from grading.engine.graded import Graded
from grading.engine.grader import Grader
from grading.engine.handin import hand_in_digest, read_hand_in
from grading.engine.master import Master, load_master
from grading.points import lesson_as_it_is
from zhixing.course import Lesson
from zhixing.errors import ZhixingError

LOOKED_AT = 20
"""Hand-ins looked at for code before the workers start; workers open their own rooms later."""


class Run(BatchRun):
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
        super().__init__(course_dir, assignment)
        self._seconds_a_cell = seconds_a_cell
        self._lesson = self._our_lesson()
        with self._connected() as connection:
            questions = (
                frozenset(q.id for q in self._lesson.questions) if self._lesson else frozenset()
            )
            self._master: Master = load_master(self._course_dir, assignment, connection, questions)

    def _our_lesson(self) -> Lesson | None:
        if not (self._course_dir / "course.toml").exists():
            return None
        return lesson_as_it_is(self._course_dir, self._assignment)

    def _digest(self, username: str) -> str:
        return hand_in_digest(self._course_dir, username, self._master)

    def _autograded(self, username: str) -> Path:
        return self._course_dir / "autograded" / username / self._assignment

    def _publish(self, username: str) -> None:
        publish(self._course_dir, self._assignment, username)

    def _forget_unfinished(self) -> None:
        forget_unfinished(self._course_dir)

    def _results(self, plan: Plan, jobs: int, cluster: str) -> Generator[Graded | Failed]:
        return self._graded_there(plan, cluster) if cluster else self._graded(plan, jobs)

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
            books[name].has_code and blank_verdicts(books[name], sources) is None
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
