"""Finding: what came of one attack."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What came of one attack.

    Parameters
    ----------
    kind, title
        Class and words, as people read them.
    is_met
        Whether the grader did as it must.
    found
        What it did.
    """

    name: str
    kind: str
    title: str
    is_met: bool
    found: str
