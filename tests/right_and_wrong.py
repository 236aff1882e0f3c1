"""A right and a wrong answer to any question, and how a learner sends it."""

from random import Random
from typing import Any

from zhixing.demo import answers
from zhixing.question import Question


def right_value(question: Question) -> Any:
    """What earns everything; for a written question a text."""
    return answers.right_value(question, Random(1))


def wrong_value(question: Question) -> Any:
    """A valid answer that does not earn everything."""
    return answers.wrong_value(question, Random(1))


def steps(question: Question, value: Any) -> list[Any]:
    """What is sent, one after the other: a case goes step by step, all else at once."""
    if question.kind != "case":
        return [value]
    return [value[:end] for end in range(1, len(value) + 1)]
