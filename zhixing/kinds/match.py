"""匹配: join each thing on the left to one on the right."""

from __future__ import annotations

from typing import Any

from zhixing.errors import InvalidAnswerError
from zhixing.kinds.choice import all_reasons, reasons_of
from zhixing.question import Mark, Question


def mark(question: Question, value: Any) -> Mark:
    """Mark ``{left id: right id}``; the score is the share of left sides joined rightly."""
    left = {option.id for option in question.options}
    right = {target.id for target in question.targets}
    if not isinstance(value, dict) or set(value) != left:
        raise InvalidAnswerError(f"{question.id}：请为每一项都选好对应项。")
    if not all(isinstance(target, str) and target in right for target in value.values()):
        raise InvalidAnswerError(f"{question.id}：对应项不在所给范围内，请重新选择。")
    pairs = question.key["pairs"]
    hit = [item for item in left if value[item] == pairs[item]]
    missed = [option.text for option in question.options if option.id not in hit]
    told = f"还要再想的：{'、'.join(f'“{text}”' for text in missed)}。"
    more = ({"id": "", "text": told},) if missed else ()
    return Mark(len(hit) / len(left), (*reasons_of(question, hit), *more))


def reveal(question: Question) -> dict[str, Any]:
    """All pairs and the reason of each."""
    return {"pairs": dict(question.key["pairs"]), "reasons": all_reasons(question)}
