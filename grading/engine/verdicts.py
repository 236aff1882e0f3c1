"""Verdicts: what was found of each cell of a hand-in, from records and examinations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from grading.answersfile import RecordedAnswer
from grading.engine.master import QUESTION, MasterNotebook
from grading.plainoutput import plain_output
from grading.points import points_earned, question_answered, question_outputs
from zhixing.course import Lesson

Output = dict[str, Any]

_LARGEST_COUNT = 1 << 31
"""Of executions; what a notebook's readers take."""


@dataclass(frozen=True)
class Verdict:
    """Points of a cell, if it has any, and outputs that a trainer may be shown."""

    points: float | None = None
    outputs: Sequence[Output] = ()
    count: int | None = None


def question_verdicts(
    notebook: MasterNotebook, lesson: Lesson, answers: Mapping[str, RecordedAnswer]
) -> dict[str, Verdict]:
    """Score question cells from recorded answers; no code runs."""
    found = {}
    for cell in notebook.cells:
        question = lesson.question(cell.grade_id) if cell.kind == QUESTION else None
        if question is not None:
            answer = answers.get(question.id)
            asked = question_answered(lesson, question, answer)
            points = points_earned(asked, answer, lesson.rules)
            found[cell.grade_id] = Verdict(points, question_outputs(asked, answer, points))
    return found


@dataclass
class Told:
    """What an examination told of each cell by its place; what it did not tell, failed.

    Parameters
    ----------
    withheld
        Cells whose outputs may hold inputs of hidden tests.
    """

    verdicts: dict[int, Verdict] = field(default_factory=dict)
    withheld: list[int] = field(default_factory=list)

    def take(self, message: Mapping[str, Any]) -> None:
        """Keep one cell's verdict, with its outputs rebuilt from plain parts."""
        place = message["cell"]
        outputs = message.get("outputs")
        plain = (
            [plain_output(one) for one in outputs if isinstance(one, Mapping)] if outputs else []
        )
        count = message.get("count")
        is_count = type(count) is int and 0 <= count < _LARGEST_COUNT
        if message.get("is_withheld"):
            self.withheld.append(place)
        self.verdicts[place] = Verdict(message.get("points"), plain, count if is_count else None)
