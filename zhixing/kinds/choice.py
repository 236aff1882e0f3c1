"""What the question types that offer options have together."""

from __future__ import annotations

from typing import Any

from zhixing.errors import InvalidAnswerError
from zhixing.question import Question


def chosen_option(question: Question, value: Any) -> str:
    """Return the value if it is the id of an offered option, else raise InvalidAnswerError."""
    offered = [option.id for option in question.options]
    if not isinstance(value, str) or value not in offered:
        raise InvalidAnswerError(
            f"{question.id}：答案应是所给选项之一（{'、'.join(offered)}），请重新选择。"
        )
    return value


def distinct_options(question: Question, value: Any) -> list[str]:
    """Return the value if it is a list of different offered option ids, else raise."""
    if not isinstance(value, list) or not value:
        raise InvalidAnswerError(f"{question.id}：答案应是选项列表，至少选一项。")
    chosen = [chosen_option(question, item) for item in value]
    if len(set(chosen)) != len(chosen):
        raise InvalidAnswerError(f"{question.id}：同一选项出现了两次，请重新作答。")
    return chosen


def reasons_of(question: Question, chosen: list[str]) -> tuple[dict[str, str], ...]:
    """Reasons of the chosen options only, in the order they were offered."""
    return tuple(
        {"id": option.id, "text": option.reason}
        for option in question.options
        if option.id in chosen and option.reason
    )


def all_reasons(question: Question) -> list[dict[str, str]]:
    """Reasons of every option, for when no try is left to lose."""
    return [{"id": option.id, "text": option.reason} for option in question.options]
