"""Outcome: what became of one hand-in."""

from __future__ import annotations

from dataclasses import dataclass

GRADED, WAITING, FAILED, SKIPPED = "graded", "waiting", "failed", "skipped"
"""Done; done but for what a person grades; not graded, to be tried again; nothing new."""


@dataclass(frozen=True)
class Outcome:
    """What became of one hand-in.

    Parameters
    ----------
    state
        :data:`GRADED`, :data:`WAITING`, :data:`FAILED` or :data:`SKIPPED`.
    reason
        Why it failed, as a trainer reads it.
    """

    username: str
    state: str
    score: float | None = None
    max_score: float | None = None
    reason: str = ""
