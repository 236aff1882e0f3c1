"""The sheets and columns of a roster file: one table for template, reader and documentation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from zhixing.person import POSTS, RANKS, ROLES
from zhixing.unit import TREES, kind_titles

YES, NO = "是", "否"
EXAMPLE_MARK = "示例"
"""A row whose first cell begins with this is an example, and the import passes it by."""


@dataclass(frozen=True)
class Column:
    """One column.

    Parameters
    ----------
    kind
        ``code``, ``codes`` (several, separated), ``username``, ``usernames``, ``name``,
        ``choice`` or ``date``.
    choices
        What a ``choice`` cell may hold.
    default
        What an empty cell of a column that is not required means.
    """

    title: str
    field: str
    kind: str
    note: str
    example: str
    is_required: bool = True
    choices: tuple[str, ...] = ()
    default: str = ""
    width: int = 18


@dataclass(frozen=True)
class Sheet:
    """One sheet: a table with its headers in the first row."""

    title: str
    noun: str
    columns: tuple[Column, ...]

    def column(self, title: str) -> Column | None:
        """Column of this header, or None."""
        return next((column for column in self.columns if column.title == title), None)

    def title_of(self, field: str) -> str:
        """Header of this field."""
        return next(column.title for column in self.columns if column.field == field)


UNITS = Sheet(
    "单位",
    "unit",
    (
        Column("单位编码", "code", "code", "本单位自定，不重复，今后不改", "示例-JD01"),
        Column("单位名称", "name", "name", "全称", "清河街道", width=28),
        Column(
            "树", "tree", "choice", "属地与党组织分两棵树", "属地", choices=tuple(TREES.values())
        ),
        Column(
            "类别",
            "kind",
            "choice",
            "属地:"
            + "、".join(kind_titles("place"))
            + ";党组织:"
            + "、".join(kind_titles("party")),
            "街道",
            choices=kind_titles("place") + kind_titles("party"),
        ),
        Column(
            "上级编码",
            "parent",
            "code",
            "同一棵树的上级；最高一级留空",
            "示例-Q",
            is_required=False,
        ),
        Column(
            "对应属地编码",
            "places",
            "codes",
            "仅党组织填写：在哪些属地开展工作，多个用顿号隔开",
            "",
            is_required=False,
            width=28,
        ),
    ),
)

PERSONS = Sheet(
    "人员",
    "person",
    (
        Column(
            "人员编码", "key", "code", "本单位自定，不重复，今后不改；不要填身份证号", "示例-0001"
        ),
        Column(
            "登录名",
            "username",
            "username",
            "小写字母开头,2 至 31 位小写字母、数字、点、横线",
            "zhangsan",
        ),
        Column("姓名", "name", "name", "姓名或代称", "张三"),
        Column("单位编码", "unit", "code", "“单位”表中的属地", "示例-JD01"),
        Column("党组织编码", "party_unit", "code", "“单位”表中的党组织", "", is_required=False),
        Column(
            "岗位", "post", "choice", "从下拉列表选", POSTS[0], is_required=False, choices=POSTS
        ),
        Column(
            "职级",
            "rank",
            "choice",
            "从下拉列表选",
            RANKS[-1],
            is_required=False,
            choices=RANKS,
            width=30,
        ),
        Column(
            "在岗",
            "is_active",
            "choice",
            "填“否”即停用账号，学习记录保留；留空为“是”",
            YES,
            is_required=False,
            choices=(YES, NO),
            default=YES,
            width=8,
        ),
    ),
)

ROLE_ROWS = Sheet(
    "角色",
    "role",
    (
        Column("登录名", "username", "username", "“人员”表中的登录名", "示例-zhangsan"),
        Column(
            "角色", "role", "choice", "一人多个角色时写多行", "学员", choices=tuple(ROLES.values())
        ),
        Column(
            "单位编码",
            "unit",
            "code",
            "街道组织部门填所管街道，区组织部门填所管区，其余留空",
            "",
            is_required=False,
        ),
        Column(
            "有效",
            "is_valid",
            "choice",
            "填“否”即收回这个角色；留空为“是”",
            YES,
            is_required=False,
            choices=(YES, NO),
            default=YES,
            width=8,
        ),
    ),
)

COHORTS = Sheet(
    "班次",
    "cohort",
    (
        Column("班次名称", "title", "name", "不重复，今后不改", "示例 2026 年秋季班", width=32),
        Column("课程", "course", "code", "课程文件夹的名称", "shujiketang"),
        Column("开班日期", "opens", "date", "当日 0 时起可学习", "2026-09-01", width=14),
        Column("结班日期", "closes", "date", "当日 24 时止", "2026-12-31", width=14),
        Column(
            "教员登录名",
            "trainers",
            "usernames",
            "多个用顿号隔开；不在此列的教员看不到本班",
            "wanglaoshi",
            is_required=False,
            width=28,
        ),
    ),
)

MEMBERS = Sheet(
    "班次学员",
    "member",
    (
        Column("班次名称", "cohort", "name", "“班次”表中的名称", "示例 2026 年秋季班", width=32),
        Column("登录名", "username", "username", "有学员角色的人员", "zhangsan"),
    ),
)

SHEETS = (UNITS, PERSONS, ROLE_ROWS, COHORTS, MEMBERS)
"""Every sheet, in the order in which it is read and written."""

SHEET_OF: Mapping[str, Sheet] = {sheet.noun: sheet for sheet in SHEETS}
