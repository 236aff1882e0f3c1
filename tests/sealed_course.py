"""Sealed courses for tests: graded in this process, scores read from the gradebook."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from grading.autograding import run_of
from grading.doctor.course import ASSIGNMENT
from grading.outcome import Outcome


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
