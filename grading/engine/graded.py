"""Graded: what grading one hand-in came to, before anybody writes it down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from grading.engine.handin import HandIn
from grading.engine.master import Master, MasterCell
from grading.engine.verdicts import Verdict

NO_RESPONSE = "No response."
"""nbgrader's own word for an answer that was left as it was released."""


@dataclass(frozen=True)
class Graded:
    """One graded hand-in.

    Parameters
    ----------
    scores
        By notebook and grade cell.
    comments
        By notebook and solution or task cell: what nbgrader says of it by itself, or None.
    digest
        Of the files that were graded (:mod:`grading.engine.digests`).
    """

    username: str
    timestamp: str
    scores: Mapping[str, Mapping[str, float | None]]
    comments: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    seconds: float = 0.0
    digest: str = ""


def grade_cells(
    master: Master, hand_in: HandIn, verdicts: Mapping[str, Mapping[str, Verdict]]
) -> Graded:
    """Put points and comments together."""
    scores: dict[str, Mapping[str, float | None]] = {}
    comments: dict[str, Mapping[str, str | None]] = {}
    for name, notebook in master.notebooks.items():
        if name in hand_in.missing:
            continue
        sources = hand_in.sources[name]
        scores[name] = {
            cell.grade_id: _score(cell, sources, verdicts[name])
            for cell in notebook.cells
            if cell.points is not None
        }
        comments[name] = {
            cell.grade_id: _comment(cell, sources)
            for cell in notebook.cells
            if cell.content["metadata"].get("nbgrader", {}).get("solution") or is_task(cell)
        }
    return Graded(
        hand_in.username,
        hand_in.timestamp,
        scores,
        comments,
        hand_in.missing,
        digest=hand_in.digest,
    )


def is_task(cell: MasterCell) -> bool:
    """Whether it is one of nbgrader's manually graded task cells."""
    return bool(cell.content["metadata"].get("nbgrader", {}).get("task"))


def is_untouched(cell: MasterCell, sources: Mapping[str, str]) -> bool:
    """Whether an answer is what was released, which nbgrader sees from the checksum."""
    return sources.get(cell.grade_id) == cell.source


def _score(
    cell: MasterCell, sources: Mapping[str, str], verdicts: Mapping[str, Verdict]
) -> float | None:
    if is_task(cell):
        return None
    if cell.is_manual:
        return 0.0 if is_untouched(cell, sources) else None
    return verdicts[cell.grade_id].points if cell.grade_id in verdicts else 0.0


def _comment(cell: MasterCell, sources: Mapping[str, str]) -> str | None:
    return NO_RESPONSE if is_untouched(cell, sources) and not is_task(cell) else None
