"""Regrade (重新判分): what old answers earn under a new key or new rules, beside what they had."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from zhixing.certainty import certainty_mark
from zhixing.course import Lesson
from zhixing.errors import InvalidAnswerError
from zhixing.marking import mark
from zhixing.question import Question
from zhixing.rules import LessonRules, credit

NO_DIFFERENCE = 1e-9
"""Points; less is rounding and no change."""


@dataclass(frozen=True)
class JudgedTry:
    """One whole answer of one learner, with the mark that counts now.

    Parameters
    ----------
    version
        Of the question under whose key the mark stands.
    points
        What the question was worth in that version.
    kind
        Of the question.
    """

    answer_id: int
    version: str
    points: float
    value: Any
    score: float | None
    reasons: tuple[Mapping[str, str], ...] = ()
    certainty: int | None = None
    kind: str = "single"


@dataclass(frozen=True)
class NewMark:
    """A mark to add to an answer, under the key of ``version``; the one before stays."""

    answer_id: int
    version: str
    score: float | None
    certainty_mark: float | None
    reasons: tuple[Mapping[str, str], ...]


@dataclass(frozen=True)
class Change:
    """What a regrade does to one learner's question.

    Parameters
    ----------
    marks
        To be added, first try first.
    tries
        All whole answers as they stand after it.
    before, after
        Points that the question counts for.
    untold
        Answers that make no sense under the new version and keep their mark.
    """

    marks: tuple[NewMark, ...]
    tries: tuple[JudgedTry, ...]
    before: float
    after: float
    untold: int

    @property
    def gain(self) -> float:
        """Points won; negative where some are lost."""
        return self.after - self.before

    @property
    def is_any(self) -> bool:
        """Whether the points change."""
        return abs(self.gain) > NO_DIFFERENCE


def heirs_of(
    lesson: Lesson, question: Question, earlier: Mapping[str, Mapping[str, Any]]
) -> dict[str, Question]:
    """Question that has taken the place of each version by now; a current one has itself.

    Where learners have different questions or data in a place, an earlier version is followed by
    the one on the same data, or with the same prompt; where there is no such one, by none.

    Parameters
    ----------
    earlier
        Version to content, of all that answers stand under.
    """
    now = lesson.varying.get(question.id, (question,))
    heirs = {one.version: one for one in now}
    is_single = question.id not in lesson.varying
    by_face = {_face(one.content()): one for one in now}
    for version, content in earlier.items():
        heir = question if is_single else by_face.get(_face(content))
        if version not in heirs and heir is not None:
            heirs[version] = heir
    return heirs


def _face(content: Mapping[str, Any]) -> str:
    return str(content.get("data") or content["prompt"])


def regraded(
    heirs: Mapping[str, Question], rules: LessonRules, tries: Sequence[JudgedTry]
) -> Change:
    """Mark all tries that stand under an earlier version by the question that followed it."""
    marks: list[NewMark] = []
    after: list[JudgedTry] = []
    untold = 0
    for one in tries:
        question = heirs.get(one.version)
        is_current = question is not None and one.version == question.version
        new = _new_mark(question, one) if question and not is_current else None
        untold += new is None and not is_current
        after.append(_with(one, new, question.points) if new and question else one)
        marks += [new] if new else []
    return Change(tuple(marks), tuple(after), worth(tries, rules), worth(after, rules), untold)


def changed(
    tries: Sequence[JudgedTry], marks: Mapping[int, tuple[NewMark, float]], rules: LessonRules
) -> Change:
    """Give answers these marks, each with the points of its version; how a regrade is undone."""
    after = [_with(one, *marks[one.answer_id]) if one.answer_id in marks else one for one in tries]
    added = tuple(marks[one.answer_id][0] for one in tries if one.answer_id in marks)
    return Change(added, tuple(after), worth(tries, rules), worth(after, rules), 0)


def recounted(tries: Sequence[JudgedTry], now: LessonRules, then: LessonRules) -> Change:
    """Keep all marks and let them add up by other rules."""
    return Change((), tuple(tries), worth(tries, now), worth(tries, then), 0)


def _new_mark(question: Question, one: JudgedTry) -> NewMark | None:
    try:
        found = mark(question, one.value)
    except InvalidAnswerError:
        return None
    if not found.is_complete or (found.score is None) != (one.score is None):
        return None
    sure = certainty_mark(found.score, one.certainty)
    return NewMark(one.answer_id, question.version, found.score, sure, tuple(found.reasons))


def _with(one: JudgedTry, new: NewMark, points: float) -> JudgedTry:
    return replace(one, version=new.version, points=points, score=new.score, reasons=new.reasons)


def worth(tries: Iterable[JudgedTry], rules: LessonRules) -> float:
    """Points that a question counts for, as the recorder adds them up try by try."""
    scores: list[float | None] = []
    points = 0.0
    for one in tries:
        before = credit(scores, rules)
        scores.append(one.score)
        points += (credit(scores, rules) - before) * one.points
    return points
