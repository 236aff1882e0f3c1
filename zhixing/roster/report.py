"""Report: what an import found or did, for a person or for a machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from zhixing.roster.changes import KINDS, NOUNS, Change, Changes
from zhixing.roster.importing import Plan
from zhixing.roster.problem import RosterError
from zhixing.roster.sheets import SHEET_OF

MOST_SHOWN = 100
"""Lines of a list that a person reads; ``--json`` has them all."""


def problem_lines(error: RosterError) -> Iterator[str]:
    """The summary, then one line a problem."""
    yield str(error)
    yield from _cut([f"  {number}. {text}" for number, text in enumerate(error.problems, start=1)])


def plan_lines(plan: Plan, *, is_dry_run: bool) -> Iterator[str]:
    """Counts by noun and kind; a dry run also lists every change."""
    changes = plan.changes
    if is_dry_run:
        yield from _cut([_change_line(change) for change in changes.rows])
        yield from _cut([f"文件外 人员 {key}(保留不动)" for key in changes.left["person"]])
    for noun, title in NOUNS.items():
        counts = changes.counts[noun]
        shown = "  ".join(f"{KINDS[kind]} {counts[kind]}" for kind in KINDS)
        yield f"{title}:{shown}"
    if plan.roster.examples:
        yield f"跳过示例 {plan.roster.examples} 行。"
    yield _conclusion(changes, is_dry_run=is_dry_run)


def plan_json(plan: Plan, *, is_dry_run: bool) -> str:
    """The same as JSON; passwords are never in it."""
    return _json(
        {
            "status": "checked" if is_dry_run else "imported",
            "counts": plan.changes.counts,
            "changes": [asdict(change) for change in plan.changes.rows],
            "left": plan.changes.left,
            "examples": plan.roster.examples,
        }
    )


def problems_json(error: RosterError) -> str:
    """All problems as JSON."""
    return _json({"status": "refused", "problems": [asdict(item) for item in error.problems]})


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, default=str)


def _cut(lines: list[str]) -> Iterator[str]:
    yield from lines[:MOST_SHOWN]
    if len(lines) > MOST_SHOWN:
        yield f"  ……其余 {len(lines) - MOST_SHOWN} 条，加 --json 可看全部。"


def _conclusion(changes: Changes, *, is_dry_run: bool) -> str:
    if is_dry_run:
        return "检查通过，以上只是预览，未写入任何内容。"
    return "导入完成。" if changes.rows else "没有需要改动的内容，记录保持原样。"


def _change_line(change: Change) -> str:
    line = f"{KINDS[change.kind]} {NOUNS[change.noun]} {change.subject}"
    if change.kind != "changed":
        return line
    sheet = SHEET_OF[change.noun]
    parts = [
        f"{sheet.title_of(name)} {_shown(change.old[name])} → {_shown(value)}"
        for name, value in change.new.items()
    ]
    return f"{line}:{';'.join(parts)}"


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, tuple):
        return "、".join(value) or "空"
    return str(value) or "空"
