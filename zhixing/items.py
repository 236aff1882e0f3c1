"""Items: what first tries tell of the questions themselves: too easy, unclear, a wrong key.

Only whole questions are judged here, never a learner; a number comes with how sure it is, and
below its threshold there is none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scipy.stats import pearsonr

from zhixing.course import Lesson
from zhixing.firsttry import FirstTry
from zhixing.question import Question
from zhixing.share import Share

FEWEST_FOR_SHARES = 10
"""First tries from which on a share is said, as the domain brief, section 7, has it for medians.

Below it Wilson's interval covers more than half of the scale.
"""

FEWEST_FOR_DISCRIMINATION = 30
"""First tries from which on a correlation is said.

With 30 a correlation of 0.36 is the smallest that can be told from none at 95 % (Fisher 1921),
which is about where Ebel and Frisbie (1991, Essentials of Educational Measurement, 5th ed.,
chapter 13) begin to call an item reasonably good; Linacre (1994, Rasch Measurement Transactions
7:4, 328) gives 30 as the fewest for any calibration.
"""

MOST_COMMON = 3
"""Wrong texts, numbers or steps listed for one question."""


@dataclass(frozen=True)
class Discrimination:
    """Correlation of an item with the rest of the lesson, and its interval at 95 %.

    Corrected item-total correlation (Ebel and Frisbie 1991): the rest is the mean score of the
    other items that the learner answered, of which there are at least half.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Choice:
    """How many chose an option first, and how well these did in the rest of the lesson.

    Parameters
    ----------
    rest
        Mean score in the other items of those who chose it, 0 to 1; None if nobody did.
    """

    id: str
    text: str
    is_right: bool
    share: Share
    rest: float | None


@dataclass(frozen=True)
class ItemFigures:
    """What first tries tell of one question.

    Parameters
    ----------
    number
        Place in the lesson, from 1.
    people
        Learners with a first try.
    right
        How many were wholly right at first; None under :data:`FEWEST_FOR_SHARES`.
    facility
        Mean score of first tries, 0 to 1, under the same threshold.
    tries
        Mean number of tries.
    is_flat
        Whether everybody earned the same, so that nothing can be told apart.
    common
        Wrong texts and numbers given by at least two, with how many, most frequent first; of a
        data question the steps that were missed, as learners have other numbers.
    """

    number: int
    question: Question
    people: int
    right: Share | None = None
    facility: float | None = None
    tries: float | None = None
    discrimination: Discrimination | None = None
    is_flat: bool = False
    choices: tuple[Choice, ...] = ()
    common: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Item:
    """A question as first tries are counted for it.

    Parameters
    ----------
    number
        Place in the lesson, from 1; several items may be drawn into one place.
    question
        Its id is the one that :class:`~zhixing.firsttry.FirstTry` names.
    """

    number: int
    question: Question


def items_of(lesson: Lesson) -> dict[str, Item]:
    """By version, the item that answers to it count for.

    What is drawn into a place from a pool is an item of its own; drawings of a data task ask the
    same on other data and are one item.
    """
    found: dict[str, Item] = {}
    for number, question in enumerate(lesson.questions, 1):
        for one in lesson.varying.get(question.id, (question,)):
            found[one.version] = Item(number, question)
        for form in lesson.forms.get(question.id, ()):
            own = replace(form.question, id=f"{question.id}·{form.origin}")
            found[form.question.version] = Item(number, own)
    return found


Scores = Mapping[int, Mapping[str, float]]
"""Learner to question to score."""


def item_figures(items: Iterable[Item], tries: Sequence[FirstTry]) -> tuple[ItemFigures, ...]:
    """Work out the figures of every question that is marked by itself, in order.

    Parameters
    ----------
    items
        Of one lesson; texts that a trainer grades are left out.
    tries
        First tries of that lesson, at most one a learner and item.
    """
    by_id = {one.question.id: one for one in items if one.question.kind != "written"}
    scores = scores_of(tries)
    by_question: dict[str, list[FirstTry]] = {name: [] for name in by_id}
    for one in tries:
        if one.score is not None and one.question_id in by_question:
            by_question[one.question_id].append(one)
    return tuple(
        _figures(one.number, one.question, by_question[name], scores) for name, one in by_id.items()
    )


def scores_of(tries: Sequence[FirstTry]) -> Scores:
    """Scores of the first tries that are marked."""
    scores: dict[int, dict[str, float]] = {}
    for one in tries:
        if one.score is not None:
            scores.setdefault(one.learner, {})[one.question_id] = one.score
    return scores


def _figures(
    number: int, question: Question, tries: Sequence[FirstTry], scores: Scores
) -> ItemFigures:
    people = len(tries)
    if people < FEWEST_FOR_SHARES:
        return ItemFigures(number, question, people)
    marks = [one.score or 0.0 for one in tries]
    rests = _rests(question.id, tries, scores)
    return ItemFigures(
        number=number,
        question=question,
        people=people,
        right=Share(sum(mark == 1.0 for mark in marks), people),
        facility=sum(marks) / people,
        tries=sum(one.tries for one in tries) / people,
        discrimination=_discrimination(tries, rests),
        is_flat=len(set(marks)) == 1,
        choices=_choices(question, tries, rests),
        common=_common(question, tries),
    )


def _rests(question_id: str, tries: Sequence[FirstTry], scores: Scores) -> Mapping[int, float]:
    """Learner to mean score in the other items, where at least half of these were answered."""
    others = {name for given in scores.values() for name in given} - {question_id}
    rests = {}
    for one in tries:
        given = [score for name, score in scores[one.learner].items() if name != question_id]
        if given and 2 * len(given) >= len(others):
            rests[one.learner] = sum(given) / len(given)
    return rests


def _discrimination(tries: Sequence[FirstTry], rests: Mapping[int, float]) -> Discrimination | None:
    pairs = [(one.score or 0.0, rests[one.learner]) for one in tries if one.learner in rests]
    own, rest = [a for a, _ in pairs], [b for _, b in pairs]
    if len(pairs) < FEWEST_FOR_DISCRIMINATION or len(set(own)) == 1 or len(set(rest)) == 1:
        return None
    found = pearsonr(own, rest)
    bounds = found.confidence_interval(0.95)
    return Discrimination(float(found.statistic), float(bounds.low), float(bounds.high))


def _choices(
    question: Question, tries: Sequence[FirstTry], rests: Mapping[int, float]
) -> tuple[Choice, ...]:
    if question.kind not in ("single", "truth", "multiple", "panel"):
        return ()
    right = _right(question.key)
    chosen = [(_ids(one.value), rests.get(one.learner)) for one in tries]
    return tuple(
        Choice(
            option.id,
            option.text,
            option.id in right,
            Share(sum(option.id in ids for ids, _ in chosen), len(chosen)),
            _mean([rest for ids, rest in chosen if option.id in ids and rest is not None]),
        )
        for option in question.options
    )


def _right(key: Mapping[str, Any]) -> set[str]:
    """Options to choose; of a panel those that most of its members chose."""
    if "panel" in key:
        most = max(key["panel"].values())
        return {name for name, count in key["panel"].items() if count == most}
    return {key["option"]} if "option" in key else set(key["options"])


def _ids(value: Any) -> set[str]:
    return set(value) if isinstance(value, list) else {str(value)}


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _common(question: Question, tries: Sequence[FirstTry]) -> tuple[tuple[str, int], ...]:
    wrong = [one for one in tries if one.score != 1.0]
    said: Iterable[str] = ()
    if question.kind == "blank":
        said = (_text(one.value) for one in wrong)
    elif question.kind == "data":
        said = (step for one in wrong for step in one.steps)
    return tuple((text, n) for text, n in Counter(said).most_common(MOST_COMMON) if n >= 2)


def _text(value: Any) -> str:
    text = "、".join(str(one) for one in value) if isinstance(value, list) else str(value)
    return text if len(text) <= 40 else f"{text[:40]}…"
