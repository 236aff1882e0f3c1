"""简答: a text, or a form of several texts, that a trainer grades by rubric."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zhixing.errors import InvalidAnswerError
from zhixing.question import Mark, Question

LONGEST_TEXT = 5000


def mark(question: Question, value: Any) -> Mark:
    """Take a text of 1 to 5,000 characters, or a form; its score waits for a trainer."""
    if question.fields:
        _require_form(question, value)
        return Mark(None)
    if not isinstance(value, str) or not value.strip():
        raise InvalidAnswerError(f"{question.id}：请先写下您的想法再提交。")
    if len(value) > LONGEST_TEXT:
        raise InvalidAnswerError(
            f"{question.id}：共写了 {len(value)} 个字，请控制在 {LONGEST_TEXT} 字以内。"
        )
    return Mark(None)


def text_of(value: Any) -> str:
    """A text as it was typed; a form as a label and its text after one another."""
    if isinstance(value, Mapping):
        return "\n\n".join(f"【{label}】\n{text}" for label, text in value.items())
    return str(value)


def _require_form(question: Question, value: Any) -> None:
    labels = [field["label"] for field in question.fields]
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise InvalidAnswerError(f"{question.id}：请在课时页面上逐栏填写这张表。")
    if unknown := [label for label in value if label not in labels]:
        raise InvalidAnswerError(f"{question.id}：表里没有“{unknown[0][:20]}”这一栏。")
    for field in question.fields:
        if not field.get("optional") and not value.get(field["label"], "").strip():
            raise InvalidAnswerError(f"{question.id}：“{field['label']}”还没有填。")
    length = sum(len(text) for text in value.values())
    if length > LONGEST_TEXT:
        raise InvalidAnswerError(
            f"{question.id}：共写了 {length} 个字，请控制在 {LONGEST_TEXT} 字以内。"
        )


def reveal(question: Question) -> dict[str, Any]:
    """The rubric by which it was graded."""
    return {"rubric": list(question.key.get("rubric", ()))}
