"""Blank notebook: one of nbgrader's in which a learner wrote no code, known without running it."""

from __future__ import annotations

from typing import Any

from nbformat import from_dict
from nbgrader.utils import compute_checksum

from grading.engine.blankwork import NOT_RUN, Cell, holds_no_code, is_sure_to_fail
from grading.engine.examiner_kinds import GIVEN, SOLUTION, TEST
from grading.engine.interpreter import error_output


def holds_learner_code(cells: list[Any]) -> bool:
    """Whether any of these cells is a learner's, and neither empty nor as it was released.

    Parameters
    ----------
    cells
        Of a notebook, as nbformat has them.
    """
    own = [cell for cell in cells if _kind(cell) == SOLUTION]
    return any(not _is_released(cell) and not holds_no_code(cell.source) for cell in own)


def fail_blank(nb: Any) -> bool:
    """Fail the tests of a notebook that need not be run to be known; whether it was one."""
    cells = [cell for cell in nb.cells if cell.cell_type == "code"]
    if not any(_kind(cell) == SOLUTION for cell in cells) or holds_learner_code(cells):
        return False
    read: list[Cell] = [(_kind(cell), cell.source) for cell in cells]
    tests = [n for n, cell in enumerate(cells) if read[n][0] == TEST and _points(cell)]
    if not is_sure_to_fail(read, tests):
        return False
    for place, cell in enumerate(cells):
        output = from_dict(error_output("NotRun", NOT_RUN))
        cell.outputs, cell.execution_count = [output] if place in tests else [], None
    return True


def _kind(cell: Any) -> str:
    told = cell.metadata.get("nbgrader", {})
    if cell.cell_type != "code" or not (told.get("solution") or told.get("grade")):
        return GIVEN
    return SOLUTION if told.get("solution") else TEST


def _points(cell: Any) -> float:
    return float(cell.metadata.nbgrader.get("points") or 0)


def _is_released(cell: Any) -> bool:
    return bool(cell.metadata.nbgrader.get("checksum") == compute_checksum(cell))
