"""Grid: an answer with rows of its own, one text or number a cell, as a table is filled in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from zhixing.errors import InvalidAnswerError
from zhixing.question import Question, grid_of

LONGEST_CELL = 400
"""Characters: some fifty codes or words."""


def rows_of(question: Question, value: Any) -> Mapping[str, list[Any]]:
    """Every row with as many cells as the question has columns beside the labels'.

    Raises
    ------
    InvalidAnswerError
        If a row is missing, unknown, or of another length.
    """
    columns, labels = grid_of(question.key)
    if not isinstance(value, dict) or set(value) != set(labels):
        raise InvalidAnswerError(f"{question.id}：请按所给的每一行填写（{'、'.join(labels)}）。")
    wanted = len(columns) - 1
    for label, cells in value.items():
        if not isinstance(cells, list) or len(cells) != wanted:
            raise InvalidAnswerError(f"{question.id}：“{label}”这一行要填 {wanted} 格。")
    return value


def words_of(question: Question, label: str, cell: Any) -> list[str]:
    """Words of a cell that holds several, in order and each once; an empty cell has none.

    Raises
    ------
    InvalidAnswerError
        If the cell is no text, or longer than any honest one.
    """
    if not isinstance(cell, str):
        raise InvalidAnswerError(f"{question.id}：“{label}”这一行要填文字。")
    if len(cell) > LONGEST_CELL:
        raise InvalidAnswerError(f"{question.id}：“{label}”这一行最多 {LONGEST_CELL} 个字。")
    folded = unicodedata.normalize("NFKC", cell)
    return list(dict.fromkeys(part for part in re.split(r"[\s,;\u3001]+", folded) if part))
