"""Lesson notebooks: ``source/LESSON/*.ipynb`` to cells, and cells to sections of blocks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhixing.course import Block, Section
from zhixing.coursefiles.finding import Finding, shown
from zhixing.coursefiles.textfile import read_text

QUESTION = re.compile(r'from widgets\.quiz import Question\n\nQuestion\("([^"\n]+)"\)')
TABLE = re.compile(r'from widgets\.table import Table\n\nTable\("([^"\n]+)"\)')
_NEXT = "请在 JupyterLab 中改正后再运行 zhixing check。"


@dataclass(frozen=True)
class Cell:
    """One cell as far as a course needs it.

    Parameters
    ----------
    grader
        nbgrader's metadata, empty where there is none.
    ours
        Metadata under ``zhixing``: ``minutes``, ``codetrack``, ``sources``, ``summary``.
    """

    id: str
    line: int
    kind: str
    source: str
    grader: Mapping[str, Any]
    ours: Mapping[str, Any]
    is_run: bool

    @property
    def question(self) -> str:
        """Id of the question the cell shows, or empty."""
        return _named(QUESTION, self)

    @property
    def table(self) -> str:
        """``TASK/table`` the cell shows, or empty."""
        return _named(TABLE, self)

    @property
    def is_written_answer(self) -> bool:
        """Whether nbgrader's manual grading takes place in this cell."""
        return self.kind == "markdown" and bool(self.grader.get("grade"))

    @property
    def heading(self) -> str:
        """Title of the section that begins here, or empty."""
        first = self.source.split("\n", maxsplit=1)[0]
        is_heading = self.kind == "markdown" and first.startswith("## ")
        return first.removeprefix("## ").strip() if is_heading else ""


@dataclass(frozen=True)
class Notebook:
    """A parsed notebook; ``name`` is how reports call it."""

    name: str
    text: str
    data: Mapping[str, Any]
    cells: tuple[Cell, ...]

    def line(self, cell: Cell, source_line: str) -> int:
        """Line of the file in which a line of a cell's source stands."""
        lines = self.text.split("\n")
        written = json.dumps(source_line, ensure_ascii=False)[1:-1]
        for number in range(cell.line, len(lines)):
            if written in lines[number]:
                return number + 1
        return cell.line


def read_notebook(path: Path, name: str) -> Notebook | Finding:
    """Parse a notebook, or say in which line it breaks."""
    text = read_text(path, name)
    if isinstance(text, Finding):
        return text
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        found = f"无法解析（{error.msg}）"
        return Finding(name, error.lineno, "JSON 语法", found, "合法的 ipynb", _NEXT)
    try:
        cells = tuple(_cells(data, text))
    except (KeyError, TypeError, AttributeError) as error:
        found = f"结构不对（{type(error).__name__}: {error}）"
        return Finding(name, 1, "cells", found, "nbformat 4.5 笔记本", _NEXT)
    return Notebook(name, text, data, cells)


def _cells(data: Any, text: str) -> Iterator[Cell]:
    for cell in data["cells"]:
        metadata = cell["metadata"]
        source = cell["source"]
        yield Cell(
            id=cell.get("id", ""),
            line=_line_of_id(text, cell.get("id", "")),
            kind=cell["cell_type"],
            source=source if isinstance(source, str) else "".join(source),
            grader=dict(metadata.get("nbgrader", {})),
            ours=dict(metadata.get("zhixing", {})),
            is_run=bool(cell.get("outputs") or cell.get("execution_count")),
        )


def _line_of_id(text: str, cell_id: str) -> int:
    place = re.search(rf'"id":\s*"{re.escape(cell_id)}"', text) if cell_id else None
    return text.count("\n", 0, place.start()) + 1 if place else 1


def _named(pattern: re.Pattern[str], cell: Cell) -> str:
    match = pattern.fullmatch(cell.source.strip()) if cell.kind == "code" else None
    return match.group(1) if match else ""


def sections_from_cells(cells: tuple[Cell, ...]) -> tuple[Section, ...]:
    """Cut a lesson at its ``##`` headings; what stands before the first is its title."""
    starts = [place for place, cell in enumerate(cells) if cell.heading]
    return tuple(
        _section(cells[start:end])
        for start, end in zip(starts, [*starts[1:], len(cells)], strict=True)
    )


def sources_from_cells(cells: tuple[Cell, ...]) -> tuple[str, ...]:
    """Items of the lists in the cells marked ``sources``."""
    return tuple(
        line.removeprefix("- ").strip()
        for cell in cells
        if cell.ours.get("sources")
        for line in cell.source.split("\n")
        if line.startswith("- ")
    )


def _section(cells: tuple[Cell, ...]) -> Section:
    blocks = [block for cell in cells if (block := _block(cell))]
    minutes = int(cells[0].ours.get("minutes", 0))
    return Section(cells[0].heading, minutes, tuple(blocks), _is_summary(cells[0]))


def _is_summary(cell: Cell) -> bool:
    return cell.ours.get("summary") is True


def _block(cell: Cell) -> Block | None:
    """What a light page shows for a cell; the sources come at the end of the whole lesson."""
    if cell.is_written_answer or cell.ours.get("sources"):
        return None
    if codetrack := cell.ours.get("codetrack"):
        return Block("codetrack", cell.source, str(codetrack))
    if cell.question:
        return Block("question", ref=cell.question)
    if cell.table:
        return Block("table", ref=cell.table)
    text = cell.source.split("\n", maxsplit=1)[1:] if cell.heading else [cell.source]
    # Of a section that is the summary, no part begins a page again.
    is_summary = _is_summary(cell) and not cell.heading
    content = "".join(text).strip()
    return Block("text", content, is_summary=is_summary) if content else None


def structure_findings(notebook: Notebook) -> Iterator[Finding]:
    """Whatever keeps a lesson notebook from being cut into sections of known blocks."""
    cells = notebook.cells
    if not cells or not cells[0].source.startswith("# "):
        found = shown(cells[0].source) if cells else "没有单元格"
        yield Finding(notebook.name, 1, "第一个单元格", found, "“# 课时标题”", _NEXT)
    if not any(cell.heading for cell in cells):
        yield Finding(notebook.name, 1, "小节", "没有", "以“## 小节标题”开头的单元格", _NEXT)
    for cell in cells:
        yield from _cell_findings(notebook.name, cell)


def _cell_findings(name: str, cell: Cell) -> Iterator[Finding]:
    place = f"单元格 {cell.id or '(无编号)'}"
    minutes = cell.ours.get("minutes")
    if cell.heading and (isinstance(minutes, bool) or not isinstance(minutes, int)):
        found = "缺少" if minutes is None else shown(minutes)
        expected = "元数据 zhixing.minutes 为整数"
        yield Finding(name, cell.line, f"{place} zhixing.minutes", found, expected, _NEXT)
    if cell.kind == "code" and not (cell.question or cell.table):
        expected = '只含 Question("…") 或 Table("…")'
        yield Finding(name, cell.line, place, shown(cell.source), expected, _NEXT)
