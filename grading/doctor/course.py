"""Course: a small one that the doctor makes, releases and attacks; gone afterwards."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grading.bench.sides import write_config
from grading.doctor.attacks import PLAIN
from zhixing.errors import ZhixingError

ASSIGNMENT = "ps1"
BOOK = "p.ipynb"
CANARY = "-".join(("the", "hidden", "answer", "42"))
"""Stands in the hidden tests and nowhere else, not even whole in this file."""

HIDDEN = f"""
found = total([1, 2, 3])
assert found == 6
### BEGIN HIDDEN TESTS
secret = {CANARY!r}
assert total([10, 20]) == 30
assert total([]) == 0
### END HIDDEN TESTS"""


def attacked_course(folder: Path) -> Path:
    """Write and release a course with one function to write and one number to give."""
    return released_course(
        folder,
        [
            code("import pandas as pd\nlist_given = [1, 2, 3]"),
            solution("s-total", PLAIN),
            check("t-total", HIDDEN),
            solution("s-number", "number = 7"),
            check("t-number", "assert number == 7"),
        ],
    )


def released_course(folder: Path, cells: list[dict[str, Any]]) -> Path:
    """Write a course whose one notebook has these cells, and release it with stock nbgrader.

    Raises
    ------
    ZhixingError
        If nbgrader does not release it.
    """
    place = folder / "source" / ASSIGNMENT
    place.mkdir(parents=True, exist_ok=True)
    spec = {"display_name": "Python 3", "language": "python", "name": "python3"}
    for number, cell in enumerate(cells):
        cell["id"] = f"c{number}"
    book = {"cells": cells, "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 5}
    (place / BOOK).write_text(json.dumps(book, ensure_ascii=False))
    write_config(folder)
    ran = subprocess.run(  # noqa: S603 - a fixed program
        [sys.executable, "-m", "nbgrader", "generate_assignment", ASSIGNMENT, "--create"],
        cwd=folder,
        capture_output=True,
        text=True,
        env={
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}/usr/bin{os.pathsep}/bin",
            "HOME": str(folder),
        },
        check=False,
    )
    if ran.returncode != 0:
        raise ZhixingError(f"nbgrader 没有发布演练用的课程：{ran.stderr[-2000:]}")
    return folder


def hand_in(folder: Path, username: str, sources: Mapping[str, str]) -> Path:
    """Hand in the released notebook with these solution cells."""
    book = json.loads((folder / "release" / ASSIGNMENT / BOOK).read_bytes())
    for cell in book["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        cell["source"] = sources.get(name, cell["source"])
    place = folder / "submitted" / username / ASSIGNMENT
    place.mkdir(parents=True, exist_ok=True)
    (place / BOOK).write_text(json.dumps(book))
    (place / "timestamp.txt").write_text("2026-11-20 10:30:15 UTC")
    return place


def forget(folder: Path, username: str) -> None:
    """Remove what somebody handed in, links as links: what they lead to is a peer's."""
    place = folder / "submitted" / username
    if place.is_symlink():
        place.unlink()
    elif place.exists():
        shutil.rmtree(place)


def code(source: str, name: str = "", **fields: Any) -> dict[str, Any]:
    """A code cell; with a name one that nbgrader knows."""
    told = {"grade": False, "locked": False, "solution": False, "task": False, **fields}
    metadata = {"nbgrader": {"schema_version": 3, "cell_type": "code", "grade_id": name, **told}}
    return {
        "cell_type": "code",
        "source": source,
        "metadata": metadata if name else {},
        "outputs": [],
        "execution_count": None,
    }


def solution(name: str, source: str) -> dict[str, Any]:
    """A cell that a learner fills in."""
    return code(f"### BEGIN SOLUTION\n{source}\n### END SOLUTION", name, solution=True)


def check(name: str, source: str, points: float = 2) -> dict[str, Any]:
    """A test cell."""
    return code(source, name, grade=True, locked=True, points=points)
