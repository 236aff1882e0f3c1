"""Case graph: whether states and choices make a case that can be walked and scored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from zhixing.case import AXES, Case, case_from_key
from zhixing.coursefiles.toml import Where

Row = Mapping[str, Any]
Fault = tuple[Where, str, str, str]
"""Path in the file, field as authors say it, what was found, what was expected."""


def graph_faults(states: Sequence[Row], choices: Sequence[Row]) -> Iterator[Fault]:
    """Everything that the shape of the file alone cannot tell."""
    faults = [*_twice("state", states), *_twice("choice", choices), *_dangling(states, choices)]
    if not faults:
        faults = [*_unreached(states, choices), *_cycles(states, choices)]
    yield from faults or _not_recommendable(states, choices)


def _twice(table: str, rows: Sequence[Row]) -> Iterator[Fault]:
    seen: set[str] = set()
    for place, row in enumerate(rows):
        if row["id"] in seen:
            found = f"{row['id']} 出现两次"
            yield (table, place, "id"), f"{table} {row['id']}", found, "每个编号只用一次"
        seen.add(row["id"])


def _dangling(states: Sequence[Row], choices: Sequence[Row]) -> Iterator[Fault]:
    known = [state["id"] for state in states]
    for place, choice in enumerate(choices):
        for field in ("state", "next"):
            if choice.get(field) and choice[field] not in known:
                named = f"choice {choice['id']} {field}"
                yield ("choice", place, field), named, choice[field], f"{'、'.join(known)} 之一"
    for place, state in enumerate(states):
        count = sum(choice["state"] == state["id"] for choice in choices)
        if count < 2:
            yield ("state", place), f"state {state['id']}", f"{count} 个选择", "至少 2 个选择"


def _unreached(states: Sequence[Row], choices: Sequence[Row]) -> Iterator[Fault]:
    reached = _reached(states[0]["id"], choices)
    for place, state in enumerate(states):
        if state["id"] not in reached:
            found = "从开头走不到"
            yield ("state", place), f"state {state['id']}", found, "有选择的 next 指向它"


def _reached(start: str, choices: Sequence[Row]) -> set[str]:
    reached, waiting = {start}, [start]
    while waiting:
        state = waiting.pop()
        after = {c["next"] for c in choices if c["state"] == state and c.get("next")} - reached
        reached |= after
        waiting += after
    return reached


def _cycles(states: Sequence[Row], choices: Sequence[Row]) -> Iterator[Fault]:
    for place, state in enumerate(states):
        after = {c["next"] for c in choices if c["state"] == state["id"] and c.get("next")}
        if any(state["id"] in _reached(one, choices) for one in after):
            found = "会走回到这里"
            yield ("state", place), f"state {state['id']}", found, "不绕圈，每条路都走到结束"


def _not_recommendable(states: Sequence[Row], choices: Sequence[Row]) -> Iterator[Fault]:
    case = _case(states, choices)
    totals = {path: sum(case.sums(path).values()) for path in case.paths()}
    best = [path for path, total in totals.items() if total == max(totals.values())]
    if len(best) > 1:
        found = "；".join("→".join(path) for path in best)
        expected = f"{'、'.join(AXES)} 合计最高的路只有一条"
        yield ("choice", 0), "推荐路径", found, expected
    for step in case.walk(best[0]) if len(best) == 1 else ():
        if step.forbidden:
            found, expected = f"推荐路径经过 {step.id}（forbidden）", "推荐路径上没有 forbidden"
            place = next(n for n, choice in enumerate(choices) if choice["id"] == step.id)
            yield ("choice", place), "推荐路径", found, expected


def _case(states: Sequence[Row], choices: Sequence[Row]) -> Case:
    return case_from_key(key_from_rows(states, choices, ""))


def key_from_rows(states: Sequence[Row], choices: Sequence[Row], ending: str) -> dict[str, Any]:
    """Key of the question that a case becomes; rows have their shape."""
    return {
        "start": states[0]["id"],
        "states": {state["id"]: state["text"] for state in states},
        "choices": [_choice(row) for row in choices],
        "ending": ending,
    }


def _choice(row: Row) -> dict[str, Any]:
    kept = {name: row[name] for name in ("id", "state", "text", "consequence")}
    vector = {axis: row[axis] for axis in AXES}
    forbidden = row.get("forbidden", False)
    return {**kept, "next": row.get("next", ""), "vector": vector, "forbidden": forbidden}
