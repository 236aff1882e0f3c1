"""A small roster that is right, and Excel files of it with what a test changes."""

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl

from zhixing.roster.template import write_template

UNITS = [
    ["Q", "明川区", "属地", "区", None, None],
    ["S1", "听雨街道", "属地", "街道", "Q", None],
    ["S2", "南桥街道", "属地", "街道", "Q", None],
    # A child before its parent, and codes with zeros in front and full-width digits.
    ["00７", "和畅社区 ", "属地", "社区", "S1", None],
    ["PQ", "明川区委", "党组织", "区委", None, "Q"],
    ["PS1", "听雨街道党工委", "党组织", "街道党工委", "PQ", "S1、007"],
]
PERSONS = [
    ["0001", "li", "李　龑", "007", "PS1", "社区书记", "非公务员", "是"],
    ["0002", "wang", "王𠮷䶮", "S1", None, None, None, None],
    [
        "0003",
        "zhao",
        "阿依古丽·买买提明",
        "S1",
        "PS1",
        "街道干部",
        "乡科级及一级主任科员以下",
        None,
    ],
]
ROLES = [["li", "学员"], ["wang", "教员"], ["zhao", "街道组织部门", "S1"], ["zhao", "学员"]]
COHORTS = [["听雨街道班", "shujiketang", "2026年9月1日", date(2026, 12, 31), "wang"]]
MEMBERS = [["听雨街道班", "li"], ["听雨街道班", "zhao"]]

Sheets = dict[str, list[list[Any]]]
GOOD: Sheets = {
    "单位": UNITS,
    "人员": PERSONS,
    "角色": ROLES,
    "班次": COHORTS,
    "班次学员": MEMBERS,
}


def write_book(path: Path, **changed: list[list[Any]]) -> Path:
    """Write a roster file from the template, as a clerk fills it in."""
    path.unlink(missing_ok=True)
    write_template(path)
    book = openpyxl.load_workbook(path)
    for title, rows in {**GOOD, **changed}.items():
        for row in rows:
            book[title].append(row)
    book.save(path)
    return path
