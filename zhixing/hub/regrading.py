"""Regrading: bring collected hand-ins and nbgrader's gradebook to what the records say."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry

from grading.answersfile import NAME, RecordedAnswer, dump_answers, load_answers
from grading.submission import with_answers
from zhixing.errors import ZhixingError

Packable = tuple[str, tuple[Any, ...], float | None, tuple[float | None, ...]]


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
        question_id: str,
        regraded: Mapping[str, tuple[Packable, float]],
    ) -> None:
        """Give a question's cell its new points wherever it was collected or graded.

        Points that a trainer gave by hand stay, as nbgrader counts them before its own.
        A later autograde gives the same points, because the collected answers follow too.

        Raises
        ------
        OutOfReachError
            If the course directory is read-only here; then it follows at the next collect.
        """
        folder = self.courses / course_id
        if folder.exists() and not os.access(folder, os.W_OK):
            raise OutOfReachError(f"{folder} is read-only here and follows at the next collect")
        for username, (answer, _) in regraded.items():
            _follow_collected(folder / "submitted" / username / lesson_id, question_id, answer)
        database = folder / "gradebook.db"
        if not database.exists():
            return
        with Gradebook(f"sqlite:///{database}", course_id) as gradebook:
            for username, (_, points) in regraded.items():
                _follow_cell(gradebook, (question_id, lesson_id, lesson_id, username), points)
            gradebook.db.commit()


def _follow_collected(folder: Path, question_id: str, answer: Packable) -> None:
    answers = load_answers(folder) if folder.is_dir() else {}
    if question_id not in answers:
        return
    text = dump_answers({**answers, question_id: RecordedAnswer(*answer)})
    draft = folder / f".{NAME}.part"
    draft.write_bytes(text)
    # The trainers' own programs must be able to read what we put among their files.
    draft.chmod(0o664)
    draft.replace(folder / NAME)


def _follow_cell(gradebook: Any, place: tuple[str, str, str, str], points: float) -> None:
    try:
        grade = gradebook.find_grade(*place)
    except MissingEntry:
        return  # handed in and not yet collected, or not yet graded
    if grade.auto_score is not None:
        grade.auto_score = points
