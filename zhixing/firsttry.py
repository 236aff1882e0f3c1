"""First try: what one learner answered first to one question, which is what diagnosis looks at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class FirstTry:
    """The first whole answer of one learner to one question (domain brief, section 7).

    Parameters
    ----------
    learner
        Any number that is one learner's alone.
    value
        As :func:`zhixing.marking.mark` takes it.
    score
        0 to 1; None while nobody marked it.
    tries
        Whole answers of this learner to this question so far.
    steps
        Sentences that told the learner which step was missed.
    groups
        What the learner is counted under, e.g. ``{"街道": "䶮山街道", "岗位": "社区书记"}``.
    """

    learner: int
    question_id: str
    value: Any
    score: float | None
    tries: int = 1
    steps: tuple[str, ...] = ()
    groups: Mapping[str, str] = field(default_factory=dict)
