"""Cells: from what Excel stored to what was meant, or to what is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime

from zhixing.person import USERNAME
from zhixing.roster.sheets import Column
from zhixing.roster.workbook import Cell, Value

Clean = str | date | tuple[str, ...]
"""What a cell becomes: a text, a date, or several codes or names."""

LONGEST_NAME = 100
LARGEST_EXACT = 10**15
"""Excel keeps 15 digits; a longer number has already lost its last ones."""

_CODE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_BETWEEN_HAN = re.compile(
    r"(?<=[\u2e80-\u9fff\U00020000-\U0003ffff])\s+(?=[\u2e80-\u9fff\U00020000-\U0003ffff])"
)


class CellError(ValueError):
    """A cell that cannot be read: what was found, expected, and the next step."""

    def __init__(self, found: str, expected: str, next_step: str = "请更正后重新导入。") -> None:
        self.found = found
        self.expected = expected
        self.next = next_step
        super().__init__(found)


def shown_text(value: Value) -> str:
    """The value as text, for an error message and for the check of private numbers."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def clean_cell(cell: Cell, column: Column) -> Clean:
    """Read a cell by its column's kind.

    Raises
    ------
    CellError
        If it holds a formula or an error, is empty but required, or does not fit.
    """
    _require_plain(cell)
    if column.kind == "date" and isinstance(cell.value, date):
        return _day(cell.value)
    text = _stripped(_text(cell.value, column)) or column.default
    if text:
        is_choice = column.kind == "choice"
        return _choice(text, column.choices) if is_choice else _CLEANERS[column.kind](text)
    if column.is_required:
        raise CellError("没有填", column.note, "请补上；如有合并单元格，请先取消合并。")
    return () if column.kind in ("codes", "usernames") else ""


def _require_plain(cell: Cell) -> None:
    if cell.flaw == "formula":
        raise CellError(
            "单元格里是公式", "文字或数字", "请复制这一列，用“选择性粘贴—数值”贴回原处。"
        )
    if cell.flaw == "error":
        raise CellError(f"单元格里是错误值 {cell.value}", "文字或数字")


def _text(value: Value, column: Column) -> str:
    if isinstance(value, bool):
        raise CellError(f"填的是 {str(value).upper()}", column.note)
    if isinstance(value, date):
        raise CellError(
            f"Excel 把它变成了日期 {_day(value)}",
            column.note,
            "请把这一列设为“文本”格式后重新填写。",
        )
    if isinstance(value, int | float) and (value != int(value) or abs(value) >= LARGEST_EXACT):
        raise CellError(f"填的是数字 {value}", column.note, "请把这一列设为“文本”格式后重新填写。")
    return shown_text(value)


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _stripped(text: str) -> str:
    cleaned = _INVISIBLE.sub("", text).strip()
    if any(unicodedata.category(letter) == "Cc" for letter in cleaned):
        raise CellError("单元格里有换行或控制字符", "一行文字", "请删去换行后重新导入。")
    return cleaned


def _code(text: str) -> str:
    code = unicodedata.normalize("NFKC", text)
    if not _CODE.fullmatch(code):
        raise CellError(f"填的是“{text}”", "字母、数字、横线、下划线组成的编码，最多 64 位")
    return code


def _username(text: str) -> str:
    username = unicodedata.normalize("NFKC", text)
    if not USERNAME.fullmatch(username):
        raise CellError(
            f"填的是“{text}”", "小写字母开头的 2 至 31 位小写字母、数字、点、横线、下划线"
        )
    return username


def _name(text: str) -> str:
    # Not NFKC: it would turn rare characters of people's names into other ones.
    name = re.sub(r"\s+", " ", _BETWEEN_HAN.sub("", text))
    if len(name) > LONGEST_NAME:
        raise CellError(f"共 {len(name)} 个字", f"{LONGEST_NAME} 个字以内")
    if name[0] in "=+-@":
        raise CellError(f"填的是“{name}”", "以文字开头的名称")
    return name


def _choice(text: str, choices: tuple[str, ...]) -> str:
    folded = unicodedata.normalize("NFKC", text).replace(" ", "")
    for choice in choices:
        if unicodedata.normalize("NFKC", choice) == folded:
            return choice
    raise CellError(f"填的是“{text}”", "、".join(choices), "请从下拉列表中选一项。")


def _date(text: str) -> date:
    found = _DATE.fullmatch(unicodedata.normalize("NFKC", text).replace(" ", ""))
    try:
        return date(*map(int, found.groups())) if found else _no_date(text)
    except ValueError as error:
        raise CellError(f"填的是“{text}”", "日历上有的日期，如 2026-09-01") from error


def _no_date(text: str) -> date:
    raise CellError(f"填的是“{text}”", "日期，如 2026-09-01")


def _several(one: Callable[[str], str]) -> Callable[[str], tuple[str, ...]]:
    def clean(text: str) -> tuple[str, ...]:
        parts = re.split(r"[\s、,;]+", unicodedata.normalize("NFKC", text))
        return tuple(dict.fromkeys(one(part) for part in parts if part))

    return clean


_CLEANERS: Mapping[str, Callable[[str], Clean]] = {
    "code": _code,
    "codes": _several(_code),
    "username": _username,
    "usernames": _several(_username),
    "name": _name,
    "date": _date,
}
