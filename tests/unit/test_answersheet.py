"""A question on paper: everything a learner may see, room to write, and nothing of its key."""

import io
from typing import Any

import pytest
from docx import Document

from tests.widgets_course import QUESTIONS, REASON
from zhixing.classroom.answersheet import sheet_from_question
from zhixing.question import Question


def texts_of(question: Question) -> str:
    document: Any = Document(io.BytesIO(sheet_from_question("书记课堂 · 总论", question.public())))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_a_sheet_asks_the_question_and_tells_no_reason(question: Question) -> None:
    told = texts_of(question)
    assert question.prompt in told
    assert "姓名" in told
    assert REASON not in told
    for option in question.options:
        assert option.text in told


def test_a_form_has_a_row_for_every_field_and_no_example() -> None:
    (form,) = [question for question in QUESTIONS if question.fields]
    told = texts_of(form)
    assert "要解决的问题\n一句话说清" in told
    assert "备注（可不填）" in told
    assert "夜里没有灯" not in told


def test_a_grid_has_its_labels_and_heads() -> None:
    (table,) = [question for question in QUESTIONS if "table" in question.key]
    told = texts_of(table)
    for word in ("楼栋", "最缺的班次", "𠮷龑䶮里"):
        assert word in told
    assert "夜班" not in told
