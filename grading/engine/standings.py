"""Standings: what the gradebook says of each person's submission, summed as nbgrader does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from grading.engine.digests import digests
from grading.engine.master import reflected


@dataclass(frozen=True)
class Standing:
    """A person's submission as it stands in the gradebook.

    Parameters
    ----------
    digest
        Of the files that its grades are of; empty where somebody else graded it.
    """

    timestamp: datetime | None
    score: float
    max_score: float
    needs_manual_grade: bool
    digest: str = ""


def standings(connection: Connection, assignment: str) -> dict[str, Standing]:
    """Every person's submission of an assignment, as nbgrader sums it up."""
    t = reflected(connection)
    submission, book, grade = t["submitted_assignment"], t["submitted_notebook"], t["grade"]
    own = func.coalesce(grade.c.manual_score, grade.c.auto_score)
    score = func.coalesce(own + func.coalesce(grade.c.extra_credit, 0.0), 0.0)
    asked = (
        select(
            submission.c.id,
            submission.c.student_id,
            submission.c.timestamp,
            func.sum(score).label("score"),
            func.max(grade.c.needs_manual_grade).label("needs"),
        )
        .join(t["assignment"], t["assignment"].c.id == submission.c.assignment_id)
        .join(book, book.c.assignment_id == submission.c.id)
        .join(grade, grade.c.notebook_id == book.c.id)
        .where(t["assignment"].c.name == assignment)
        .group_by(submission.c.id)
    )
    penalties = _penalties(connection, assignment)
    most = _max_score(connection, assignment)
    known = digests(connection)
    return {
        row.student_id: Standing(
            row.timestamp,
            row.score - penalties.get(row.student_id, 0.0),
            most,
            bool(row.needs),
            known.get(row.id, ""),
        )
        for row in connection.execute(asked)
    }


def _penalties(connection: Connection, assignment: str) -> dict[str, float]:
    t = reflected(connection)
    submission, book = t["submitted_assignment"], t["submitted_notebook"]
    asked = (
        select(submission.c.student_id, func.sum(book.c.late_submission_penalty))
        .join(t["assignment"], t["assignment"].c.id == submission.c.assignment_id)
        .join(book, book.c.assignment_id == submission.c.id)
        .where(t["assignment"].c.name == assignment)
        .group_by(submission.c.student_id)
    )
    return {name: float(total or 0) for name, total in connection.execute(asked)}


def _max_score(connection: Connection, assignment: str) -> float:
    t = reflected(connection)
    total = 0.0
    for kind in ("grade_cells", "task_cells"):
        asked = (
            select(func.sum(t[kind].c.max_score))
            .join(t["base_cell"], t["base_cell"].c.id == t[kind].c.id)
            .join(t["notebook"], t["notebook"].c.id == t["base_cell"].c.notebook_id)
            .join(t["assignment"], t["assignment"].c.id == t["notebook"].c.assignment_id)
            .where(t["assignment"].c.name == assignment)
        )
        total += float(connection.execute(asked).scalar_one() or 0)
    return total


def unfinished_people(connection: Connection, assignment: str) -> frozenset[str]:
    """Whose test cells have no score: what a run of stock nbgrader leaves when it is killed.

    Of a cell that a person grades no score is as it should be; of a test cell it never is.
    """
    t = reflected(connection)
    submission, book, grade = t["submitted_assignment"], t["submitted_notebook"], t["grade"]
    solution, cell = t["solution_cells"], t["base_cell"].alias("solution_cell")
    is_solution = (
        select(cell.c.id)
        .join(solution, solution.c.id == cell.c.id)
        .where(cell.c.name == t["base_cell"].c.name)
        .where(cell.c.notebook_id == t["base_cell"].c.notebook_id)
        .exists()
    )
    asked = (
        select(submission.c.student_id)
        .join(t["assignment"], t["assignment"].c.id == submission.c.assignment_id)
        .join(book, book.c.assignment_id == submission.c.id)
        .join(grade, grade.c.notebook_id == book.c.id)
        .join(t["base_cell"], t["base_cell"].c.id == grade.c.cell_id)
        .join(t["grade_cells"], t["grade_cells"].c.id == grade.c.cell_id)
        .where(t["assignment"].c.name == assignment)
        .where(t["grade_cells"].c.cell_type == "code", ~is_solution)
        .where(grade.c.auto_score.is_(None), grade.c.manual_score.is_(None))
    )
    return frozenset(connection.execute(asked).scalars())
