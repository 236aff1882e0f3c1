"""Scratch gradebook: where nbgrader writes while it grades one hand-in; only we read it.

nbgrader commits each cell by itself. Killed in between it leaves half a submission, and two
workers wait for each other at every cell. So it writes into memory, and the course's gradebook
gets what came of it in one transaction of :mod:`grading.engine.gradebook`.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Mapping
from typing import Any

from nbgrader.api import Base
from sqlalchemy import Connection, Engine, Table, create_engine, delete, insert, select, text
from sqlalchemy.pool import QueuePool

from grading.engine.gradebookversion import KNOWN
from grading.engine.master import reflected

MASTER = (
    *("course", "assignment", "notebook", "base_cell"),
    *("grade_cells", "solution_cells", "task_cells", "source_cell"),
)
"""Tables that say what was released."""

_numbers = itertools.count(1)


def master_rows(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """What a gradebook says of the course, by table."""
    tables = reflected(connection)
    return {
        name: [dict(row) for row in connection.execute(select(tables[name])).mappings()]
        for name in MASTER
    }


class ScratchGradebook:
    """A gradebook in this process's memory, with the course's own cells and nobody's work.

    Parameters
    ----------
    rows
        As :func:`master_rows` gives them.
    """

    def __init__(self, rows: Mapping[str, list[dict[str, Any]]]) -> None:
        name = f"zhixing-{os.getpid()}-{next(_numbers)}"
        self.url = f"sqlite:///file:{name}?mode=memory&cache=shared&uri=true"
        self._engine: Engine = create_engine(self.url, poolclass=QueuePool)
        # Kept: the memory is gone with the last connection, and nbgrader opens and closes its own.
        self._kept = self._engine.connect()
        with self._engine.begin() as connection:
            Base.metadata.create_all(connection)
            version = "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"
            connection.execute(text(version))
            note = text("INSERT INTO alembic_version VALUES (:version)")
            connection.execute(note, {"version": KNOWN})
            for table in _tables():
                if rows.get(table.name):
                    connection.execute(insert(table), rows[table.name])

    def clear(self) -> None:
        """Forget whoever was graded last."""
        with self._engine.begin() as connection:
            for table in reversed(_tables()):
                if table.name not in MASTER:
                    connection.execute(delete(table))

    def scores(self) -> dict[str, dict[str, float | None]]:
        """Auto score by notebook and grade cell."""
        return self._by_cell("grade", "auto_score")

    def comments(self) -> dict[str, dict[str, str | None]]:
        """Nbgrader's own comment by notebook and cell."""
        return self._by_cell("comment", "auto_comment")

    def _by_cell(self, name: str, column: str) -> dict[str, dict[str, Any]]:
        known = Base.metadata.tables
        table, cell, book = known[name], known["base_cell"], known["notebook"]
        asked = (
            select(book.c.name.label("book"), cell.c.name, table.c[column])
            .join(cell, cell.c.id == table.c.cell_id)
            .join(book, book.c.id == cell.c.notebook_id)
        )
        found: dict[str, dict[str, Any]] = {}
        with self._engine.connect() as connection:
            for row in connection.execute(asked):
                found.setdefault(row.book, {})[row.name] = row[2]
        return found

    def close(self) -> None:
        """Let go of the memory."""
        self._kept.close()
        self._engine.dispose()


def _tables() -> list[Table]:
    """Nbgrader's tables, each after those it refers to."""
    return list(Base.metadata.sorted_tables)


def books_of(rows: Mapping[str, list[dict[str, Any]]], assignment: str) -> Iterator[str]:
    """Names of an assignment's notebooks."""
    ids = {row["id"] for row in rows["assignment"] if row["name"] == assignment}
    return (row["name"] for row in rows["notebook"] if row["assignment_id"] in ids)
