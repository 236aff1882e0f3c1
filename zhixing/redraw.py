"""Redraw: a data task's tables are drawn until every mistake gives an answer of its own.

Only then does a wrong answer say which step went wrong (domain brief, section 6.1: right and wrong
answers differ pairwise).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from types import MappingProxyType
from typing import Any

Tables = Mapping[str, Mapping[str, Any]]
Solver = Callable[[Tables], Mapping[str, Any]]

_EXACT: Mapping[str, float] = MappingProxyType({})


def redrawn(
    seed: int, draw: Callable[[Random], Tables], is_fit: Callable[[Tables], bool]
) -> Tables:
    """Draw tables until they are fit; the same seed gives the same tables."""
    rng = Random(seed)  # noqa: S311 - exercise data, not a secret
    while True:
        tables = draw(rng)
        if is_fit(tables):
            return tables


def are_apart(
    tables: Tables,
    solve: Solver,
    wrong: Mapping[str, tuple[Solver, str]],
    distances: Mapping[str, float] = _EXACT,
) -> bool:
    """Whether no two ways to solve a task give the same answer to any question.

    Parameters
    ----------
    wrong
        Method to ``(solver, step)``, as a task has it; a solver returns what its mistake changes.
    distances
        By answer, how far apart numbers must be, in its own unit: more than tolerance and rounding
        together. Answers that are not named here need only differ.
    """
    earlier: list[Mapping[str, Any]] = []
    for solver in (solve, *(solver for solver, _ in wrong.values())):
        answers = solver(tables)
        for other in earlier:
            shared = answers.keys() & other.keys()
            if not all(_differ(answers[x], other[x], distances.get(x)) for x in shared):
                return False
        earlier.append(answers)
    return True


def _differ(one: Any, other: Any, distance: float | None) -> bool:
    if isinstance(one, Mapping) and distance is not None:
        rows = zip(one["rows"].values(), other["rows"].values(), strict=True)
        return any(a[0] != b[0] or abs(a[1] - b[1]) > distance for a, b in rows)
    return bool(one != other if distance is None else abs(one - other) > distance)
