"""Handout: the list of one-time passwords, in a new file that only its owner can read."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable
from pathlib import Path

import xlsxwriter

from zhixing.errors import ZhixingError
from zhixing.roster.importing import NewAccount

HEADER = ("登录名", "姓名", "单位", "一次性密码")


class HandoutError(ZhixingError):
    """A password list that cannot be written; says why and what to do."""


def write_handout(path: Path, accounts: Iterable[NewAccount]) -> None:
    """Write the list and wait until it is on disk; ``.csv`` or ``.xlsx`` by the file's name.

    Raises
    ------
    HandoutError
        If the file exists (it may hold passwords nobody else knows) or cannot be written.
    """
    rows = [(row.username, row.name, row.unit, row.password) for row in accounts]
    content = _csv(rows) if path.suffix == ".csv" else _excel(rows)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise HandoutError(f"{path} 已存在，里面可能有尚未发出的密码。请换一个文件名。") from error
    except OSError as error:
        raise HandoutError(f"写不了 {path}({error.strerror})。请换一个可写的位置。") from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _csv(rows: list[tuple[str, str, str, str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([HEADER, *rows])
    # The mark at the front is how Excel knows that the Chinese is UTF-8.
    return text.getvalue().encode("utf-8-sig")


def _excel(rows: list[tuple[str, str, str, str]]) -> bytes:
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("一次性密码")
    sheet.write_row(0, 0, HEADER, book.add_format({"bold": True}))
    for number, row in enumerate(rows, start=1):
        sheet.write_row(number, 0, row)
    sheet.set_column(0, 3, 24)
    sheet.freeze_panes(1, 0)
    book.close()
    return content.getvalue()
