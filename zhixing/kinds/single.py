"""单选: one option is right."""

from __future__ import annotations

from typing import Any

from zhixing.kinds.choice import all_reasons, chosen_option, reasons_of
from zhixing.question import Mark, Question


def mark(question: Question, value: Any) -> Mark:
    """Mark an option id: 1 if it is the key, else 0."""
    chosen = chosen_option(question, value)
    return Mark(float(chosen == question.key["option"]), reasons_of(question, [chosen]))


def reveal(question: Question) -> dict[str, Any]:
    """Key and the reason of every option."""
    return {"option": question.key["option"], "reasons": all_reasons(question)}
