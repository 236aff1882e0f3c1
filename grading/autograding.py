"""Autograding: every hand-in of a lesson, each keeping its failure to itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from grading.engine.run import Run
from grading.outcome import FAILED, GRADED, SKIPPED, WAITING, Outcome
from zhixing.errors import ZhixingError

if TYPE_CHECKING:
    from grading.compatible import CompatibleRun

__all__ = ["FAILED", "GRADED", "SKIPPED", "WAITING", "Outcome", "autograde", "submitted_usernames"]


class NothingSubmittedError(ZhixingError):
    """A lesson of which nothing was collected."""


def submitted_usernames(course_dir: Path, lesson: str) -> list[str]:
    """Whose hand-ins of a lesson were collected.

    Raises
    ------
    NothingSubmittedError
        If there is none.
    """
    found = sorted((course_dir / "submitted").glob(f"*/{lesson}"))
    names = [path.parent.name for path in found]
    if not names:
        raise NothingSubmittedError(
            f"{course_dir.name} 没有收到《{lesson}》的卷子。请核对课时名称，先收卷再评分。"
        )
    return names


def run_of(course_dir: Path, lesson: str, mode: str = "auto") -> Run | CompatibleRun:
    """Return the run for a course: sealed in ours, compatible in others, or as it is asked for.

    Raises
    ------
    ZhixingError
        If it has no such assignment, no release, no usable gradebook.
    """
    is_ours = (course_dir / "course.toml").is_file()
    if mode == "sealed" or (mode == "auto" and is_ours):
        return Run(course_dir, lesson)
    # nbgrader takes two seconds to import, which our own courses do not need.
    from grading.compatible import CompatibleRun

    return CompatibleRun(course_dir, lesson)


def autograde(
    course_dir: Path, lesson: str, usernames: Sequence[str], *, again: bool = False, jobs: int = 1
) -> Iterator[Outcome]:
    """Grade hand-ins, giving each outcome as soon as it is known.

    Parameters
    ----------
    again
        Whether to grade what is graded already and has not changed.
    jobs
        How many hand-ins at once.
    """
    run = run_of(course_dir, lesson)
    yield from run.outcomes(run.plan(usernames, again=again), jobs)
