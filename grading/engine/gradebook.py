"""Gradebook: the only writer of nbgrader's, many hand-ins in one transaction.

The tables are nbgrader's own and mean what they mean there; only the rows are written together.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    and_,
    bindparam,
    create_engine,
    event,
    func,
    insert,
    select,
    update,
)

from grading.engine.digests import write_digests
from grading.engine.graded import Graded
from grading.engine.master import reflected
from grading.engine.moment import naive_utc
from zhixing.errors import ZhixingError

EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - nbgrader stores naive UTC
SECONDS_TO_WAIT = 30
"""How long another writer (formgrader) may hold the gradebook."""

Penalty = Callable[[str, float, float], float | None]
"""From person, score and seconds late to what is taken off."""

Row = dict[str, Any]


class GradebookError(ZhixingError):
    """A gradebook that cannot be used: locked, of another version, no gradebook."""


def gradebook_engine(url: str) -> Engine:
    """Engine of a gradebook, one a process; waits for other writers."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _wait_for_others)
    return engine


def _wait_for_others(connection: Any, _: Any) -> None:
    connection.execute(f"PRAGMA busy_timeout = {SECONDS_TO_WAIT * 1000}")


class GradebookWriter:
    """Writes graded hand-ins of one assignment.

    Parameters
    ----------
    penalty
        nbgrader's late penalty for this course.

    Raises
    ------
    GradebookError
        If it has no such assignment.
    """

    def __init__(self, connection: Connection, assignment: str, penalty: Penalty) -> None:
        self._connection, self._penalty = connection, penalty
        self._tables = reflected(connection)
        self._assignment = self._assignment_row(assignment)
        self._books = self._master_ids()

    def _assignment_row(self, name: str) -> Any:
        table = self._tables["assignment"]
        row = self._connection.execute(select(table).where(table.c.name == name)).first()
        if row is None:
            raise GradebookError(f"成绩册里没有《{name}》。请先发布，再批改。")
        return row

    def _master_ids(self) -> dict[str, tuple[str, dict[str, tuple[str, str]]]]:
        """By notebook: its id, and by name every cell's id and nbgrader type."""
        book, cell = self._tables["notebook"], self._tables["base_cell"]
        rows = self._connection.execute(
            select(book.c.name, book.c.id).where(book.c.assignment_id == self._assignment.id)
        )
        found: dict[str, tuple[str, dict[str, tuple[str, str]]]] = {
            row.name: (row.id, {}) for row in rows
        }
        asked = select(book.c.name.label("book"), cell).join(cell, cell.c.notebook_id == book.c.id)
        for row in self._connection.execute(
            asked.where(book.c.assignment_id == self._assignment.id)
        ):
            found[row.book][1].setdefault(f"{row.type}:{row.name}", (row.id, row.type))
        return found

    def write(self, batch: Sequence[Graded]) -> None:
        """Write hand-ins, all or none; and of which files their grades are."""
        if not batch:
            return
        self._add_students(batch)
        submissions = self._submissions(batch)
        for graded in batch:
            self._write_one(graded, submissions[graded.username])
        found = {submissions[graded.username]["id"]: graded.digest for graded in batch}
        write_digests(self._connection, found)

    def _add_students(self, batch: Iterable[Graded]) -> None:
        table = self._tables["student"]
        names = {graded.username for graded in batch}
        asked = select(table.c.id).where(table.c.id.in_(names))
        known = set(self._connection.execute(asked).scalars())
        new = [{"id": name} for name in sorted(names - known)]
        if new:
            self._connection.execute(insert(table), new)

    def _submissions(self, batch: Sequence[Graded]) -> dict[str, Row]:
        """Submission rows of these people, made where there is none."""
        table = self._tables["submitted_assignment"]
        names = [graded.username for graded in batch]
        mine = and_(table.c.assignment_id == self._assignment.id, table.c.student_id.in_(names))
        rows = self._connection.execute(select(table).where(mine)).mappings()
        known = {row["student_id"]: dict(row) for row in rows}
        for graded in batch:
            moment = naive_utc(graded.timestamp)
            row = known.get(graded.username)
            if row is None:
                known[graded.username] = self._new_submission(graded.username, moment)
            elif moment is not None and row["timestamp"] != moment:
                change = update(table).where(table.c.id == row["id"]).values(timestamp=moment)
                self._connection.execute(change)
                row["timestamp"] = moment
        return known

    def _new_submission(self, username: str, moment: datetime | None) -> Row:
        row = {
            "id": uuid.uuid4().hex,
            "assignment_id": self._assignment.id,
            "student_id": username,
            "timestamp": moment,
        }
        self._connection.execute(insert(self._tables["submitted_assignment"]), row)
        return {**row, "extension": None}

    def _write_one(self, graded: Graded, submission: Row) -> None:
        table = self._tables["submitted_notebook"]
        asked = select(table.c.notebook_id, table.c.id)
        rows = self._connection.execute(asked.where(table.c.assignment_id == submission["id"]))
        known = {row.notebook_id: row.id for row in rows}
        for name, (master_id, cells) in self._books.items():
            book = known.get(master_id) or self._new_notebook(submission["id"], master_id)
            grades = self._rows_of("grade", book, cells, ("GradeCell", "TaskCell"))
            notes = self._rows_of("comment", book, cells, ("SolutionCell", "TaskCell"))
            scores = self._scores(graded, name, grades)
            self._update_grades(grades, scores, is_missing=name in graded.missing)
            self._update_comments(notes, graded.comments.get(name, {}))
            self._update_penalty(graded, submission, book)

    def _scores(
        self, graded: Graded, name: str, grades: Mapping[str, Row]
    ) -> Mapping[str, float | None]:
        return dict.fromkeys(grades, 0.0) if name in graded.missing else graded.scores.get(name, {})

    def _new_notebook(self, submission: str, master_id: str) -> str:
        row = {
            "id": uuid.uuid4().hex,
            "assignment_id": submission,
            "notebook_id": master_id,
            "flagged": False,
        }
        self._connection.execute(insert(self._tables["submitted_notebook"]), row)
        return str(row["id"])

    def _rows_of(
        self,
        table_name: str,
        book: str,
        cells: Mapping[str, tuple[str, str]],
        types: tuple[str, ...],
    ) -> dict[str, Row]:
        """Rows of a notebook by cell name, made where there is none."""
        table = self._tables[table_name]
        found = self._connection.execute(select(table).where(table.c.notebook_id == book))
        by_cell = {row["cell_id"]: dict(row) for row in found.mappings()}
        wanted = {key.split(":", 1)[1]: id_ for key, (id_, kind) in cells.items() if kind in types}
        new = []
        for cell_id in wanted.values():
            if cell_id not in by_cell:
                row = {"id": uuid.uuid4().hex, "notebook_id": book, "cell_id": cell_id}
                if table_name == "grade":
                    row["needs_manual_grade"] = True  # type: ignore[assignment]
                new.append(row)
                by_cell[cell_id] = dict.fromkeys(table.c.keys()) | row
        if new:
            self._connection.execute(insert(table), new)
        return {name: by_cell[cell_id] for name, cell_id in wanted.items()}

    def _update_grades(
        self, grades: Mapping[str, Row], scores: Mapping[str, float | None], *, is_missing: bool
    ) -> None:
        """As nbgrader's SaveAutoGrades: a manual score stays, and is then to be looked at again."""
        changes = []
        for name, score in scores.items():
            if name not in grades:
                continue
            row = grades[name]
            needs = score is None or row["manual_score"] is not None
            needs = needs and not is_missing
            if (row["auto_score"], row["needs_manual_grade"]) != (score, needs) or is_new(row):
                changes.append({"key": row["id"], "auto": score, "needs": needs})
        self._change("grade", changes, auto_score="auto", needs_manual_grade="needs")

    def _update_comments(
        self, notes: Mapping[str, Row], comments: Mapping[str, str | None]
    ) -> None:
        changes = [
            {"key": notes[name]["id"], "text": text}
            for name, text in comments.items()
            if name in notes and notes[name]["auto_comment"] != text
        ]
        self._change("comment", changes, auto_comment="text")

    def _change(self, table_name: str, changes: list[Row], **columns: str) -> None:
        if changes:
            table = self._tables[table_name]
            values: Row = {name: bindparam(key) for name, key in columns.items()}
            statement = update(table).where(table.c.id == bindparam("key")).values(**values)
            self._connection.execute(statement, changes)

    def _update_penalty(self, graded: Graded, submission: Row, book: str) -> None:
        late = self._seconds_late(submission)
        table, grade = self._tables["submitted_notebook"], self._tables["grade"]
        penalty = None
        if late > 0:
            own = func.coalesce(grade.c.manual_score, grade.c.auto_score, 0.0)
            extra = func.coalesce(grade.c.extra_credit, 0.0)
            is_scored = func.coalesce(grade.c.manual_score, grade.c.auto_score).is_not(None)
            asked = select(func.coalesce(func.sum(own + extra), 0.0))
            rows = asked.where(grade.c.notebook_id == book, is_scored)
            score = float(self._connection.execute(rows).scalar_one())
            penalty = self._penalty(graded.username, score, late)
            penalty = None if penalty is None else min(max(penalty, 0.0), score)
        change = update(table).where(table.c.id == book).values(late_submission_penalty=penalty)
        self._connection.execute(change)

    def _seconds_late(self, submission: Row) -> float:
        due, moment = self._assignment.duedate, submission["timestamp"]
        if due is None or moment is None:
            return 0.0
        extension = submission["extension"]
        more = extension - EPOCH if isinstance(extension, datetime) else extension or timedelta()
        return max(0.0, float((moment - due - more).total_seconds()))


def is_new(row: Row) -> bool:
    """Whether a row was made in this run, with nothing in it yet."""
    return row.get("auto_score") is None and row.get("manual_score") is None
