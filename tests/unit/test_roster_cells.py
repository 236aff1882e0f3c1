"""A cell gives what the clerk meant, or says what is wrong with it."""

from datetime import date, datetime

import pytest

from zhixing.roster.cells import CellError, clean_cell
from zhixing.roster.sheets import COHORTS, PERSONS, UNITS, Column
from zhixing.roster.workbook import Cell, Value


def column(title: str) -> Column:
    for sheet in (UNITS, PERSONS, COHORTS):
        found = sheet.column(title)
        if found is not None:
            return found
    raise AssertionError(title)


@pytest.mark.parametrize(
    ("title", "value", "meant"),
    [
        ("单位编码", "０１２３　", "0123"),
        ("单位编码", " JD-01\u200b", "JD-01"),
        ("单位编码", 321002.0, "321002"),
        ("登录名", "zhang.san_2", "zhang.san_2"),
        ("姓名", "张　三", "张三"),
        ("姓名", "𠮷 龑", "𠮷龑"),
        ("姓名", "  阿依古丽·买买提 ", "阿依古丽·买买提"),
        ("姓名", "John  Smith", "John Smith"),
        ("姓名", "\ufa10", "\ufa10"),
        ("岗位", "社区 书记", "社区书记"),
        ("职级", "县处级及以上(含四级调研员)", "县处级及以上(含四级调研员)"),
        ("职级", "", ""),
        ("在岗", "", "是"),
        ("在岗", "否", "否"),
        ("开班日期", "2026年9月1日", date(2026, 9, 1)),
        ("开班日期", "2026/9/1", date(2026, 9, 1)),
        ("开班日期", "2026-09-01", date(2026, 9, 1)),
        ("开班日期", datetime(2026, 9, 1, 8), date(2026, 9, 1)),  # noqa: DTZ001 - as Excel has it
        ("教员登录名", "wang、li，zhao", ("wang", "li", "zhao")),
        ("教员登录名", None, ()),
        ("对应属地编码", "C1;C2 C1", ("C1", "C2")),
    ],
)
def test_a_cell_gives_what_the_clerk_meant(title: str, value: Value, meant: object) -> None:
    assert clean_cell(Cell(value), column(title)) == meant


@pytest.mark.parametrize(
    ("title", "cell", "found"),
    [
        ("单位编码", Cell(None), "没有填"),
        ("单位编码", Cell("和平社区"), "和平社区"),
        ("单位编码", Cell("A" * 65), "A" * 65),
        ("单位编码", Cell(1.5), "1.5"),
        ("单位编码", Cell(1e17), "1e+17"),
        ("单位编码", Cell(True), "TRUE"),
        ("单位编码", Cell(date(2026, 1, 2)), "变成了日期 2026-01-02"),
        ("登录名", Cell("ZhangSan"), "ZhangSan"),
        ("登录名", Cell("1zhang"), "1zhang"),
        ("登录名", Cell("a"), "“a”"),
        ("登录名", Cell("a" * 32), "a" * 32),
        ("登录名", Cell("张三"), "张三"),
        ("登录名", Cell("a/../b"), "a/../b"),
        ("姓名", Cell("张\n三"), "换行"),
        ("姓名", Cell("字" * 101), "101"),
        ("姓名", Cell('=HYPERLINK("x")'), "=HYPERLINK"),
        ("姓名", Cell("#N/A", "error"), "#N/A"),
        ("姓名", Cell("=A1", "formula"), "公式"),
        ("岗位", Cell("区长"), "区长"),
        ("开班日期", Cell("2026-02-30"), "2026-02-30"),
        ("开班日期", Cell("九月一日"), "九月一日"),
        ("开班日期", Cell(46000), "46000"),
    ],
)
def test_a_wrong_cell_says_what_was_found(title: str, cell: Cell, found: str) -> None:
    with pytest.raises(CellError) as caught:
        clean_cell(cell, column(title))
    assert found in caught.value.found
    assert caught.value.expected
    assert caught.value.next
