"""数据答案: the result of a data task: a number, a rate, a set, a table, a roster or keywords."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from zhixing.errors import InvalidAnswerError
from zhixing.kinds import keywords, shifts
from zhixing.kinds.blank import (
    is_near,
    normal_text,
    number_from_text,
    require_sign,
    told_of,
    typed_text,
)
from zhixing.kinds.grid import rows_of
from zhixing.question import Mark, Question

MOST_MEMBERS = 2000
RATE_TOLERANCE = 0.005
"""Domain brief 6.1: whole numbers exact, rates within 0.005."""


WRONG_TOTAL = 0.5
"""Most that a table earns whose column does not add up to what it must: a teaching assumption."""


def mark(question: Question, value: Any) -> Mark:
    """Mark a number, a set given as a list or as text with any separators, or what has rows.

    A set earns max(0, hits - strangers) / size; a table the share of its cells that are right.
    Both are teaching assumptions, said on screen.
    """
    for form, mark_form in _FORMS.items():
        if form in question.key:
            return mark_form(question, value)
    return _mark_number(question, value)


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
    if score == 1:
        return Mark(1.0)
    return Mark(score, told_of(question, steps or [_set_words(given, right)]))


def _set_words(given: set[str], right: set[str]) -> str:
    """Whether something is missing or too much; never what or how many."""
    faults = [
        word for word, found in (("漏填的", right - given), ("多填的", given - right)) if found
    ]
    return f"有{'，也有'.join(faults)}：对照条件再筛一遍。"


def _mark_number(question: Question, value: Any) -> Mark:
    number = number_from_text(question, typed_text(question, value))
    if "integer" in question.key and number != int(number):
        raise InvalidAnswerError(f"{question.id}：这里要填整数。")
    key = _number_key(question)
    if is_near(number, key):
        return Mark(1.0)
    require_sign(question, number, key["number"])
    steps = [wrong["step"] for wrong in question.wrong if _is_wrong(question, wrong, number)]
    return Mark(0.0, told_of(question, steps))


def _mark_table(question: Question, value: Any) -> Mark:
    rows = question.key["table"]["rows"]
    given = rows_of(question, value)
    cells = [
        _is_right_cell(question, label, cell, right)
        for label, right_cells in rows.items()
        for cell, right in zip(given[label], right_cells, strict=True)
    ]
    score = sum(cells) / len(cells)
    steps = [
        wrong["step"]
        for wrong in question.wrong
        if score < 1 and _is_same_table(question, wrong["value"], given)
    ]
    for column in _unbalanced(question, given):
        score = min(score, WRONG_TOTAL)
        steps.append(f"“{column}”一列各行相加，与应有的合计不符。")
    return Mark(score, tuple({"id": "", "text": step} for step in steps))


def _unbalanced(question: Question, given: Mapping[str, list[Any]]) -> Iterator[str]:
    """Columns that do not add up to the total that the key names for them."""
    table = question.key["table"]
    for column, total in table.get("totals", {}).items():
        place = table["columns"].index(column) - 1
        cells = (typed_text(question, row[place]) for row in given.values())
        added = sum(number_from_text(question, cell) for cell in cells)
        if not is_near(added, {"number": total}):
            yield column


def _is_right_cell(question: Question, label: str, given: Any, right: Any) -> bool:
    try:
        typed = typed_text(question, given)
        if isinstance(right, str):
            return normal_text(typed) == normal_text(right)
        number = number_from_text(question, typed)
    except InvalidAnswerError as error:
        raise InvalidAnswerError(f"{error}（在“{label}”这一行）") from error
    return is_near(number, {"number": right, "tolerance": question.key.get("tolerance", 0)})


def _is_same_table(question: Question, rows: Any, value: Any) -> bool:
    """Whether the answer is what a known wrong method gives."""
    try:
        return all(
            _is_right_cell(question, label, given, expected)
            for label, cells in rows.items()
            for given, expected in zip(value[label], cells, strict=True)
        )
    except InvalidAnswerError:  # words where the mistake has a number: another mistake
        return False


_FORMS: Mapping[str, Callable[[Question, Any], Mark]] = {
    "set": _mark_set,
    "table": _mark_table,
    "shifts": shifts.mark,
    "keywords": keywords.mark,
}


def _number_key(question: Question) -> dict[str, float]:
    if "integer" in question.key:
        return {"number": question.key["integer"], "tolerance": 0}
    tolerance = question.key.get("tolerance", RATE_TOLERANCE)
    return {"number": question.key["rate"], "tolerance": tolerance}


def _is_wrong(question: Question, wrong: Any, number: float) -> bool:
    key = {**_number_key(question), "number": float(wrong["value"])}
    return is_near(number, key)
