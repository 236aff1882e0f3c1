"""Item response: difficulty and slope on one scale, and items that treat two groups unlike.

By the ``mirt`` library, from enough learners only; ``tests/unit/test_itemresponse.py`` holds it
against simulated truth and against the classical indices.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zhixing.firsttry import FirstTry
from zhixing.items import scores_of

FEWEST_FOR_RASCH = 100
"""Learners from which on a difficulty is known to half a logit (Linacre 1994, Rasch Measurement
Transactions 7:4, 328)."""

FEWEST_FOR_TWO_PARAMETERS = 500
"""Learners from which on slopes of their own are estimated (de Ayala 2009, The Theory and
Practice of Item Response Theory, chapter 5)."""

FEWEST_A_GROUP = 50
"""Learners in each of two groups from which on they are compared; with so few only large
differences are found (Muniz, Hambleton and Xing 2001, International Journal of Testing
1:115-135), so only those are told."""

FEWEST_ITEMS = 5
"""Items from which on there is a scale to speak of (domain brief, section 7: fewer than 5 items
on an axis are too few data)."""

MISSING = -1


@dataclass(frozen=True)
class Calibration:
    """Items on one scale.

    Parameters
    ----------
    model
        ``Rasch`` or ``2PL``.
    people
        Learners it rests on.
    difficulty, slope
        Question to logits, and to slope (1 in Rasch). Items that all or nobody got right have
        no place on the scale.
    """

    model: str
    people: int
    difficulty: Mapping[str, float]
    slope: Mapping[str, float]


@dataclass(frozen=True)
class GroupDifference:
    """An item that a group finds harder or easier than others of the same ability do.

    Parameters
    ----------
    by, group
        Under what learners were grouped, and which group it is.
    logits
        By how much harder, negative where easier.
    """

    question_id: str
    by: str
    group: str
    logits: float


def calibrate(tries: Sequence[FirstTry]) -> Calibration | None:
    """Fit Rasch, or 2PL from enough learners; None where there are too few, or no fit is found.

    A first try counts as right only if it is wholly right.
    """
    people, names, matrix = _matrix(tries)
    if len(people) < FEWEST_FOR_RASCH or len(names) < FEWEST_ITEMS:
        return None
    has_slopes = len(people) >= FEWEST_FOR_TWO_PARAMETERS
    from mirt import fit_mirt

    fitted = fit_mirt(matrix, model="2PL" if has_slopes else "1PL", compute_standard_errors=False)
    if not fitted.converged:
        return None
    found = fitted.model.parameters
    return Calibration(
        "2PL" if has_slopes else "Rasch",
        len(people),
        dict(zip(names, map(float, found["difficulty"]), strict=True)),
        dict(zip(names, map(float, found["discrimination"]), strict=True)),
    )


def group_differences(tries: Sequence[FirstTry]) -> tuple[GroupDifference, ...]:
    """Find items with a large difference between a group and everybody else.

    Large is class C of ETS (Zieky 1993): at least 1.5 on its delta scale and significant after
    Holm's correction. Only groups of :data:`FEWEST_A_GROUP` facing as many others are compared,
    so that nothing is told of a small group.
    """
    people, names, matrix = _matrix(tries)
    if len(names) < FEWEST_ITEMS:
        return ()
    groups = {one.learner: one.groups for one in tries}
    kinds = sorted({by for held in groups.values() for by in held})
    return tuple(
        difference
        for by in kinds
        for difference in _differences_by(
            by, [groups[one].get(by, "") for one in people], names, matrix
        )
    )


def _differences_by(
    by: str, held: Sequence[str], names: Sequence[str], matrix: NDArray[np.int_]
) -> list[GroupDifference]:
    found = []
    for group in sorted(set(held) - {""}):
        is_in = np.array([one == group for one in held])
        if min(is_in.sum(), (~is_in).sum()) < FEWEST_A_GROUP:
            continue
        usable = [n for n in range(len(names)) if _varies(matrix[is_in, n], matrix[~is_in, n])]
        if len(usable) >= FEWEST_ITEMS:
            table = _dif(matrix[:, usable], is_in)
            found += [
                GroupDifference(names[usable[n]], by, group, float(row["effect_size"]))
                for n, row in table.items()
                if row["classification"] == "C"
            ]
    return found


def _varies(*columns: NDArray[np.int_]) -> bool:
    return all({0, 1} <= set(column.tolist()) for column in columns)


def _dif(matrix: NDArray[np.int_], is_in: NDArray[np.bool_]) -> dict[int, dict[str, Any]]:
    from mirt import dif

    table = dif(matrix, is_in.astype(int), model="1PL", focal_group=1, p_adjust="holm")
    rows: dict[int, dict[str, Any]] = table.to_dict("index")
    return rows


def _matrix(tries: Sequence[FirstTry]) -> tuple[list[int], list[str], NDArray[np.int_]]:
    """Learners, questions and 1, 0 or missing; without items that all or nobody got right."""
    scores = scores_of(tries)
    known = dict.fromkeys(one.question_id for one in tries if one.score is not None)
    names = [
        name
        for name in known
        if len({s.get(name) == 1.0 for s in scores.values() if name in s}) == 2
    ]
    people = [one for one, given in scores.items() if given.keys() & set(names)]
    rows = [[_right(scores[one].get(name)) for name in names] for one in people]
    return people, names, np.array(rows, dtype=int).reshape(len(people), len(names))


def _right(score: float | None) -> int:
    return MISSING if score is None else int(score == 1.0)
