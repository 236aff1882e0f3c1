"""Reading: from raw rows to entries, with every mistake of every cell collected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from zhixing.person import role_from_title
from zhixing.roster.cells import CellError, Clean, clean_cell, shown_text
from zhixing.roster.entries import (
    CohortEntry,
    MemberEntry,
    PersonEntry,
    RoleEntry,
    Roster,
    UnitEntry,
)
from zhixing.roster.privacy import masked, private_number
from zhixing.roster.problem import Problem
from zhixing.roster.sheets import EXAMPLE_MARK, SHEETS, YES, Column, Sheet
from zhixing.roster.workbook import Cell, RawRow
from zhixing.unit import TREES, kind_from_title

Fields = dict[str, Clean]

_KEY_FIELDS = {"unit": ("code",), "person": ("username",), "cohort": ("title",)}


@dataclass(frozen=True)
class _Table:
    """One sheet as read: rows without a mistake of their own, and what the others name."""

    rows: tuple[tuple[int, Fields], ...] = ()
    mentioned: frozenset[str] = frozenset()
    examples: int = 0


def roster_from_sheets(
    sheets: Mapping[str, Sequence[RawRow]], timezone: str
) -> tuple[Roster, tuple[Problem, ...]]:
    """Entries of all sheets, and every mistake that a single row or header shows."""
    problems: list[Problem] = []
    tables = {sheet.noun: _read_table(sheet, sheets, problems) for sheet in SHEETS}
    zone = ZoneInfo(timezone)
    roster = Roster(
        units=tuple(_unit(row, fields) for row, fields in _units(tables["unit"], problems)),
        persons=tuple(_person(row, fields) for row, fields in tables["person"].rows),
        roles=tuple(_role(row, fields) for row, fields in tables["role"].rows),
        cohorts=tuple(_cohort(row, fields, zone) for row, fields in tables["cohort"].rows),
        members=tuple(MemberEntry(row, **_texts(fields)) for row, fields in tables["member"].rows),
        mentioned={noun: table.mentioned for noun, table in tables.items()},
        examples=sum(table.examples for table in tables.values()),
    )
    return roster, tuple(problems)


def _read_table(
    sheet: Sheet, sheets: Mapping[str, Sequence[RawRow]], problems: list[Problem]
) -> _Table:
    if sheet.title not in sheets:
        names = "、".join(sheets) or "无"
        problems.append(
            Problem(
                sheet.title,
                0,
                "",
                f"没有这张表(文件里有:{names})",
                f"名为“{sheet.title}”的表",
                "没有内容也要保留空表；请用模板重新填写。",
            )
        )
        return _Table()
    rows = sheets[sheet.title]
    columns = _read_header(sheet, rows, problems)
    if columns is None:
        return _Table()
    return _read_rows(sheet, columns, rows[1:], problems)


def _read_header(
    sheet: Sheet, rows: Sequence[RawRow], problems: list[Problem]
) -> list[Column | None] | None:
    """Column of each cell of a row, or None if the header cannot be used."""
    header = [shown_text(cell.value).strip() for cell in rows[0][1]] if rows else []
    found = list(_header_problems(sheet, header))
    problems.extend(found)
    return None if found else [sheet.column(title) for title in header]


def _header_problems(sheet: Sheet, header: list[str]) -> Iterator[Problem]:
    expected = "、".join(column.title for column in sheet.columns)
    for column in sheet.columns:
        if header.count(column.title) != 1:
            found = "表头里没有这一列" if column.title not in header else "表头里这一列出现了多次"
            yield Problem(
                sheet.title, 1, column.title, found, f"第 1 行为:{expected}", "请对照模板更正表头。"
            )
    for title in header:
        if title and sheet.column(title) is None:
            yield Problem(
                sheet.title,
                1,
                title,
                "多出了这一列",
                f"只有:{expected}",
                "请删去这一列；平台不需要的个人信息不要放进花名册。",
            )


def _read_rows(
    sheet: Sheet,
    columns: list[Column | None],
    rows: Sequence[RawRow],
    problems: list[Problem],
) -> _Table:
    clean: list[tuple[int, Fields]] = []
    mentioned: set[str] = set()
    examples = 0
    for number, cells in rows:
        if shown_text(cells[0].value).strip().startswith(EXAMPLE_MARK):
            examples += 1
            continue
        before = len(problems)
        fields = _read_row(sheet, number, columns, cells, problems)
        mentioned |= {str(fields[key]) for key in _KEY_FIELDS.get(sheet.noun, ()) if key in fields}
        if len(problems) == before:
            clean.append((number, fields))
    return _Table(tuple(clean), frozenset(mentioned), examples)


def _read_row(
    sheet: Sheet,
    number: int,
    columns: list[Column | None],
    cells: tuple[Cell, ...],
    problems: list[Problem],
) -> Fields:
    fields: Fields = {}
    padded = [*cells, *[Cell(None)] * (len(columns) - len(cells))]
    for place, cell in enumerate(padded):
        column = columns[place] if place < len(columns) else None
        try:
            fields |= _read_cell(cell, column)
        except CellError as error:
            title = column.title if column else f"第 {place + 1} 列"
            problems.append(
                Problem(sheet.title, number, title, error.found, error.expected, error.next)
            )
    return fields


def _read_cell(cell: Cell, column: Column | None) -> Fields:
    text = shown_text(cell.value)
    _require_not_private(text)
    if column is not None:
        return {column.field: clean_cell(cell, column)}
    if text.strip():
        raise CellError("这一格没有表头", "空白", "请删去多余的内容。")
    return {}


def _require_not_private(text: str) -> None:
    kind = private_number(text)
    if kind:
        raise CellError(
            f"“{masked(text.strip())}”像是{kind}",
            "不含身份证号和手机号",
            "平台不收集这类信息，请改用本单位自定的编码。",
        )


def _units(table: _Table, problems: list[Problem]) -> Iterator[tuple[int, Fields]]:
    """Rows of 单位 whose kind belongs to their tree, with identifiers for titles."""
    for row, fields in table.rows:
        tree = next(tree for tree, title in TREES.items() if title == fields["tree"])
        kind = kind_from_title(tree, str(fields["kind"]))
        if kind is not None:
            yield row, {**fields, "tree": tree, "kind": kind.id}
            continue
        found = f"“{fields['kind']}”不是{TREES[tree]}的类别"
        problems.append(
            Problem(
                "单位", row, "类别", found, f"与“树”一致({TREES[tree]})", "请更正“树”或“类别”。"
            )
        )


def _unit(row: int, fields: dict[str, Any]) -> UnitEntry:
    places = tuple(sorted(fields["places"]))
    return UnitEntry(row, places=places, **_texts(fields, "places"))


def _person(row: int, fields: Fields) -> PersonEntry:
    is_active = fields["is_active"] == YES
    return PersonEntry(row, is_active=is_active, **_texts(fields, "is_active"))


def _role(row: int, fields: Fields) -> RoleEntry:
    return RoleEntry(
        row,
        role=role_from_title(str(fields["role"])),
        is_valid=fields["is_valid"] == YES,
        **_texts(fields, "role", "is_valid"),
    )


def _cohort(row: int, fields: dict[str, Any], zone: ZoneInfo) -> CohortEntry:
    return CohortEntry(
        row,
        title=fields["title"],
        course=fields["course"],
        opens=_midnight(fields["opens"], zone),
        closes=_midnight(fields["closes"] + timedelta(days=1), zone),
        trainers=tuple(sorted(fields["trainers"])),
    )


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _texts(fields: Fields, *without: str) -> dict[str, str]:
    return {name: str(value) for name, value in fields.items() if name not in without}
