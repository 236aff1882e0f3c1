"""Answer text: what a learner answered to a question, in words, for whoever looks at the grade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from zhixing.kinds.written import text_of
from zhixing.question import Question

LONGEST_VALUE = 500


def text_from_answer(question: Question, values: Sequence[Any]) -> str:
    """Prompt and every try of a question, one a line."""
    tries = [
        f"第 {number} 次作答：{text_from_value(question, value)}"
        for number, value in enumerate(values, start=1)
    ]
    return "\n".join([question.prompt, *(tries or ["没有作答"])])


def text_from_value(question: Question, value: Any) -> str:
    """One answer, with the words of the options in the place of their letters."""
    if question.kind == "written":
        return _short(text_of(value))
    words = {option.id: option.text for option in (*question.options, *question.targets)}
    if isinstance(value, Mapping):
        text = "；".join(f"{_word(words, one)} → {_word(words, two)}" for one, two in value.items())
    elif isinstance(value, list | tuple | set):
        between = " → " if question.kind == "order" else "；"
        text = between.join(_word(words, one) for one in value)
    else:
        text = _word(words, value)
    return _short(text)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE] + "……"


def _word(words: Mapping[str, str], value: Any) -> str:
    if isinstance(value, list):  # cells of a row
        return "，".join(_word(words, cell) for cell in value)
    return words.get(value, value) if isinstance(value, str) else str(value)
