"""Summary: the table at the end of a run of grading."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from grading.outcome import FAILED, GRADED, SKIPPED, WAITING, Outcome

TALK = {
    GRADED: "已批完",
    WAITING: "待人工批改",
    SKIPPED: "没有变化，没有重批",
    FAILED: "没有批成",
}

UNWRAPPED = 10_000
"""Columns where no terminal wraps lines: what looks for a word must find it whole."""


def summary(outcomes: Sequence[Outcome], assignment: str) -> Table:
    """How many hand-ins of an assignment are in each state; who was not graded, and why."""
    table = Table("作业", "结果", "份数", "学员", "原因", title="批改小结", title_justify="left")
    title = f"《{escape(assignment)}》"
    for state, word in TALK.items():
        found = sorted(
            (one for one in outcomes if one.state == state), key=lambda one: one.username
        )
        if state != FAILED or not found:
            table.add_row(title, word, str(len(found)), "", "")
        for number, one in enumerate(found if state == FAILED else (), start=1):
            first = (title, word, str(len(found))) if number == 1 else ("", "", "")
            table.add_row(*first, escape(one.username), escape(one.reason))
        title = ""
    return table


def print_summary(outcomes: Sequence[Outcome], assignment: str) -> None:
    """Print the table as talk: standard output is for the outcomes themselves."""
    width = None if sys.stderr.isatty() else UNWRAPPED
    Console(stderr=True, width=width).print(summary(outcomes, assignment))
