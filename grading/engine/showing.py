"""Showing: what a test cell gives, and what of it a learner or trainer may see.

Outputs of a hidden test are dropped. Once one has called a learner's function, that code knows
hidden inputs, and what it says from then on may be them: only what the course wrote is shown.
"""

from __future__ import annotations

import math
import numbers
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from grading.engine.interpreter import error_output

LONGEST_TEXT = 2000
HIDDEN_FAILED = "没有通过隐藏的检查。"
FAILED = "没有通过这一格的检查。"

_NUMBER = re.compile(r"(np\.\w+\()?[-+.\w]{1,40}\)?")

Output = dict[str, Any]


def points_from(value: Any, outputs: Sequence[Output], points: float) -> float:
    """Points of a test cell that ended without an error.

    nbgrader reads the value of the last line as partial credit, if it shows one. Here it must be
    a finite number from 0 to the cell's points, or is 0; ``True`` is all of them.

    Parameters
    ----------
    value
        Value of the last line; None if the cell shows none.
    """
    is_shown = any(one["output_type"] == "execute_result" for one in outputs)
    if isinstance(value, np.bool_):
        value = bool(value)
    if not is_shown or value is True:
        return points
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        return 0.0
    number = float(value)
    return number if math.isfinite(number) and 0 <= number <= points else 0.0


def shown_outputs(
    cell: Mapping[str, Any], outputs: Sequence[Output], problem: str, *, knows_hidden: bool
) -> list[Output]:
    """What may be seen of a test cell.

    Parameters
    ----------
    problem
        A sentence on values that did not cross.
    knows_hidden
        Whether the learner's code knows inputs of hidden tests.
    """
    failed = next((one for one in outputs if one["output_type"] == "error"), None)
    if cell["is_hidden"]:
        return [] if failed is None else [error_output("Failed", HIDDEN_FAILED)]
    if failed is None:
        return [one for one in outputs if not knows_hidden or _is_number(one)]
    if not knows_hidden:
        text = f"{failed['evalue']}{problem}"[:LONGEST_TEXT]
        return [error_output(failed["ename"], text)]
    if _is_courses(failed, cell):
        return [error_output(failed["ename"], failed["evalue"])]
    return [error_output("Failed", FAILED)]


def _is_number(output: Output) -> bool:
    """Whether it shows no more than the points that the test counted."""
    is_result = output["output_type"] == "execute_result"
    return is_result and bool(_NUMBER.fullmatch(str(output["data"].get("text/plain", ""))))


def _is_courses(failed: Output, cell: Mapping[str, Any]) -> bool:
    """Whether the course wrote what the error says, word for word."""
    if failed["ename"] == "NameError":
        return failed["evalue"] in {f"name {name!r} is not defined" for name in cell["wanted"]}
    return failed["ename"] == "AssertionError" and failed["evalue"] in cell["source"]
