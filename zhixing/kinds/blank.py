"""填空: a text with accepted variants, or a number with tolerance and unit."""

from __future__ import annotations

import math
import re
import unicodedata
from functools import lru_cache
from typing import Any

from opencc import OpenCC

from zhixing.errors import InvalidAnswerError
from zhixing.question import Mark, Question

LONGEST_TEXT = 200
LARGEST_NUMBER = 1e12
LOOK_AGAIN = "与正确结果不符：再看看题目问的是什么、单位是什么，对照上文核对一遍。"
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_CHARACTERS = "零〇一二两三四五六七八九十百千万亿廿壹贰叁肆伍陆柒捌玖拾佰仟"
_IN_CHARACTERS = re.compile(rf"-?[\d.]*[{_CHARACTERS}]+(点[{_CHARACTERS}]+)?")
_NUMERALS = re.compile(rf"\d[\d,]*(\.\d+)?[{_CHARACTERS}]*|[{_CHARACTERS}]+(点[{_CHARACTERS}]+)?")
_SIMPLIFIED = OpenCC("t2s")


def mark(question: Question, value: Any) -> Mark:
    """Mark a text or a number as typed.

    Full-width forms, spaces and thousands separators make no difference, and the unit may be
    typed or left out. Tolerance is absolute, and its edge counts as right.
    """
    typed = typed_text(question, value)
    if "text" in question.key:
        accepted = {normal_text(text) for text in question.key["text"]}
        if normal_text(typed) in accepted:
            return Mark(1.0)
        return Mark(0.0, told_of(question, _text_steps(question, normal_text(typed))))
    number = number_from_text(question, typed)
    if is_near(number, question.key):
        return Mark(1.0)
    require_sign(question, number, question.key["number"])
    return Mark(0.0, told_of(question, _number_steps(question, number)))


def reveal(question: Question) -> dict[str, Any]:
    """Accepted texts, or the number with its tolerance."""
    return dict(question.key)


def typed_text(question: Question, value: Any) -> str:
    """Return what was typed, as text of at most :data:`LONGEST_TEXT` characters."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise InvalidAnswerError(f"{question.id}：答案应是一段文字或一个数字。")
    # A float may be no number, and Python may refuse to print a large int.
    if not isinstance(value, str) and not abs(value) <= LARGEST_NUMBER:
        raise InvalidAnswerError(f"{question.id}：数字超出了可填的范围。")
    text = str(value).strip()
    if not text or len(text) > LONGEST_TEXT:
        raise InvalidAnswerError(f"{question.id}：请填写 1 至 {LONGEST_TEXT} 个字。")
    return text


@lru_cache(maxsize=4096)
def normal_text(text: str) -> str:
    """Fold away what makes no difference to a reader.

    Full-width and traditional forms, case, spaces, closing punctuation, and whether a number is
    written in digits or in characters.
    """
    folded = _SIMPLIFIED.convert(unicodedata.normalize("NFKC", text)).casefold()
    folded = _NUMERALS.sub(_in_digits, folded)
    # NFKC has made full-width commas and points half-width; a point inside a number stays.
    return re.sub(r"[\s,;\u3001\u3002\"'\u201c\u201d\u300a\u300b]|\.(?!\d)", "", folded)


def number_from_text(question: Question, text: str) -> float:
    """Read a number as people type it.

    Full-width digits, separators, the unit, 230万, 三百, 叁佰 are all read. A percent sign means
    hundredths unless the question's own unit is percent.
    """
    folded = _SIMPLIFIED.convert(unicodedata.normalize("NFKC", text)).replace(",", "")
    folded = folded.replace(" ", "")
    if folded.startswith("百分之"):
        folded = f"{folded.removeprefix('百分之')}%"
    if question.unit:
        folded = folded.removesuffix(question.unit)
    share = folded.removesuffix("%")
    number = _plain_number(share)
    if number is None:
        raise InvalidAnswerError(f"{question.id}：这里要填一个数字，例如 12 或 0.5。")
    number = number / 100 if share != folded else number
    if not math.isfinite(number) or abs(number) > LARGEST_NUMBER:
        raise InvalidAnswerError(f"{question.id}：数字超出了可填的范围。")
    return number


def require_sign(question: Question, number: float, right: float) -> None:
    """Refuse a negative number where neither the right nor a known wrong one is negative."""
    known = [right, *(float(wrong["value"]) for wrong in question.wrong)]
    if number < 0 <= min(known):
        raise InvalidAnswerError(f"{question.id}：这里的数不会小于 0，请核对后再填。")


def _plain_number(text: str) -> float | None:
    if _NUMBER.fullmatch(text):
        return float(text)
    if not _IN_CHARACTERS.fullmatch(text):
        return None
    # It takes a tenth of a second to import, and most numbers are written in digits.
    import cn2an

    try:
        return float(cn2an.cn2an(text, "smart"))
    except ValueError:  # characters of numbers that make no number, such as 十十
        return None


def _in_digits(match: re.Match[str]) -> str:
    if match[0][-1] in "0123456789":  # digits already; a code such as RY0012 keeps its zeros
        return match[0]
    number = _plain_number(match[0])
    return match[0] if number is None else f"{number:.12g}"


def is_near(number: float, key: Any) -> bool:
    """Whether the number is within the key's tolerance, rounding noise allowed for."""
    distance = abs(number - key["number"])
    return bool(distance <= key.get("tolerance", 0) + 1e-9)


def told_of(question: Question, steps: list[str]) -> tuple[dict[str, str], ...]:
    """Steps that were missed; where the mistake is no known one, how to look for it."""
    again = f"再看看提示：{question.hint}" if question.hint else LOOK_AGAIN
    return tuple({"id": "", "text": step} for step in steps or [again])


def _text_steps(question: Question, typed: str) -> list[str]:
    return [wrong["step"] for wrong in question.wrong if normal_text(str(wrong["value"])) == typed]


def _number_steps(question: Question, number: float) -> list[str]:
    margin = question.key.get("tolerance", 0) + 1e-9
    return [
        wrong["step"] for wrong in question.wrong if abs(number - float(wrong["value"])) <= margin
    ]
