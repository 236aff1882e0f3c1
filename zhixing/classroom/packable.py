"""Packable: what of the records goes to nbgrader for one question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from zhixing.course import Lesson
from zhixing.rules import Counting, LessonRules, credit

Packable = tuple[str, tuple[Any, ...], float | None, tuple[float | None, ...], Counting]
"""Version, values given to that version, the credit on record, scores of tries before these, how
the tries add up."""


class WholeTry(Protocol):
    """A whole answer with the mark that counts, and the version under whose key it stands."""

    @property
    def version(self) -> str:
        """Version of the question."""

    @property
    def value(self) -> Any:
        """The answer."""

    @property
    def score(self) -> float | None:
        """0 to 1, None while nobody marked it."""


class Given(WholeTry, Protocol):
    """An answer that may be a step of a case, after which it goes on."""

    @property
    def is_complete(self) -> bool:
        """Whether it is a whole answer."""


def packable(tries: Sequence[WholeTry], rules: LessonRules) -> Packable:
    """Sum up the whole tries of one question, of which there is at least one."""
    start = _start_of_last_version(tries)
    scores = [one.score for one in tries]
    is_marked = any(score is not None for score in scores)
    return (
        tries[-1].version,
        tuple(one.value for one in tries[start:]),
        credit(scores, rules) if is_marked else None,
        tuple(scores[:start]),
        rules.counting,
    )


def packables(lesson: Lesson, tries: Mapping[str, Sequence[Given]]) -> dict[str, Packable]:
    """Sum up a learner's tries in a lesson, of every question that has a whole answer.

    Parameters
    ----------
    lesson
        With the rules by which the learner's answers count.
    """
    found = {}
    for question_id, given in tries.items():
        whole = [one for one in given if one.is_complete]
        if whole:  # else a case that was begun and not ended
            # A question may have been taken out of the lesson since; it counts nowhere any more.
            question = lesson.question(question_id)
            rules = lesson.rules.for_kind(question.kind if question else "")
            found[question_id] = packable(whole, rules)
    return found


def _start_of_last_version(tries: Sequence[WholeTry]) -> int:
    """Where the tries begin that stand under the version answered last."""
    others = [n for n, one in enumerate(tries) if one.version != tries[-1].version]
    return others[-1] + 1 if others else 0
