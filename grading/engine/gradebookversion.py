"""Gradebook version: whether a gradebook is of the nbgrader that this program was written for.

A column that means something else would be written all the same, and nobody would notice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection, inspect, text

from grading.engine.gradebook import GradebookError

KNOWN = "e43177bfe90b"
"""Head of nbgrader 0.9's migrations; a test asks nbgrader itself."""

NEEDED: Mapping[str, tuple[str, ...]] = {
    "assignment": ("id", "name", "duedate"),
    "student": ("id",),
    "notebook": ("id", "name", "assignment_id"),
    "base_cell": ("id", "name", "notebook_id", "type"),
    "source_cell": ("name", "cell_type", "locked", "source", "checksum", "notebook_id"),
    "grade_cells": ("id", "max_score", "cell_type"),
    "solution_cells": ("id",),
    "task_cells": ("id", "max_score"),
    "submitted_assignment": ("id", "assignment_id", "student_id", "timestamp", "extension"),
    "submitted_notebook": ("id", "assignment_id", "notebook_id", "late_submission_penalty"),
    "grade": (
        *("id", "notebook_id", "cell_id", "auto_score", "manual_score"),
        *("extra_credit", "needs_manual_grade"),
    ),
    "comment": ("id", "notebook_id", "cell_id", "auto_comment"),
}
"""Columns that are read or written here, by table."""


def require_known(connection: Connection) -> None:
    """Refuse a gradebook of another version, or one that lacks what is needed.

    Raises
    ------
    GradebookError
        Saying what was found and the next step.
    """
    missing = list(_missing(connection))
    if missing:
        raise GradebookError(
            f"成绩册缺少 {'、'.join(missing[:5])}，不是本版本 nbgrader 的成绩册。{_NEXT}"
        )
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    if found != [KNOWN]:
        raise GradebookError(
            f"成绩册的版本是 {'、'.join(map(str, found)) or '空'}，本程序认识的是 {KNOWN}。{_NEXT}"
        )


_NEXT = (
    "什么都没有写。旧版本的请先备份成绩册，再运行 nbgrader db upgrade；比本程序新的，请先升级知行。"
)


def _missing(connection: Connection) -> Iterator[str]:
    found = inspect(connection)
    tables = set(found.get_table_names())
    for table, columns in {**NEEDED, "alembic_version": ("version_num",)}.items():
        if table not in tables:
            yield table
            continue
        known = {column["name"] for column in found.get_columns(table)}
        yield from (f"{table}.{name}" for name in columns if name not in known)
