"""Compatible mode: courses that were not made with Zhixing, with nbgrader's own autograde.

Learner code still runs in a walled interpreter, but the tests run in the same one, as nbgrader
means it: a hostile submission may forge its own score there. The report says which mode was used.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.converters.autograde import Autograde, Execute
from sqlalchemy.exc import SAWarning

from grading.engine.batchrun import Plan
from grading.engine.crew import Crew, Failed, Make
from grading.engine.latepenalty import course_config
from grading.nbgraderapi import put_programs_on_path, reason_from_outcome
from grading.outcome import FAILED, GRADED, SKIPPED, WAITING, Outcome
from grading.plainoutputs import PlainOutputs
from grading.yardexecute import YardExecute
from zhixing.errors import ZhixingError


class NoAssignmentError(ZhixingError):
    """An assignment that the gradebook of a course does not know."""


def compatible_api(course_dir: Path) -> Any:
    """Return nbgrader's API with the course's own configuration and our walled interpreter."""
    put_programs_on_path()
    config = course_config(course_dir)
    config.CourseDirectory.root = str(course_dir)
    if not config.CourseDirectory.get("db_url"):
        config.CourseDirectory.db_url = f"sqlite:///{course_dir / 'gradebook.db'}"
    if not config.Autograde.get("autograde_preprocessors"):
        [usual] = Autograde.autograde_preprocessors.default_args
        steps = [YardExecute if step is Execute else step for step in usual]
        config.Autograde.autograde_preprocessors = [*steps[:-1], PlainOutputs, steps[-1]]
    return NbGraderAPI(config=config)


class CompatibleRun:
    """Grading of one assignment by nbgrader's own converter.

    Raises
    ------
    NoAssignmentError
        If the gradebook has no such assignment.
    """

    mode = "compatible"

    def __init__(self, course_dir: Path, assignment: str) -> None:
        # nbgrader's own queries under SQLAlchemy 2.1; nothing that whoever grades could do about.
        warnings.filterwarnings("ignore", category=SAWarning, module="nbgrader")
        self._assignment = assignment
        self._api = compatible_api(course_dir.resolve())
        known = self._api.get_source_assignments()
        if assignment not in known:
            names = "、".join(sorted(known)) or "没有作业"
            raise NoAssignmentError(
                f"{course_dir} 里没有《{assignment}》。现有：{names}。请核对名称，先发布再批改。"
            )

    def plan(self, usernames: Sequence[str], *, again: bool) -> Plan:
        """See whose hand-in is new since it was graded last."""
        done = tuple(name for name in usernames if not again and self._is_up_to_date(name))
        return Plan(tuple(name for name in usernames if name not in set(done)), done)

    def _is_up_to_date(self, username: str) -> bool:
        course = self._api.coursedir
        graded = Path(course.format_path(course.autograded_directory, username, self._assignment))
        if not graded.is_dir():
            return False
        submitted = course.format_path(course.submitted_directory, username, self._assignment)
        then, now = (course.get_existing_timestamp(str(path)) for path in (graded, submitted))
        return then is not None and then == now

    def outcomes(self, plan: Plan, jobs: int, cluster: str = "") -> Iterator[Outcome]:
        """Grade; each outcome is given when nbgrader has written it.

        Raises
        ------
        ZhixingError
            If a cluster is asked for: nbgrader writes its gradebook while it grades.
        """
        if cluster:
            raise ZhixingError(
                "兼容模式不能用集群：nbgrader 边批边写成绩册。请去掉 --cluster，用 --jobs。"
            )
        for name in plan.done:
            yield self._from_gradebook(name, SKIPPED)
        crew: Crew[Outcome] = Crew(self._prepared, max(1, min(jobs, len(plan.to_grade))))
        try:
            for result in crew.results(plan.to_grade):
                if isinstance(result, Failed):
                    yield Outcome(result.username, FAILED, reason=result.reason)
                else:
                    yield result
        finally:
            crew.dismiss()

    def _prepared(self) -> tuple[Make[Outcome], Callable[[], None]]:
        return lambda: (self._grade, lambda: None), lambda: None

    def _grade(self, username: str) -> Outcome:
        answer = self._api.autograde(self._assignment, username, force=True)
        if not answer["success"]:
            return Outcome(username, FAILED, reason=reason_from_outcome(answer))
        return self._from_gradebook(username, "")

    def _from_gradebook(self, username: str, state: str) -> Outcome:
        course = self._api.coursedir
        with Gradebook(course.db_url, course.course_id) as gradebook:
            found = gradebook.find_submission(self._assignment, username)
            state = state or (WAITING if found.needs_manual_grade else GRADED)
            return Outcome(username, state, found.score, found.max_score)
