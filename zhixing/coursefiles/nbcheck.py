"""Notebooks as nbformat and nbgrader want them, and stored without outputs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import nbformat
from jsonschema.exceptions import ValidationError

from zhixing.coursefiles.finding import Finding, shown
from zhixing.coursefiles.notebook import Cell, Notebook

_NEXT = "请在 JupyterLab 中改正后再运行 zhixing check。"


def format_findings(notebook: Notebook) -> Iterator[Finding]:
    """Whatever keeps nbgrader from taking this notebook as it is."""
    yield from _format(notebook)
    yield from _kernel(notebook)
    yield from _grade_ids(notebook)
    for cell in notebook.cells:
        if cell.is_run:
            expected = "没有输出和运行序号"
            yield _finding(notebook, cell, "outputs", "带有运行结果", expected)
        if cell.grader:
            yield from _grader(notebook, cell)


def _format(notebook: Notebook) -> Iterator[Finding]:
    version = (notebook.data.get("nbformat"), notebook.data.get("nbformat_minor"))
    if version != (4, 5):
        found = ".".join(map(str, version))
        yield Finding(notebook.name, 1, "nbformat", found, "4.5", "请用新版 JupyterLab 另存。")
        return
    try:
        nbformat.validate(dict(notebook.data))
    except ValidationError as error:
        field = ".".join(map(str, error.absolute_path)) or "笔记本"
        line = _line(notebook, error)
        yield Finding(
            notebook.name, line, field, shown(error.message), "合法的 nbformat 4.5", _NEXT
        )


def _line(notebook: Notebook, error: ValidationError) -> int:
    """Line of the cell that an error is about."""
    path = list(error.absolute_path)
    if len(path) > 1 and path[0] == "cells" and isinstance(path[1], int):
        return notebook.cells[path[1]].line
    return 1


def _kernel(notebook: Notebook) -> Iterator[Finding]:
    kernel = notebook.data.get("metadata", {}).get("kernelspec", {}).get("name")
    if kernel != "python3":
        yield Finding(notebook.name, 1, "metadata.kernelspec", shown(kernel), "python3", _NEXT)


def _grade_ids(notebook: Notebook) -> Iterator[Finding]:
    seen: set[str] = set()
    for cell in notebook.cells:
        grade_id = str(cell.grader.get("grade_id", ""))
        if grade_id and grade_id in seen:
            found = f"{grade_id} 出现第二次"
            yield _finding(notebook, cell, "nbgrader.grade_id", found, "每个编号只用一次")
        seen.add(grade_id)


def _grader(notebook: Notebook, cell: Cell) -> Iterator[Finding]:
    """Hand the cell to nbgrader's own validator, so that it decides and not we."""
    node = nbformat.from_dict(  # type: ignore[no-untyped-call]  # nbformat types part of itself
        {
            "cell_type": cell.kind,
            "source": cell.source,
            "metadata": {"nbgrader": dict(cell.grader)},
        }
    )
    try:
        _validator().validate_cell(node)
    except Exception as error:  # noqa: BLE001 - nbgrader raises three unrelated classes, and KeyError
        message = str(error).split("\n", maxsplit=1)[0]
        yield _finding(notebook, cell, "nbgrader", shown(message), "nbgrader 第 3 版元数据")


@cache
def _validator() -> Any:
    # nbgrader takes a while to import, and only this check needs it.
    from nbgrader.nbgraderformat import MetadataValidator

    return MetadataValidator()


def _finding(notebook: Notebook, cell: Cell, field: str, found: str, expected: str) -> Finding:
    place = f"单元格 {cell.id or '(无编号)'} {field}"
    return Finding(notebook.name, cell.line, place, found, expected, _NEXT)
