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
    score = len(kept) / len(right)
    told = [] if score == 1 else [_told(question, [pair for pair in right if pair in kept])]
    return Mark(score, tuple({"id": "", "text": words} for words in told))


def _told(question: Question, kept: list[tuple[str, str]]) -> str:
    """Say which neighbours are right already; the others are for the learner to find."""
    if not kept:
        return "前后相邻的还没有一处排对：先想清楚哪一项在最前、哪一项在最后。"
    texts = {option.id: option.text for option in question.options}
    pairs = "；".join(f"“{texts[one]}”之后是“{texts[other]}”" for one, other in kept)
    return f"这些前后相邻已经排对：{pairs}。其余的再想想。"


def reveal(question: Question) -> dict[str, Any]:
    """The right order and the reason of each place."""
    return {"order": list(question.key["order"]), "reasons": all_reasons(question)}
