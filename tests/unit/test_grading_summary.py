"""The table at the end of a run of grading."""

import io

from rich.console import Console

from grading.outcome import FAILED, GRADED, SKIPPED, WAITING, Outcome
from grading.summary import summary

OUTCOMES = [
    Outcome("欧阳丨䶮", GRADED),
    Outcome("u02", GRADED),
    Outcome("u03", WAITING),
    Outcome("u05", FAILED, reason="笔记本不是 JSON [第 1 行]"),
    Outcome("u04", FAILED, reason="磁盘已满"),
]


def table(outcomes: list[Outcome]) -> list[list[str]]:
    """Cells of the printed rows."""
    console = Console(file=io.StringIO(), width=200, color_system=None)
    console.print(summary(outcomes, "L1"))
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    return [[cell.strip() for cell in line.strip("│").split("│")] for line in lines if "│" in line]


def test_it_counts_each_state_and_names_who_failed_and_why() -> None:
    assert table(OUTCOMES) == [
        ["《L1》", "已批完", "2", "", ""],
        ["", "待人工批改", "1", "", ""],
        ["", "没有变化，没有重批", "0", "", ""],
        ["", "没有批成", "2", "u04", "磁盘已满"],
        ["", "", "", "u05", "笔记本不是 JSON [第 1 行]"],
    ]


def test_a_run_without_a_failure_says_so_with_a_nought() -> None:
    rows = table([Outcome("u01", SKIPPED)])
    assert rows[-1][:3] == ["", "没有批成", "0"]
