"""Rules of a lesson: how many tries, when feedback appears, when it is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class LessonRules:
    """How a lesson answers back.

    Parameters
    ----------
    tries
        Answers a learner may give to one question; at least 1.
    feedback
        ``instant``: mark and reasons with every answer; ``handin``: only after hand-in.
    opens, closes
        Aware UTC times between which answers are taken; None means no bound.
    """

    tries: int = 3
    feedback: str = "instant"
    opens: datetime | None = None
    closes: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        """Whether an answer received at ``now`` (aware UTC) is taken."""
        return (self.opens is None or self.opens <= now) and (
            self.closes is None or now < self.closes
        )


def credit(scores: Sequence[float]) -> float:
    """Score that counts for one question: the best of its tries, 0 if none.

    The domain brief, section 7, has the best try count for credit and the first for diagnosis.
    """
    return max(scores, default=0.0)
