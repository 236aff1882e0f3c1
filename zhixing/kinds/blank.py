"""填空: a text with accepted variants, or a number with tolerance and unit."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import Any

from zhixing.errors import InvalidAnswerError
from zhixing.question import Mark, Question

LONGEST_TEXT = 200
LARGEST_NUMBER = 1e12
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def mark(question: Question, value: Any) -> Mark:
    """Mark a text or a number as typed.

    Full-width forms, spaces and thousands separators make no difference, and the unit may be
    typed or left out. Tolerance is absolute, and its edge counts as right.
    """
    typed = typed_text(question, value)
    if "text" in question.key:
        accepted = {normal_text(text) for text in question.key["text"]}
        return Mark(float(normal_text(typed) in accepted), _reasons(question, normal_text(typed)))
    number = number_from_text(question, typed)
    return Mark(float(is_near(number, question.key)), _number_reasons(question, number))


def reveal(question: Question) -> dict[str, Any]:
    """Accepted texts, or the number with its tolerance."""
    return dict(question.key)


def typed_text(question: Question, value: Any) -> str:
    """Return what was typed, as text of at most :data:`LONGEST_TEXT` characters."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise InvalidAnswerError(f"{question.id}：答案应是一段文字或一个数字。")
    if isinstance(value, int) and abs(value) > LARGEST_NUMBER:  # Python may refuse to print it
        raise InvalidAnswerError(f"{question.id}：数字超出了可填的范围。")
    text = str(value).strip()
    if not text or len(text) > LONGEST_TEXT:
        raise InvalidAnswerError(f"{question.id}：请填写 1 至 {LONGEST_TEXT} 个字。")
    return text


def normal_text(text: str) -> str:
    """Fold full-width forms, case, spaces and closing punctuation away."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    # NFKC has made full-width commas and points half-width; a point inside a number stays.
    return re.sub(r"[\s,;\u3001\u3002\"'\u201c\u201d\u300a\u300b]|\.(?!\d)", "", folded)


def number_from_text(question: Question, text: str) -> float:
    """Read a number as people type it: full-width digits, separators and the unit allowed."""
    folded = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "")
    if question.unit:
        folded = folded.removesuffix(question.unit)
    if not _NUMBER.fullmatch(folded):
        raise InvalidAnswerError(f"{question.id}：这里要填一个数字，例如 12 或 0.5。")
    number = float(folded)
    if not math.isfinite(number) or abs(number) > LARGEST_NUMBER:
        raise InvalidAnswerError(f"{question.id}：数字超出了可填的范围。")
    return number


def is_near(number: float, key: Any) -> bool:
    """Whether the number is within the key's tolerance, rounding noise allowed for."""
    distance = abs(number - key["number"])
    return bool(distance <= key.get("tolerance", 0) + 1e-9)


def _reasons(question: Question, typed: str) -> tuple[dict[str, str], ...]:
    return tuple(
        {"id": "", "text": wrong["step"]}
        for wrong in question.wrong
        if normal_text(str(wrong["value"])) == typed
    )


def _number_reasons(question: Question, number: float) -> tuple[dict[str, str], ...]:
    return tuple(
        {"id": "", "text": wrong["step"]}
        for wrong in question.wrong
        if abs(number - float(wrong["value"])) <= question.key.get("tolerance", 0) + 1e-9
    )
