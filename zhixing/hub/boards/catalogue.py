"""Catalogue: the boards there are and whom each is for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Board:
    """One board; ``roles`` empty means everybody."""

    name: str
    title: str
    detail: str
    roles: frozenset[str]

    @property
    def notebook(self) -> str:
        """File in the dashboards folder."""
        return f"{self.name}.ipynb"

    def is_for(self, roles: frozenset[str]) -> bool:
        """Whether somebody with these roles may open it; nobody without any role may."""
        return bool(roles) and (not self.roles or bool(self.roles & roles))


BOARDS = (
    Board(
        "zonglan",
        "总览",
        "本级以下各单位的学习进度、完成情况、等待批改和名单。",
        frozenset({"street_admin", "district_admin"}),
    ),
    Board("xuexi", "我的学习", "自己各讲的进度、得分和成绩。", frozenset()),
    Board(
        "paiban",
        "排班工作台",
        "书记课堂第七讲的排班：勾人、看缺口，排好了在这里提交。",
        frozenset({"cadre"}),
    ),
)
