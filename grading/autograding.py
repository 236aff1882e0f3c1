"""Autograding: every hand-in of a lesson through nbgrader's own converter, one by one.

One by one, because nbgrader's own loop ends at the first strange file; here each keeps its failure
to itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook

from grading.answersfile import NAME
from grading.nbgraderapi import nbgrader_api, reason_from_outcome
from zhixing.errors import ZhixingError

GRADED, WAITING, FAILED, SKIPPED = "graded", "waiting", "failed", "skipped"
"""Done; done but for what a person grades; not graded, to be tried again; nothing new."""


class NothingSubmittedError(ZhixingError):
    """A lesson of which nothing was collected."""


@dataclass(frozen=True)
class Outcome:
    """What became of one hand-in.

    Parameters
    ----------
    state
        :data:`GRADED`, :data:`WAITING`, :data:`FAILED` or :data:`SKIPPED`.
    reason
        Why it failed, as a trainer reads it.
    """

    username: str
    state: str
    score: float | None = None
    max_score: float | None = None
    reason: str = ""


def submitted_usernames(course_dir: Path, lesson: str) -> list[str]:
    """Whose hand-ins of a lesson were collected.

    Raises
    ------
    NothingSubmittedError
        If there is none.
    """
    found = sorted((course_dir / "submitted").glob(f"*/{lesson}"))
    names = [path.parent.name for path in found if path.is_dir()]
    if not names:
        raise NothingSubmittedError(
            f"{course_dir.name} 没有收到《{lesson}》的卷子。请核对课时名称，先收卷再评分。"
        )
    return names


def autograde(
    course_dir: Path, lesson: str, usernames: list[str], *, again: bool = False
) -> Iterator[Outcome]:
    """Grade hand-ins, giving each outcome as soon as it is known.

    Parameters
    ----------
    again
        Whether to grade what is graded already and has not changed.
    """
    api = nbgrader_api(course_dir)
    for username in usernames:
        yield _outcome(api, lesson, username, again=again)


def _outcome(api: Any, lesson: str, username: str, *, again: bool) -> Outcome:
    if not again and _is_up_to_date(api, lesson, username):
        return _from_gradebook(api, lesson, username, SKIPPED)
    answer = api.autograde(lesson, username, force=True)
    if not answer["success"]:
        return Outcome(username, FAILED, reason=reason_from_outcome(answer))
    return _from_gradebook(api, lesson, username, "")


def _is_up_to_date(api: Any, lesson: str, username: str) -> bool:
    course = api.coursedir
    graded = Path(course.format_path(course.autograded_directory, username, lesson))
    if not graded.is_dir():
        return False
    submitted = course.format_path(course.submitted_directory, username, lesson)
    then, now = (course.get_existing_timestamp(str(path)) for path in (graded, submitted))
    return then is not None and then == now and _answers_of(graded) == _answers_of(Path(submitted))


def _answers_of(folder: Path) -> bytes:
    """What the answers are judged at: a regrade changes it and not the time of the hand-in."""
    path = folder / NAME
    return path.read_bytes() if path.exists() else b""


def _from_gradebook(api: Any, lesson: str, username: str, state: str) -> Outcome:
    with Gradebook(api.coursedir.db_url, api.coursedir.course_id) as gradebook:
        found = gradebook.find_submission(lesson, username)
        state = state or (WAITING if found.needs_manual_grade else GRADED)
        return Outcome(username, state, found.score, found.max_score)
