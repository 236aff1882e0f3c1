"""Workbook: open an Excel file safely and give its rows as raw cells.

openpyxl and not calamine: calamine shows a formula as its last value and ``#N/A`` as an empty
cell, so that a broken lookup would silently empty a person's field.
"""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from zhixing.roster.problem import Problem, RosterError

LARGEST_FILE = 20 * 2**20
LARGEST_UNPACKED = 300 * 2**20
MOST_ROWS = 50_000
MOST_COLUMNS = 60
_BROKEN = (InvalidFileException, zipfile.BadZipFile, zlib.error, KeyError, ValueError, SyntaxError)
"""What openpyxl raises for a damaged workbook; XML errors are SyntaxErrors."""

_OLD_EXCEL = b"\xd0\xcf\x11\xe0"

Value = str | int | float | bool | date | datetime | None


@dataclass(frozen=True)
class Cell:
    """One cell as stored; ``flaw`` is ``formula`` or ``error`` where it holds no plain value."""

    value: Value
    flaw: str = ""


RawRow = tuple[int, tuple[Cell, ...]]
"""Row number as Excel counts, and its cells."""


def read_sheets(path: Path) -> dict[str, list[RawRow]]:
    """Rows of every sheet, without the empty ones.

    Raises
    ------
    RosterError
        If the file is missing, no Excel workbook, too large, or cannot be read.
    """
    _require_workbook(path)
    with warnings.catch_warnings():
        # openpyxl warns of every Excel extension it leaves out; none of them holds a cell.
        warnings.simplefilter("ignore", UserWarning)
        try:
            book = openpyxl.load_workbook(path, read_only=True)
        except _BROKEN as error:
            raise _refused(f"文件已损坏，无法读取({error})") from error
        try:
            return {sheet.title.strip(): list(_rows(sheet)) for sheet in book.worksheets}
        except RosterError:
            raise  # a ValueError as well, and not damage
        except _BROKEN as error:
            raise _refused(f"文件已损坏，无法读取({error})") from error
        finally:
            book.close()


def _require_workbook(path: Path) -> None:
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(4)
    except OSError as error:
        raise _refused(f"打不开 {path}({error.strerror})") from error
    if size > LARGEST_FILE:
        raise _refused(
            f"文件有 {size / 2**20:.0f} MB", "20 MB 以内", "请删去图片等无关内容后再试。"
        )
    if head == _OLD_EXCEL:
        raise _refused(
            "这是旧格式(.xls)或加了密码的文件",
            "没有密码的 .xlsx 文件",
            "请另存为 .xlsx 并去掉密码。",
        )
    if not zipfile.is_zipfile(path):
        raise _refused("这不是 Excel 文件")
    with zipfile.ZipFile(path) as archive:
        if sum(item.file_size for item in archive.infolist()) > LARGEST_UNPACKED:
            raise _refused("文件解开后过大", "普通的花名册", "请把数据复制到新模板中再试。")
        if "xl/workbook.xml" not in archive.namelist():
            raise _refused("这不是 Excel 文件")


def _refused(
    found: str,
    expected: str = "用 zhixing roster template 生成并填写的 .xlsx 文件",
    next_step: str = "请核对文件后再试。",
) -> RosterError:
    return RosterError((Problem("", 0, "", found, expected, next_step),))


def _rows(sheet: Any) -> Iterator[RawRow]:
    # The dimension written in the file may be wrong, and a wrong one would hide rows.
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), start=1):
        cells = tuple(_cell(cell) for cell in row)
        if any(cell.value not in (None, "") for cell in cells):
            if number > MOST_ROWS:
                raise RosterError((_too_long(sheet.title),))
            yield number, cells


def _cell(cell: Any) -> Cell:
    flaw = {"f": "formula", "e": "error"}.get(getattr(cell, "data_type", ""), "")
    return Cell(cell.value, flaw)


def _too_long(title: str) -> Problem:
    return Problem(
        title, MOST_ROWS + 1, "", "行数过多", f"{MOST_ROWS} 行以内", "请分成几个文件依次导入。"
    )
