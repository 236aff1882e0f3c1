"""Template: an empty roster file with headers, lists to choose from, examples and a guide."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import xlsxwriter

from zhixing.roster.sheets import EXAMPLE_MARK, SHEETS, Column, Sheet

LAST_ROW = 5000
"""Rows for which the lists and formats are prepared."""

_INK, _GROUND, _HEADER, _REQUIRED = "#1f2430", "#f6f5f2", "#1d5b9b", "#b3261e"

_GUIDE = (
    "知行 · 人员花名册",
    "",
    "一、怎么填",
    "1. 依次填写“单位、人员、角色、班次、班次学员”五张表；没有内容的表保留空表，不要删。",
    "2. 红色表头必填，蓝色表头可空。不要改动表名和表头，不要合并单元格，不要用公式。",
    f"3. 第一格以“{EXAMPLE_MARK}”开头的行只作示范，导入时会跳过，可以留着。",
    "4. 编码列是“文本”格式，开头的 0 会保留；从别处粘贴时请“选择性粘贴—数值”。",
    "5. 可以只填要新增或修改的内容：文件里没有的人员和单位不会被删除。",
    "6. 停用一个人：在“人员”表把“在岗”填“否”。收回角色：在“角色”表把“有效”填“否”。",
    "7. 组织部门人员换了街道：写上新的街道编码即可，原来的随之收回。",
    "",
    "二、怎么导入(由系统管理员执行)",
    "1. 先检查，不写入:zhixing roster import 文件.xlsx --dry-run",
    "2. 再导入:zhixing roster import 文件.xlsx --passwords-out 密码.xlsx",
    "3. 有一处错误就整份不导入，并逐条说明在哪张表、哪一行、哪一列、怎样改。",
    "4. 新人员得到一次性密码，首次登录时必须修改；密码文件发放后请删除。",
    "",
    "三、个人信息",
    "不要填写身份证号、手机号、住址、照片、健康情况；疑似身份证号和手机号会被拒收。",
    "",
    "四、各列说明",
)


def write_template(path: Path) -> None:
    """Write the template to ``path``."""
    with xlsxwriter.Workbook(str(path)) as book:
        _write_guide(book)
        for sheet in SHEETS:
            _write_sheet(book, sheet)


def _write_guide(book: Any) -> None:
    page = book.add_worksheet("说明")
    page.hide_gridlines(2)
    page.set_column(0, 0, 14)
    page.set_column(1, 3, 18)
    page.set_column(4, 4, 90)
    title = book.add_format({"bold": True, "font_size": 18, "font_color": _INK})
    heading = book.add_format({"bold": True, "font_size": 12, "font_color": _HEADER})
    for number, line in enumerate(_GUIDE):
        style = title if number == 0 else heading if line[1:2] == "、" else None
        page.write_string(number, 0, line, style)
    _write_columns(book, page, len(_GUIDE))


def _write_columns(book: Any, page: Any, start: int) -> None:
    head = book.add_format({"bold": True, "bg_color": _GROUND, "bottom": 1})
    page.write_row(start, 0, ("表", "列", "必填", "示例", "怎么填"), head)
    rows = [(sheet, column) for sheet in SHEETS for column in sheet.columns]
    for number, (sheet, column) in enumerate(rows, start=start + 1):
        required = "必填" if column.is_required else "可空"
        page.write_row(
            number, 0, (sheet.title, column.title, required, column.example, column.note)
        )


def _write_sheet(book: Any, sheet: Sheet) -> None:
    page = book.add_worksheet(sheet.title)
    page.freeze_panes(1, 0)
    example = {"italic": True, "font_color": "#6b6b6b", "bg_color": _GROUND, "num_format": "@"}
    for place, column in enumerate(sheet.columns):
        color = _REQUIRED if column.is_required else _HEADER
        style = {"bold": True, "font_color": "#ffffff", "bg_color": color, "border": 1}
        # Text format keeps the zeros at the front of codes, and dates as they were typed.
        page.set_column(place, place, column.width, book.add_format({"num_format": "@"}))
        page.write_string(0, place, column.title, book.add_format(style))
        page.write_string(1, place, column.example, book.add_format(example))
        _write_validation(page, place, column)


def _write_validation(page: Any, place: int, column: Column) -> None:
    # Excel shows at most 32 characters of a title and 255 of a message.
    rule: dict[str, Any] = {"validate": "any"}
    if column.choices:
        rule = {
            "validate": "list",
            "source": list(column.choices),
            "error_title": f"请选择{column.title}",
            "error_message": "请从下拉列表中选一项。",
        }
    rule |= {"input_title": column.title, "input_message": column.note[:255]}
    page.data_validation(1, place, LAST_ROW, place, rule)
