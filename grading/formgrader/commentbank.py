"""Comment bank: sentences a trainer may put into a comment with one click.

First the comments already written to other hand-ins of the same question, the most used first;
then what the rubric says of work that is good but not the best.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from nbgrader.api import BaseCell, Comment, Gradebook
from sqlalchemy import func

from zhixing.question import Question

MOST = 8
LONGEST = 80
"""Characters of a sentence that is offered; a longer comment speaks to one learner."""

MIDDLE_LEVELS = slice(1, 3)
"""Of a rubric's four levels; the best needs no advice, and the least more than a sentence."""


def comment_bank(gradebook: Gradebook, question: Question) -> str:
    """Bank of a question as HTML."""
    sentences = dict.fromkeys([*_written(gradebook, question.id), *_of_rubric(question)])
    return bank_html(question.id, list(sentences)[:MOST])


def _written(gradebook: Gradebook, name: str) -> list[str]:
    rows = (
        gradebook.db.query(Comment.manual_comment, func.count())
        .join(BaseCell, BaseCell.id == Comment.cell_id)
        .filter(BaseCell.name == name, Comment.manual_comment.isnot(None))
        .group_by(Comment.manual_comment)
        .order_by(func.count().desc(), Comment.manual_comment)
    )
    written = (str(text).strip() for text, _ in rows)
    return [text for text in written if text and len(text) <= LONGEST]


def _of_rubric(question: Question) -> Iterator[str]:
    for part in question.key["rubric"]:
        for level in part.get("levels", ())[MIDDLE_LEVELS]:
            yield f"{part['criterion']}：{level}。"


def bank_html(name: str, sentences: Iterable[str]) -> str:
    """Buttons, each with its sentence, that go into the comment of a cell."""
    buttons = "".join(
        f'<button type="button" class="zx-sentence" data-comment="{escape(name)}-comment">'
        f"{escape(text)}</button>"
        for text in sentences
    )
    return (
        f'<div class="zx-bank"><b>常用评语</b>（点一下加进评语）：{buttons}</div>'
        if buttons
        else ""
    )
