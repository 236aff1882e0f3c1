"""A generated pandas assignment: six test cells, one of them partial, and one written answer."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ASSIGNMENT = "ps1"
POINTS = {"t-clean": 2, "t-count": 2, "t-rate": 2, "t-group": 3, "t-join": 3, "t-parts": 4}

GIVEN = """import numpy as np
import pandas as pd

rng = np.random.default_rng(7)
people = pd.DataFrame({
    "编码": [f"RY{n:04d}" for n in range(400)],
    "楼栋": rng.integers(1, 21, 400),
    "在册": rng.random(400) < 0.6,
    "在住": rng.random(400) < 0.7,
})
grids = [f"第{n % 5 + 1}网格" for n in range(20)]
buildings = pd.DataFrame({"楼栋": range(1, 21), "网格": grids})"""

SOLUTIONS = {
    "clean": (
        'def clean(table):\n    return table.drop_duplicates("编码").reset_index(drop=True)',
        "def clean(table):\n    return table",
    ),
    "count": (
        'both = int((people["在册"] & people["在住"]).sum())',
        'both = int(people["在册"].sum())',
    ),
    "rate": (
        'rate = round(float(people["在住"].mean()), 4)',
        'rate = float(people["在住"].sum())',
    ),
    "group": (
        'def per_building(table):\n    return table.groupby("楼栋")["在住"].sum()',
        'def per_building(table):\n    return table.groupby("楼栋")["在册"].sum()',
    ),
    "join": (
        'def per_grid(table, houses):\n    joined = table.merge(houses, on="楼栋")\n'
        '    return joined.groupby("网格").size().to_dict()',
        "def per_grid(table, houses):\n    raise ValueError('不会')",
    ),
    "parts": (
        "def share(a, b):\n    return 0.0 if b == 0 else a / b",
        "def share(a, b):\n    return a / b if b else 1.0",
    ),
}
"""A right and a wrong solution of each cell."""

TESTS = {
    "clean": """doubled = pd.concat([people, people.head(5)])
assert len(clean(doubled)) == len(people)
### BEGIN HIDDEN TESTS
assert list(clean(doubled)["编码"]) == list(people["编码"])
### END HIDDEN TESTS""",
    "count": 'assert both == int((people["在册"] & people["在住"]).sum())',
    "rate": "assert 0 <= rate <= 1\nassert abs(rate - people['在住'].mean()) < 0.001",
    "group": """pd.testing.assert_series_equal(
    per_building(people), people[people["在住"]].groupby("楼栋").size(),
    check_names=False, check_dtype=False)""",
    "join": """found = per_grid(people, buildings)
assert sum(found.values()) == len(people)
### BEGIN HIDDEN TESTS
assert set(found) == set(buildings["网格"])
### END HIDDEN TESTS""",
    "parts": """points = 0
points += 1 if share(1, 2) == 0.5 else 0
points += 1 if share(3, 4) == 0.75 else 0
points += 2 if share(1, 0) == 0.0 else 0
points""",
}


def write_code_course(folder: Path) -> None:
    """Write the sources of the assignment."""
    cells = [_text("# 底数练习"), _code(GIVEN)]
    for name, (right, _) in SOLUTIONS.items():
        solution = f"### BEGIN SOLUTION\n{right}\n### END SOLUTION"
        cells.append(_code(solution, grade_id=f"s-{name}", solution=True))
        cells.append(_code(TESTS[name], grade_id=f"t-{name}", grade=True, locked=True))
    cells.append(
        _text("（在这里写建议）", grade_id="w-advice", grade=True, solution=True, points=5)
    )
    place = folder / "source" / ASSIGNMENT
    place.mkdir(parents=True)
    (place / "p.ipynb").write_text(json.dumps(_notebook(cells), ensure_ascii=False))


def write_code_hand_ins(folder: Path, usernames: Sequence[str]) -> None:
    """Hand in what was released, each cell right, wrong or left, drawn by seed."""
    released = json.loads((folder / "release" / ASSIGNMENT / "p.ipynb").read_bytes())
    for number, username in enumerate(usernames):
        rng = random.Random(number)  # noqa: S311 - no secret
        for cell in released["cells"]:
            grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
            if grade_id.startswith("s-"):
                right, wrong = SOLUTIONS[grade_id.removeprefix("s-")]
                # Each says who wrote it, so that no hand-in is like another.
                chosen = rng.choices([right, wrong], [4, 1])[0]
                cell["source"] = f"# {username}\n{chosen}"
            elif grade_id == "w-advice":
                cell["source"] = f"{username}：每周三入户核对底数。"
        place = folder / "submitted" / username / ASSIGNMENT
        place.mkdir(parents=True)
        (place / "p.ipynb").write_text(json.dumps(released, ensure_ascii=False))
        (place / "timestamp.txt").write_text("2026-11-20 10:30:15 UTC")


def _notebook(cells: list[dict[str, Any]]) -> dict[str, Any]:
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    spec = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": spec, "language_info": {"name": "python"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _code(source: str, **fields: Any) -> dict[str, Any]:
    metadata = _metadata(fields, "code")
    outputs: dict[str, Any] = {"outputs": [], "execution_count": None}
    return {"cell_type": "code", "source": source, "metadata": metadata, **outputs}


def _text(source: str, **fields: Any) -> dict[str, Any]:
    return {"cell_type": "markdown", "source": source, "metadata": _metadata(fields, "markdown")}


def _metadata(fields: dict[str, Any], cell_type: str) -> dict[str, Any]:
    if not fields:
        return {}
    told = {"grade": False, "locked": False, "solution": False, "task": False, **fields}
    if told["grade"]:
        told.setdefault("points", POINTS.get(told["grade_id"]))
    return {"nbgrader": {"schema_version": 3, "cell_type": cell_type, **told}}
