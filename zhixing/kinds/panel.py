"""情境判断: what to do in a situation, scored against the spread of a panel's choices."""

from __future__ import annotations

from typing import Any

from zhixing.kinds.choice import all_reasons, chosen_option, reasons_of
from zhixing.question import Mark, Question

SMALLEST_PANEL = 5
"""People; with fewer a share says nothing. A teaching assumption."""


def mark(question: Question, value: Any) -> Mark:
    """Mark an option id by how many of the panel chose the same.

    Score = number who chose it / number who chose the commonest option: consensus scoring by
    proportion, scaled so that the commonest choice earns 1 (Legree 1995; MacCann et al. 2004).
    """
    chosen = chosen_option(question, value)
    counts = question.key["panel"]
    score = counts[chosen] / max(counts.values())
    same = f"{sum(counts.values())} 位有经验的干部中，有 {counts[chosen]} 位和您选得一样。"
    return Mark(score, (*reasons_of(question, [chosen]), {"id": "", "text": same}))


def reveal(question: Question) -> dict[str, Any]:
    """How many of the panel chose each option, and why."""
    counts = dict(question.key["panel"])
    return {
        "panel": {"size": sum(counts.values()), "counts": counts},
        "reasons": all_reasons(question),
    }
