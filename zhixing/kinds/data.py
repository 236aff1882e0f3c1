"""数据答案: the result of a data task: a whole number, a rate, or a set of texts."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from zhixing.errors import InvalidAnswerError
from zhixing.kinds.blank import is_near, normal_text, number_from_text, typed_text
from zhixing.question import Mark, Question

MOST_MEMBERS = 2000
RATE_TOLERANCE = 0.005
"""Domain brief 6.1: whole numbers exact, rates within 0.005."""


def mark(question: Question, value: Any) -> Mark:
    """Mark a number, or a set given as a list or as text with any separators."""
    if "set" in question.key:
        return _mark_set(question, value)
    number = number_from_text(question, typed_text(question, value))
    if "integer" in question.key and number != int(number):
        raise InvalidAnswerError(f"{question.id}：这里要填整数。")
    score = float(is_near(number, _number_key(question)))
    steps = [wrong["step"] for wrong in question.wrong if _is_wrong(question, wrong, number)]
    return Mark(score, tuple({"id": "", "text": step} for step in steps if score < 1))


def reveal(question: Question) -> dict[str, Any]:
    """Tell how to get there, never the number: the same data may be another learner's task."""
    return {"steps": [wrong["step"] for wrong in question.wrong]}


def members_from_value(question: Question, value: Any) -> set[str]:
    """Read a set of texts; commas, full-width or not, spaces and lines separate members."""
    if isinstance(value, str):
        folded = unicodedata.normalize("NFKC", value)  # folds full-width commas and spaces
        value = [part for part in re.split(r"[\s,;\u3001]+", folded) if part]
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise InvalidAnswerError(f"{question.id}：请逐个填写编码，用逗号或换行隔开。")
    if not value:
        raise InvalidAnswerError(f"{question.id}：请至少填写一个编码。")
    if len(value) > MOST_MEMBERS:
        raise InvalidAnswerError(f"{question.id}：最多填写 {MOST_MEMBERS} 个编码。")
    return {normal_text(item) for item in value}


def _mark_set(question: Question, value: Any) -> Mark:
    given = members_from_value(question, value)
    right = {normal_text(item) for item in question.key["set"]}
    score = max(0, len(given & right) - len(given - right)) / max(1, len(right))
    steps = [
        wrong["step"]
        for wrong in question.wrong
        if {normal_text(item) for item in wrong["value"]} == given
    ]
    return Mark(score, tuple({"id": "", "text": step} for step in steps if score < 1))


def _number_key(question: Question) -> dict[str, float]:
    if "integer" in question.key:
        return {"number": question.key["integer"], "tolerance": 0}
    tolerance = question.key.get("tolerance", RATE_TOLERANCE)
    return {"number": question.key["rate"], "tolerance": tolerance}


def _is_wrong(question: Question, wrong: Any, number: float) -> bool:
    key = {**_number_key(question), "number": float(wrong["value"])}
    return is_near(number, key)
