"""A small sealed course of one task, and hand-ins to it."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grading.autograding import run_of
from grading.bench.sides import write_config
from grading.outcome import Outcome

ASSIGNMENT = "ps1"


def sealed_course(folder: Path, cells: list[dict[str, Any]]) -> Path:
    """Write and release a course whose one notebook has these cells."""
    place = folder / "source" / ASSIGNMENT
    place.mkdir(parents=True)
    spec = {"display_name": "Python 3", "language": "python", "name": "python3"}
    for number, cell in enumerate(cells):
        cell["id"] = f"c{number}"
    book = {"cells": cells, "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 5}
    (place / "p.ipynb").write_text(json.dumps(book, ensure_ascii=False))
    write_config(folder)
    call = [sys.executable, "-m", "nbgrader", "generate_assignment", ASSIGNMENT, "--create"]
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    subprocess.run(
        call, cwd=folder, check=True, capture_output=True, env={"PATH": path, "HOME": str(folder)}
    )
    return folder


def code(source: str, name: str = "", **fields: Any) -> dict[str, Any]:
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
    return code(f"### BEGIN SOLUTION\n{source}\n### END SOLUTION", name, solution=True)


def check(name: str, source: str, points: float = 2) -> dict[str, Any]:
    return code(source, name, grade=True, locked=True, points=points)


def hand_in(folder: Path, username: str, sources: Mapping[str, str]) -> Path:
    """Hand in the released notebook with these solution cells."""
    book = json.loads((folder / "release" / ASSIGNMENT / "p.ipynb").read_bytes())
    for cell in book["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        cell["source"] = sources.get(name, cell["source"])
    place = folder / "submitted" / username / ASSIGNMENT
    place.mkdir(parents=True, exist_ok=True)
    (place / "p.ipynb").write_text(json.dumps(book, ensure_ascii=False))
    (place / "timestamp.txt").write_text("2026-11-20 10:30:15 UTC")
    return place


def graded(folder: Path, *usernames: str, jobs: int = 1, again: bool = True) -> list[Outcome]:
    """Grade sealed, in this process, as the command does it."""
    run = run_of(folder, ASSIGNMENT, "sealed")
    return list(run.outcomes(run.plan(usernames, again=again), jobs))


def scores(folder: Path, username: str) -> dict[str, float | None]:
    """Auto score of every grade cell of a person."""
    connection = sqlite3.connect(folder / "gradebook.db")
    try:
        rows = connection.execute(
            "SELECT c.name, g.auto_score FROM grade g JOIN base_cell c ON c.id = g.cell_id"
            " JOIN submitted_notebook b ON b.id = g.notebook_id"
            " JOIN submitted_assignment s ON s.id = b.assignment_id WHERE s.student_id = ?",
            (username,),
        ).fetchall()
    finally:
        connection.close()
    return dict(rows)
