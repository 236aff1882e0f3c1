"""Answer sheet (纸面作答单): a question as a Word file to fill in on paper, without its key."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

from docx import Document
from docx.document import Document as DocumentFile
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

FONT = "Noto Sans CJK SC"
"""What a machine without it shows instead is up to its Word; the text stays text."""

CENTIMETRES_A_LINE = 0.8
LABEL_CENTIMETRES, BOX_CENTIMETRES = 4.5, 12.0


def sheet_from_question(title: str, question: Mapping[str, Any]) -> bytes:
    """Write the sheet of one question.

    Parameters
    ----------
    title
        Of course and lesson, as the head of the sheet.
    question
        As :meth:`zhixing.question.Question.public` gives it.
    """
    document = _blank_document()
    document.add_paragraph(title)
    document.add_heading(question["prompt"], level=1)
    document.add_paragraph("单位：____________    姓名：____________    日期：____________")
    _writer(question)(document, question)
    for words in (question["assumption"] and f"教学假设：{question['assumption']}", _RETURN):
        if words:
            document.add_paragraph(words)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


_RETURN = "先在纸上填好，再到课时页面上逐栏填写、提交；以页面上的为准。"


def _blank_document() -> DocumentFile:
    document = Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(12)
    for name in ("Normal", "Heading 1"):
        # Word takes the font of Chinese characters from an attribute of its own.
        document.styles[name].element.get_or_add_rPr().get_or_add_rFonts().set(
            qn("w:eastAsia"), FONT
        )
    return document


def _writer(question: Mapping[str, Any]) -> Callable[[DocumentFile, Mapping[str, Any]], None]:
    for part, write in (("fields", _form), ("row_labels", _grid), ("options", _options)):
        if question[part]:
            return write
    return _box


def _form(document: DocumentFile, question: Mapping[str, Any]) -> None:
    for field in question["fields"]:
        optional = "（可不填）" if field.get("optional") else ""
        hint = f"\n{field['hint']}" if field.get("hint") else ""
        _row(document, f"{field['label']}{optional}{hint}", lines=field.get("lines", 3))


def _row(document: DocumentFile, label: str, lines: int) -> None:
    table = document.add_table(rows=1, cols=2, style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.rows[0].height = Cm(max(lines, 2) * CENTIMETRES_A_LINE)
    for cell, width in zip(table.rows[0].cells, (LABEL_CENTIMETRES, BOX_CENTIMETRES), strict=True):
        cell.width = Cm(width)
    table.rows[0].cells[0].text = label


def _grid(document: DocumentFile, question: Mapping[str, Any]) -> None:
    columns, labels = question["columns"], question["row_labels"]
    table = document.add_table(rows=1 + len(labels), cols=len(columns), style="Table Grid")
    for cell, head in zip(table.rows[0].cells, columns, strict=True):
        cell.text = head
    for row, label in zip(table.rows[1:], labels, strict=True):
        row.cells[0].text = label


def _options(document: DocumentFile, question: Mapping[str, Any]) -> None:
    box = "（  ）" if question["kind"] in ("order", "match") else "□ "
    for option in question["options"]:
        document.add_paragraph(f"{box}{option['text']}")
    for target in question["targets"]:
        document.add_paragraph(f"· {target['text']}")


def _box(document: DocumentFile, question: Mapping[str, Any]) -> None:
    _row(document, f"作答{'（' + question['unit'] + '）' if question['unit'] else ''}", lines=6)
