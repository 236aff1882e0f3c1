"""排序: put things into their right order."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from zhixing.errors import InvalidAnswerError
from zhixing.kinds.choice import all_reasons, distinct_options
from zhixing.question import Mark, Question


def mark(question: Question, value: Any) -> Mark:
    """Mark a list of all ids; the score is the share of right neighbours kept.

    Neighbours and not places: one item slipped to the front does not spoil the rest.
    """
    placed = distinct_options(question, value)
    if len(placed) != len(question.options):
        raise InvalidAnswerError(f"{question.id}：请把每一项都排进去。")
    right = list(pairwise(question.key["order"]))
    kept = set(pairwise(placed)) & set(right)
    return Mark(len(kept) / len(right))


def reveal(question: Question) -> dict[str, Any]:
    """The right order and the reason of each place."""
    return {"order": list(question.key["order"]), "reasons": all_reasons(question)}
