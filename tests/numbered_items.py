"""Questions as items numbered in their order."""

from collections.abc import Iterable

from zhixing.items import Item
from zhixing.question import Question


def numbered(questions: Iterable[Question]) -> list[Item]:
    return [Item(number, question) for number, question in enumerate(questions, 1)]
