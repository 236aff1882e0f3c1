"""简答: a text that a trainer grades by rubric."""

from __future__ import annotations

from typing import Any

from zhixing.errors import InvalidAnswerError
from zhixing.question import Mark, Question

LONGEST_TEXT = 5000


def mark(question: Question, value: Any) -> Mark:
    """Take a text of 1 to 5,000 characters; its score waits for a trainer."""
    if not isinstance(value, str) or not value.strip():
        raise InvalidAnswerError(f"{question.id}：请先写下您的想法再提交。")
    if len(value) > LONGEST_TEXT:
        raise InvalidAnswerError(
            f"{question.id}：共写了 {len(value)} 个字，请控制在 {LONGEST_TEXT} 字以内。"
        )
    return Mark(None)


def reveal(question: Question) -> dict[str, Any]:
    """The rubric by which it was graded."""
    return {"rubric": list(question.key.get("rubric", ()))}
