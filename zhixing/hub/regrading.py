"""Regrading: bring collected hand-ins and nbgrader's gradebook to what the records say."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry

from grading.answersfile import NAME, RecordedAnswer, dump_answers, load_answers
from grading.submission import timestamp, with_answers
from zhixing.classroom.hall import RegradedLearner
from zhixing.classroom.packable import Packable
from zhixing.errors import ZhixingError


class OutOfReachError(ZhixingError):
    """A course directory that this process may not write, as the classroom in its box."""


@dataclass(frozen=True)
class CourseGrading:
    """nbgrader's side of the courses; ``courses`` holds their course directories."""

    courses: Path

    def repack(self, package: bytes, answers: Mapping[str, Packable]) -> bytes:
        """Zip of a hand-in with these answers in it; notebooks and time stay as handed in."""
        return with_answers(package, {name: RecordedAnswer(*one) for name, one in answers.items()})

    def follow(
        self,
        course_id: str,
        lesson_id: str,
        regraded: Callable[[], Mapping[str, RegradedLearner]],
    ) -> None:
        """Give cells their new points wherever the hand-ins were collected or graded.

        Points that a trainer gave by hand stay, as nbgrader counts them before its own.
        A later autograde gives the same points, because the collected answers follow too.

        Raises
        ------
        OutOfReachError
            If the course directory is read-only here, or another sitting counts now than was
            collected; then it follows at the next collect.
        """
        folder = self.courses / course_id
        if folder.exists() and not os.access(folder, os.W_OK):
            raise OutOfReachError(f"{folder} is read-only here and follows at the next collect")
        collected, learners = folder / "submitted", regraded()
        reached = {
            username: one
            for username, one in learners.items()
            if _is_collected(collected / username / lesson_id, one.submitted_at)
        }
        for username, one in reached.items():
            _follow_answers(collected / username / lesson_id, one)
        _follow_gradebook(folder, lesson_id, reached)
        others = [
            name for name in learners.keys() - reached if (collected / name / lesson_id).is_dir()
        ]
        if others:
            raise OutOfReachError(f"another sitting counts now of {sorted(others)}")


def _is_collected(folder: Path, submitted_at: datetime) -> bool:
    """Whether this hand-in is the one that lies there; a folder without a time is not ours."""
    time = folder / "timestamp.txt"
    return time.is_file() and time.read_bytes() == timestamp(submitted_at)


def _follow_answers(folder: Path, regraded: RegradedLearner) -> None:
    answers = load_answers(folder)
    new = {name: RecordedAnswer(*answer) for name, (answer, _) in regraded.answers.items()}
    text = dump_answers({**answers, **{name: new[name] for name in new if name in answers}})
    draft = folder / f".{NAME}.part"
    draft.write_bytes(text)
    # The trainers' own programs must be able to read what we put among their files.
    draft.chmod(0o664)
    draft.replace(folder / NAME)


def _follow_gradebook(
    folder: Path, lesson_id: str, regraded: Mapping[str, RegradedLearner]
) -> None:
    database = folder / "gradebook.db"
    if not database.exists():
        return
    with Gradebook(f"sqlite:///{database}", folder.name) as gradebook:
        for username, one in regraded.items():
            for question_id, (_, points) in one.answers.items():
                _follow_cell(gradebook, (question_id, lesson_id, lesson_id, username), points)
        gradebook.db.commit()


def _follow_cell(gradebook: Any, place: tuple[str, str, str, str], points: float) -> None:
    try:
        grade = gradebook.find_grade(*place)
    except MissingEntry:
        return  # handed in and not yet collected, or not yet graded
    if grade.auto_score is not None:
        grade.auto_score = points
