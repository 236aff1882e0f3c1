"""Rules of a lesson: how many tries, what each is worth, when feedback appears, when it is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

MODES = ("practice", "test")
FEEDBACK = ("instant", "handin", "closing")

REWRITES = 200
"""A written text, or an answer of a test, may be given again this often before hand-in; only the
last one counts."""

WALKS = 20
"""A case may be walked this often before hand-in; the best walk counts."""


@dataclass(frozen=True)
class Counting:
    """How the tries of a question add up (计分办法); ``mode`` and ``falloff`` of the rules.

    A learner's answers count by what the rules were when the lesson was begun, until a trainer
    regrades: so nobody's points move because somebody edited a file.
    """

    mode: str = "practice"
    falloff: float = 0.0


@dataclass(frozen=True)
class LessonRules:
    """How a lesson answers back.

    Parameters
    ----------
    tries
        Answers a learner may give to one question; at least 1. A test takes answers until
        hand-in and does not count them.
    feedback
        ``instant``: mark and reasons with every answer; ``handin``: only after hand-in;
        ``closing``: after hand-in and not before the lesson closed for everybody, so that nobody
        can pass keys on.
    mode
        ``practice``: the best try counts; ``test``: the last answer before hand-in counts.
    falloff
        Share of the credit that each further try loses, 0 to 1.
    certainty
        Whether each answer says how sure the learner is, see :mod:`zhixing.certainty`.
    shuffle
        Whether each learner sees the options in an order of their own, see :mod:`zhixing.paper`.
    resits
        How many more sittings of a test a learner may begin unasked; a trainer may grant others.
    resit_days
        Days that a granted resit stays open where the lesson has closed for the others.
    opens, closes
        Aware UTC times between which answers are taken; None means no bound.
    """

    tries: int = 3
    feedback: str = "instant"
    mode: str = "practice"
    falloff: float = 0.0
    certainty: bool = False
    shuffle: bool = False
    resits: int = 0
    resit_days: int = 7
    opens: datetime | None = None
    closes: datetime | None = None

    @property
    def is_test(self) -> bool:
        """Whether answers may be changed until hand-in and the last one counts."""
        return self.mode == "test"

    @property
    def counting(self) -> Counting:
        """How tries add up by these rules; of a test only the last counts, so nothing falls off."""
        return Counting(self.mode, 0.0 if self.is_test else self.falloff)

    def counted_by(self, counting: Counting | None) -> LessonRules:
        """Rules of a learner whose answers add up in a way of their own; None has none.

        How often a question may be answered follows the mode. A test tells nothing before
        hand-in, even where the lesson by now does: its answers may be changed at will.
        """
        if counting is None or counting == self.counting:
            return self
        feedback = self.feedback
        if counting.mode == "test" and feedback == "instant":
            feedback = "handin"
        return replace(self, mode=counting.mode, falloff=counting.falloff, feedback=feedback)

    def is_open(self, now: datetime) -> bool:
        """Whether an answer received at ``now`` (aware UTC) is taken."""
        return (self.opens is None or self.opens <= now) and (
            self.closes is None or now < self.closes
        )

    def is_told(self, *, is_handed_in: bool, is_closed: bool) -> bool:
        """Whether marks, reasons and keys are shown by now."""
        if self.feedback == "closing":
            return is_handed_in and is_closed
        return self.feedback == "instant" or is_handed_in

    def for_kind(self, kind: str) -> LessonRules:
        """Rules of one question: a case is walked again to learn, so no walk is worth less."""
        return replace(self, falloff=0.0) if kind == "case" and self.falloff else self

    def tries_for(self, kind: str) -> int:
        """How many answers a question of this kind takes."""
        if kind == "written" or (self.is_test and kind != "case"):
            return REWRITES
        return WALKS if kind == "case" else self.tries

    def share(self, number: int) -> float:
        """Share of the credit that a right answer earns at the ``number``-th try, from 1."""
        # Rounded, because 1 - 0.1 * 3 is not 0.7 and a learner reads it as a percentage.
        return round(max(0.0, 1.0 - self.falloff * (number - 1)), 6)


def credit(scores: Sequence[float | None], rules: LessonRules) -> float:
    """Score that counts for one question, 0 to 1; 0 if nothing is marked.

    In practice it is the best of the tries, each worth its share: the domain brief, section 7, has
    the best try count for credit and the first for diagnosis. In a test it is the last answer.

    Parameters
    ----------
    scores
        Of every try, first to last; None while a person has yet to grade it. The steps of a case
        that goes on are no tries and not in it.
    """
    if rules.is_test:
        return (scores[-1] or 0.0) if scores else 0.0
    worth = ((score or 0.0) * rules.share(number) for number, score in enumerate(scores, start=1))
    return max(worth, default=0.0)
