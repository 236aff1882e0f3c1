"""Item book: the item report as an Excel file, numbers as numbers."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter

from zhixing.classroom.itemreport import ItemReport, ItemView, ShareView

COLUMNS = (
    *("题号", "编号", "题型", "题目", "首答人数", "首答全对", "首答全对率", "区间下限", "区间上限"),
    *("平均得分率", "平均作答次数", "区分度", "难度(模型)", "斜率(模型)", "说明"),
)
CHOICE_COLUMNS = (
    *("题号", "选项", "内容", "正确", "选的人", "首答人数", "比例", "区间下限", "区间上限"),
    "选它的人其余题得分率",
)
NOTE = (
    "只看每人第一次作答。比例的区间是 95% 威尔逊区间；区分度是本题得分与其余题平均得分的相关系数。"
    "空格表示数据不足。这份表看的是题目，不用来评价学员。"
)


def book_from_report(report: ItemReport) -> bytes:
    """Write the report: questions, options, and a sheet that says what the columns are."""
    buffer = io.BytesIO()
    # A learner's text must not become a formula.
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        head = book.add_format({"bold": True})
        _sheet(book, "题目", head, COLUMNS, [_row(item) for item in report.items])
        choices = [row for item in report.items for row in _choice_rows(item)]
        _sheet(book, "选项", head, CHOICE_COLUMNS, choices)
        classes = "、".join(cohort["title"] for cohort in report.cohorts)
        about = book.add_worksheet("说明")
        for number, line in enumerate((report.title, f"班次：{classes}", NOTE)):
            about.write_string(number, 0, line)
    return buffer.getvalue()


def _sheet(
    book: Any, name: str, head: Any, columns: tuple[str, ...], rows: list[list[Any]]
) -> None:
    sheet = book.add_worksheet(name)
    sheet.write_row(0, 0, columns, head)
    for number, row in enumerate(rows, start=1):
        sheet.write_row(number, 0, row)
    sheet.freeze_panes(1, 0)
    sheet.autofit()


def _row(item: ItemView) -> list[Any]:
    found = item.discrimination
    return [
        *(item.number, item.id, item.kind, item.prompt, item.people),
        *_of_share(item.right),
        *(item.facility, item.tries, found["value"] if found else None),
        *(item.difficulty, item.slope),
        "".join(remark.text for remark in item.remarks),
    ]


def _of_share(share: ShareView | None) -> tuple[Any, ...]:
    if share is None:
        return (None,) * 4
    return (share.count, share.value, share.low, share.high)


def _choice_rows(item: ItemView) -> list[list[Any]]:
    return [
        [
            *(item.number, one.id, one.text, "是" if one.is_right else ""),
            *(one.share.count, one.share.total, one.share.value, one.share.low, one.share.high),
            one.rest,
        ]
        for one in item.choices
    ]
