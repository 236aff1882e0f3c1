"""Span: from when to when one learner's answers to a lesson are taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Span:
    """Two aware UTC times, the second no longer inside.

    Parameters
    ----------
    extended
        Until when a trainer extended it for this one person; None where nobody did, or where the
        lesson closes no earlier anyway.
    """

    opens: datetime
    closes: datetime
    extended: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        """Whether an answer received at ``now`` is taken."""
        return self.opens <= now < self.closes

    def within(self, opens: datetime | None, closes: datetime | None) -> Span:
        """Narrow it to the bounds of a lesson's rules; None means no bound."""
        return Span(max(self.opens, opens or self.opens), min(self.closes, closes or self.closes))

    def extended_to(self, moment: datetime | None) -> Span:
        """Move the end for one person: an extension may go past lesson and cohort, never back."""
        if moment is None or moment <= self.closes:
            return self
        return Span(self.opens, moment, moment)
