"""Marking: one pure function a question type, in one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from zhixing.kinds import (
    blank,
    case,
    data,
    match,
    multiple,
    order,
    panel,
    single,
    truth,
    written,
)
from zhixing.question import Mark, Question

Marker = Callable[[Question, Any], Mark]

MARKERS: Mapping[str, Marker] = {
    "single": single.mark,
    "multiple": multiple.mark,
    "truth": truth.mark,
    "blank": blank.mark,
    "match": match.mark,
    "order": order.mark,
    "data": data.mark,
    "written": written.mark,
    "case": case.mark,
    "panel": panel.mark,
}

REVEALERS: Mapping[str, Callable[[Question], dict[str, Any]]] = {
    "single": single.reveal,
    "multiple": multiple.reveal,
    "truth": truth.reveal,
    "blank": blank.reveal,
    "match": match.reveal,
    "order": order.reveal,
    "data": data.reveal,
    "written": written.reveal,
    "case": case.reveal,
    "panel": panel.reveal,
}


def mark(question: Question, value: Any) -> Mark:
    """Mark one answer.

    Raises
    ------
    InvalidAnswerError
        If ``value`` does not have the shape of the question's type, names an option that was
        not offered, or is out of range. An invalid answer is never a zero.
    """
    return MARKERS[question.kind](question, value)


def reveal(question: Question) -> dict[str, Any]:
    """Everything a learner may see once no try is left to lose: key, all reasons, explanation."""
    return {**REVEALERS[question.kind](question), "explanation": question.explanation}
