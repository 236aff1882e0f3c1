"""Problem: one thing a clerk has to put right in the roster file, by sheet, row and column."""

from __future__ import annotations

from dataclasses import dataclass

from zhixing.errors import ZhixingError


@dataclass(frozen=True)
class Problem:
    """One mistake; ``row`` counts as Excel does, 0 means the sheet or the file as a whole."""

    sheet: str
    row: int
    column: str
    found: str
    expected: str
    next: str

    def __str__(self) -> str:
        """One Chinese sentence: where, found, expected, next step."""
        place = f"“{self.sheet}”表" if self.sheet else "文件"
        place += f"第 {self.row} 行" if self.row else ""
        place += f"“{self.column}”列" if self.column else ""
        return f"{place}:{self.found};应为:{self.expected}。{self.next}"


class RosterError(ZhixingError):
    """A roster that was refused as a whole; ``problems`` are all that was found."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__(f"花名册有 {len(problems)} 处需要更正，未导入任何内容。")
