"""多选: several options are right; partial credit, and no credit for ticking everything."""

from __future__ import annotations

from typing import Any

from zhixing.kinds.choice import all_reasons, distinct_options, reasons_of
from zhixing.question import Mark, Question


def mark(question: Question, value: Any) -> Mark:
    """Mark a list of option ids.

    Score = max(0, right ticked - wrong ticked) / number right: a wrong tick takes back what a
    right one earned, so ticking everything earns less than knowing half. Where no offered
    option is wrong, ticking everything is simply right. A teaching assumption, said on screen.
    """
    chosen = set(distinct_options(question, value))
    right = set(question.key["options"])
    score = max(0, len(chosen & right) - len(chosen - right)) / len(right)
    return Mark(score, reasons_of(question, sorted(chosen)))


def reveal(question: Question) -> dict[str, Any]:
    """Key and the reason of every option."""
    return {"options": list(question.key["options"]), "reasons": all_reasons(question)}
