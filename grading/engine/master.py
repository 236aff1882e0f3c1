"""Master: an assignment as the course has it, read once for all hand-ins.

Points, tests, order, kernel and side files come from here; of a hand-in only the source of known
solution cells and the text of known manual cells is taken (sealed-grading.md, 2).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, Table, select

from grading.engine.examiner_kinds import GIVEN, SOLUTION, TEST
from grading.engine.ownership import Share, shares_of
from zhixing.errors import ZhixingError

QUESTION, TEXT = "question", "text"
HIDDEN = "### BEGIN HIDDEN TESTS"
LARGEST_SIDE_FILES = 16 * 1024 * 1024


class MasterError(ZhixingError):
    """An assignment that cannot be graded as the course has it, whoever handed in."""


@dataclass(frozen=True)
class MasterCell:
    """One cell of the master notebook.

    Parameters
    ----------
    kind
        ``test``, ``solution``, ``given`` (code of the course), ``question`` (scored from recorded
        answers) or ``text``.
    source
        Of the course; for solution cells what was released, which is no answer.
    points
        Of a grade cell; None of all others.
    is_manual
        Whether a person grades it.
    share
        What a test or given cell takes from the learner.
    """

    kind: str
    source: str
    content: Mapping[str, Any]
    grade_id: str = ""
    points: float | None = None
    is_manual: bool = False
    is_hidden: bool = False
    share: Share = field(default_factory=Share)


@dataclass(frozen=True)
class MasterNotebook:
    """One notebook of an assignment, in the order that was released."""

    name: str
    metadata: Mapping[str, Any]
    cells: tuple[MasterCell, ...]

    @cached_property
    def has_code(self) -> bool:
        """Whether learners write code in it."""
        return any(cell.kind == SOLUTION for cell in self.cells)

    def is_untouched(self, sources: Mapping[str, str]) -> bool:
        """Whether every solution cell is as it was released."""
        solutions = [cell for cell in self.cells if cell.kind == SOLUTION]
        return all(sources.get(cell.grade_id) == cell.source for cell in solutions)


@dataclass(frozen=True)
class Master:
    """An assignment.

    Parameters
    ----------
    files
        Side files of the course by relative path, base64.
    """

    name: str
    notebooks: Mapping[str, MasterNotebook]
    files: Mapping[str, str] = field(default_factory=dict)


def load_master(
    course_dir: Path, assignment: str, gradebook: Connection, questions: frozenset[str]
) -> Master:
    """Read an assignment from what was released and what the gradebook says of it.

    Parameters
    ----------
    questions
        Ids of cells that are scored from recorded answers.

    Raises
    ------
    MasterError
        If nothing of it was released, or gradebook and release do not fit.
    """
    folder = course_dir / "release" / assignment
    paths = sorted(folder.glob("*.ipynb"))
    if not paths:
        raise MasterError(
            f"{course_dir.name} 没有发布过《{assignment}》"
            f"（{folder} 里没有笔记本）。请先发布，再批改。"
        )
    known = _gradebook_cells(gradebook, assignment)
    notebooks = {}
    for path in paths:
        if path.stem not in known:
            raise MasterError(f"成绩册里没有 {path.name}。请重新发布《{assignment}》，再批改。")
        source = course_dir / "source" / assignment / path.name
        notebooks[path.stem] = _notebook(path, source, known[path.stem], questions)
    return Master(assignment, notebooks, dict(_side_files(course_dir / "source" / assignment)))


def _gradebook_cells(gradebook: Connection, assignment: str) -> dict[str, dict[str, Any]]:
    """Source cells and points of every notebook, by notebook and cell name."""
    tables = reflected(gradebook)
    book, source, cell = tables["notebook"], tables["source_cell"], tables["base_cell"]
    wanted = tables["assignment"].c.name == assignment
    books = book.join(tables["assignment"], tables["assignment"].c.id == book.c.assignment_id)
    found: dict[str, dict[str, Any]] = {
        row.name: {"sources": {}, "points": {}}
        for row in gradebook.execute(select(book.c.name).select_from(books).where(wanted))
    }
    rows = select(book.c.name.label("book"), source).select_from(books.join(source)).where(wanted)
    for row in gradebook.execute(rows):
        found[row.book]["sources"][row.name] = row
    for kind in ("grade_cells", "task_cells"):
        points = tables[kind]
        joined = books.join(cell).join(points, points.c.id == cell.c.id)
        asked = select(book.c.name.label("book"), cell.c.name, points.c.max_score)
        for row in gradebook.execute(asked.select_from(joined).where(wanted)):
            found[row.book]["points"][row.name] = float(row.max_score or 0)
    return found


def reflected(gradebook: Connection) -> Mapping[str, Table]:
    """Tables of a gradebook as they are; nbgrader's own classes take 2 s to import."""
    kept: Mapping[str, Table] | None = gradebook.info.get("zhixing_tables")
    if kept is None:
        metadata = MetaData()
        metadata.reflect(gradebook)
        kept = gradebook.info["zhixing_tables"] = metadata.tables
    return kept


def _notebook(
    path: Path, source: Path, known: Mapping[str, Any], questions: frozenset[str]
) -> MasterNotebook:
    released = json.loads(path.read_bytes())
    cells = [_cell(content, known, questions) for content in released["cells"]]
    authors = _solutions(source)
    read = [
        (cell.kind, authors.get(cell.grade_id, "") if cell.kind == SOLUTION else cell.source)
        for cell in cells
    ]
    shared = [
        replace(cell, share=share) for cell, share in zip(cells, shares_of(read), strict=True)
    ]
    return MasterNotebook(path.stem, released["metadata"], tuple(shared))


def _solutions(source: Path) -> dict[str, str]:
    """The author's own solutions by ``grade_id``: what they bind is the learner's to say."""
    if not source.exists():
        return {}
    return {
        str(told.get("grade_id", "")): text_of(cell["source"])
        for cell in json.loads(source.read_bytes())["cells"]
        if cell["cell_type"] == "code"
        and (told := cell["metadata"].get("nbgrader", {}))
        and told.get("solution")
    }


def _cell(
    content: Mapping[str, Any], known: Mapping[str, Any], questions: frozenset[str]
) -> MasterCell:
    told = content["metadata"].get("nbgrader", {})
    grade_id = str(told.get("grade_id", ""))
    stored = known["sources"].get(grade_id)
    source = text_of(content["source"])
    if stored is not None and stored.locked:
        source = stored.source or ""
    is_grade, is_solution = bool(told.get("grade")), bool(told.get("solution"))
    is_task = bool(told.get("task"))
    is_code = content["cell_type"] == "code"
    if stored is not None:
        told = {**told, "checksum": stored.checksum}
        content = {**content, "metadata": {**content["metadata"], "nbgrader": told}}
    points = known["points"].get(grade_id) if is_grade or is_task else None
    return MasterCell(
        kind=_kind(content["cell_type"], told, questions),
        source=source,
        content=content,
        grade_id=grade_id,
        points=points,
        is_manual=is_task or (is_grade and (is_solution or not is_code)),
        is_hidden=HIDDEN in source,
    )


def _kind(cell_type: str, told: Mapping[str, Any], questions: frozenset[str]) -> str:
    if cell_type != "code":
        return TEXT
    if told.get("grade_id") in questions:
        return QUESTION
    if told.get("solution"):
        return SOLUTION
    return TEST if told.get("grade") else GIVEN


def text_of(source: str | list[str]) -> str:
    """Source of a cell, which nbformat allows to be a list of lines."""
    return source if isinstance(source, str) else "".join(source)


def _side_files(folder: Path) -> Iterator[tuple[str, str]]:
    """Files that lie beside the source notebooks and are released with them."""
    size = 0
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith((".", "__")) for part in path.relative_to(folder).parts)
        if path.is_file() and path.suffix != ".ipynb" and not hidden:
            size += path.stat().st_size
            if size > LARGEST_SIDE_FILES:
                raise MasterError(
                    f"{folder} 里的附件超过 {LARGEST_SIDE_FILES >> 20} MB。请减少附件。"
                )
            content = base64.b64encode(path.read_bytes()).decode()
            yield path.relative_to(folder).as_posix(), content
