"""Review card: when an own error comes back (温故), by the schedule of the fsrs library."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from fsrs import Card, Rating, Scheduler, State

QUESTIONS_AT_A_TIME = 3
"""三题温故."""

REVIEWED_KINDS = frozenset({"single", "multiple", "truth", "blank", "match", "order"})
"""Types that are worth a minute on the way: a text wants a trainer, a case or a table an hour."""

_SCHEDULER = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
"""Whole days only and nothing by chance: what was just explained does not come back at once.

References
----------
FSRS-6 with its published weights and 90 % wanted retention (Ye, Su and Cao 2022,
doi:10.1145/3534678.3539081), as the library has them.
"""


@dataclass(frozen=True)
class ReviewCard:
    """What FSRS knows of one person and one question.

    Parameters
    ----------
    stability
        Days until the chance to remember has fallen to 90 %.
    difficulty
        1 to 10.
    last_at, due_at
        Aware UTC: the last answer, and from when on the question comes back.
    """

    stability: float
    difficulty: float
    last_at: datetime
    due_at: datetime

    @classmethod
    def from_error(cls, made_at: datetime) -> Self:
        """Card of an error made at this moment: the first answer to it was a wrong one."""
        return cls._after(Card(card_id=0), Rating.Again, made_at)

    def answered(self, now: datetime, *, is_right: bool) -> Self:
        """Card after one more answer. Half right is not yet known, so only right counts as such."""
        card = Card(
            card_id=0,
            state=State.Review,
            step=None,
            stability=self.stability,
            difficulty=self.difficulty,
            due=self.due_at,
            last_review=self.last_at,
        )
        return self._after(card, Rating.Good if is_right else Rating.Again, now)

    def is_due(self, now: datetime) -> bool:
        """Whether the question may come back at this moment."""
        return self.due_at <= now

    @classmethod
    def _after(cls, card: Card, rating: Rating, moment: datetime) -> Self:
        card, _ = _SCHEDULER.review_card(card, rating, moment)
        if card.stability is None or card.difficulty is None:  # pragma: no cover - FSRS sets both
            raise ValueError(f"fsrs left the card without memory state after {rating!r}")
        return cls(card.stability, card.difficulty, moment, card.due)
