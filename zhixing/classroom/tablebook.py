"""Table book: a table of a data task as an Excel file to work on offline."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import xlsxwriter


def excel_from_table(note: str, content: Mapping[str, Any]) -> bytes:
    """Write a table as a workbook: the data first, the note on a sheet of its own."""
    buffer = io.BytesIO()
    # Texts that begin with "=" stay texts: a learner's data must not become a formula.
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet, head = book.add_worksheet("数据"), book.add_format({"bold": True})
        sheet.write_row(0, 0, content["columns"], head)
        for number, row in enumerate(content["rows"], start=1):
            sheet.write_row(number, 0, row)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(content["rows"]), len(content["columns"]) - 1)
        sheet.autofit()
        book.add_worksheet("说明").write(0, 0, note)
    return buffer.getvalue()
