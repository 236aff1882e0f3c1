"""Compatible mode: courses that were not made with Zhixing, with nbgrader's own autograde.

Learner code still runs in a walled interpreter, but the tests run in the same one, as nbgrader
means it: a hostile submission may forge its own score there. The report says which mode was used.
"""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Callable, Generator
from pathlib import Path

from nbformat import reads
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SADeprecationWarning, SAWarning
from traitlets.config import Config

from grading.blanknotebook import holds_learner_code
from grading.compatiblegrader import CompatibleGrader
from grading.engine.batchrun import BatchRun, Plan
from grading.engine.crew import Crew, Failed, Grade, Make
from grading.engine.gradebook import Penalty
from grading.engine.graded import Graded
from grading.engine.handin import TIMESTAMP
from grading.engine.jobroom import JobRoom
from grading.engine.moment import naive_utc
from grading.engine.standings import Standing, unfinished_people
from grading.nbgraderapi import put_programs_on_path
from grading.safesteps import assigns_penalties, use_safe_steps
from grading.scratchgradebook import ScratchGradebook, books_of, master_rows
from grading.submittedfile import LARGEST_BYTES, plain_bytes
from grading.submittedtree import LONGEST_TIMESTAMP, read_tree
from grading.yardexecute import use_room
from zhixing.errors import ZhixingError

_ASIDE = ".zhixing-compatible"

LOOKED_AT = 20
"""Hand-ins looked at for code before the workers start; workers open their own rooms later."""


class NoAssignmentError(ZhixingError):
    """An assignment that a course, or its gradebook, does not know."""


class CompatibleRun(BatchRun):
    """Grading of one assignment by nbgrader's own converter.

    Raises
    ------
    ZhixingError
        If there is no such assignment, no usable gradebook, or the course's steps are not safe.
    """

    mode = "compatible"

    def __init__(self, course_dir: Path, assignment: str) -> None:
        # nbgrader's own use of SQLAlchemy 2.1; nothing that whoever grades could do about.
        for category in (SAWarning, SADeprecationWarning):
            warnings.filterwarnings("ignore", category=category, module="nbgrader")
        put_programs_on_path()
        super().__init__(course_dir, assignment)
        self._steps = _safe_config(self._config, self._course_dir)
        self._course = CourseDirectory(config=self._steps)
        self._aside = f"{self._course.autograded_directory}/{self._name_of_nobody()}"
        with self._connected() as connection:
            self._rows = master_rows(connection)
            self._unfinished = unfinished_people(connection, assignment)
        self._books = frozenset(books_of(self._rows, assignment))
        self._require_assignment()

    def _require_assignment(self) -> None:
        known = NbGraderAPI(config=self._steps).get_source_assignments()
        if self._assignment not in known or not self._books:
            names = "、".join(sorted(known)) or "没有作业"
            raise NoAssignmentError(
                f"{self._course_dir} 里没有发布过《{self._assignment}》。源文件夹里有：{names}。"
                "请核对名称，先发布再批改。"
            )

    def _name_of_nobody(self) -> str:
        name = _ASIDE
        while Path(self._place(self._course.submitted_directory, name)).parent.exists():
            name += "_"
        return name

    def _place(self, step: str, username: str) -> Path:
        return Path(self._course.format_path(step, username, self._assignment))

    def _submitted(self, username: str) -> Path:
        return self._place(self._course.submitted_directory, username)

    def _autograded(self, username: str) -> Path:
        return self._place(self._course.autograded_directory, username)

    def _digest(self, username: str) -> str:
        return read_tree(self._course_dir, self._submitted(username), self._books).digest

    def _is_graded(self, username: str, standing: Standing) -> bool:
        """Of what stock nbgrader graded there is no digest: then time and scores must do."""
        if standing.digest:
            return super()._is_graded(username, standing)
        times = [self._time(place(username)) for place in (self._submitted, self._autograded)]
        is_same = times[0] is not None and times == [standing.timestamp, standing.timestamp]
        return is_same and username not in self._unfinished

    def _time(self, folder: Path) -> object:
        content = plain_bytes(folder / TIMESTAMP, LONGEST_TIMESTAMP)
        return naive_utc(content.decode(errors="replace").strip())

    def _publish(self, username: str) -> None:
        made, place = self._place(self._aside, username), self._autograded(username)
        place.parent.mkdir(parents=True, exist_ok=True)
        old = made.with_name(f"{made.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        if place.exists():
            place.replace(old)
        made.replace(place)
        shutil.rmtree(old, ignore_errors=True)

    def _forget_unfinished(self) -> None:
        shutil.rmtree(self._course_dir / self._aside, ignore_errors=True)

    def _penalty(self) -> Penalty:
        if assigns_penalties(self._steps):
            return super()._penalty()
        return lambda _username, _score, _late: None

    def _results(self, plan: Plan, jobs: int, cluster: str) -> Generator[Graded | Failed]:
        if cluster:
            raise ZhixingError(
                "兼容模式不能用集群：nbgrader 的批改要用它自己的程序。请去掉 --cluster，用 --jobs。"
            )
        return self._graded(plan, jobs)

    def _graded(self, plan: Plan, jobs: int) -> Generator[Graded | Failed]:
        room = JobRoom(hidden=(self._course_dir,))
        if any(self._has_code(name) for name in plan.to_grade[:LOOKED_AT]):
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
        """Whether a hand-in will need an interpreter; what is wrong with it, grading says."""
        paths = (self._submitted(username) / f"{name}.ipynb" for name in self._books)
        try:
            return any(
                holds_learner_code(reads(plain_bytes(path, LARGEST_BYTES).decode(), 4).cells)
                for path in paths
                if path.exists()
            )
        except Exception:  # noqa: BLE001 - grading says what is wrong with it, of this one alone
            return True

    def _prepared(self, room: JobRoom) -> tuple[Make[Graded], Callable[[], None]]:
        """Return what makes a grader in a worker, and what ends our hold of its room."""

        def make() -> tuple[Grade[Graded], Callable[[], None]]:
            use_room(room)
            config = Config(self._steps)
            config.CourseDirectory.autograded_directory = self._aside
            scratch = ScratchGradebook(self._rows)
            return CompatibleGrader(
                config, self._assignment, scratch, self._books
            ).grade, room.close

        return make, room.close


def _safe_config(found: Config, course_dir: Path) -> Config:
    """A course's own configuration with our walled interpreter, wherever its files lie now."""
    config = Config(found)
    config.CourseDirectory.root = str(course_dir)
    use_safe_steps(config)
    return config
