"""Ledger: what a batch of answers changes, worked out in memory from what was read before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from zhixing.records.counted import counting_from
from zhixing.records.draft import AnswerDraft
from zhixing.records.errors import (
    AnswerRefusedError,
    ClosedError,
    HandedInError,
    NotYetOpenError,
    OtherSittingError,
    OutOfStepError,
    TriesSpentError,
)
from zhixing.rules import Counting, LessonRules, credit

Place = tuple[int | None, str]
"""Enrolment and question id, or enrolment and lesson id."""


@dataclass
class QuestionState:
    """Answers of one enrolment to one question; ``keys`` holds answer ids and entries of now.

    Parameters
    ----------
    answers
        How many are recorded.
    attempts
        How many of them are tries: all but the steps of a case that goes on.
    scores
        Of the tries, first to last.
    path
        Last step of a case that goes on, empty between two walks.
    sitting
        To which all but ``answers`` and ``keys`` belong.
    """

    answers: int = 0
    attempts: int = 0
    scores: list[float | None] = field(default_factory=list)
    path: tuple[Any, ...] = ()
    keys: dict[str, int | Entry] = field(default_factory=dict)
    sitting: int = 1

    def begin(self, sitting: int) -> None:
        """Start afresh where another sitting began since the last answer."""
        if sitting > self.sitting:
            self.sitting, self.attempts, self.scores, self.path = sitting, 0, [], ()

    def add(
        self, key: str, score: float | None, answer: int | Entry, *, is_complete: bool = True
    ) -> None:
        """Count one more answer."""
        self.answers += 1
        self.attempts += is_complete
        self.keys[key] = answer
        if is_complete:
            self.scores.append(score)

    @property
    def best(self) -> float | None:
        """Best score so far, None while nothing is marked."""
        return max((score for score in self.scores if score is not None), default=None)

    def credit(self, rules: LessonRules) -> float:
        """Score that counts so far."""
        return credit(self.scores, rules)


@dataclass
class LessonState:
    """Progress of one enrolment in one lesson, as in ``lesson_progress``."""

    started_at: datetime
    last_at: datetime
    answered: int = 0
    earned: float = 0.0
    completed_at: datetime | None = None
    submitted_at: datetime | None = None
    sitting: int = 1
    mode: str | None = None
    falloff: float | None = None

    @property
    def counting(self) -> Counting | None:
        """How ``earned`` adds up; None before the first answer of a sitting."""
        return counting_from(self.mode, self.falloff)

    def add(self, draft: AnswerDraft, *, is_first: bool, gain: float) -> None:
        """Count one more answer; ``gain`` is by how much the credit rose, or in a test fell."""
        if self.mode is None and draft.is_complete:
            self.mode, self.falloff = draft.rules.mode, draft.rules.counting.falloff
        self.answered += is_first and draft.is_complete
        self.earned += gain * draft.points
        self.last_at = max(self.last_at, draft.received_at)
        if self.completed_at is None and self.answered >= draft.question_total:
            self.completed_at = draft.received_at


@dataclass(frozen=True)
class Entry:
    """A new answer to write, its number, and how its question stands with it by these rules."""

    draft: AnswerDraft
    attempt: int
    attempts: int
    best: float | None
    credit: float
    sitting: int
    rules: LessonRules


@dataclass(frozen=True)
class Repeat:
    """The same key again: ``first`` is the answer's id, or its entry if it is of this batch."""

    first: int | Entry
    attempts: int
    best: float | None
    credit: float
    rules: LessonRules


@dataclass
class Ledger:
    """State before the batch, and after each :meth:`enter` the state with it.

    Questions and lessons are known by enrolment and id; every draft has its enrolment.
    """

    questions: dict[Place, QuestionState]
    lessons: dict[Place, LessonState]
    entries: list[Entry] = field(default_factory=list)

    def enter(self, draft: AnswerDraft) -> Entry | Repeat | AnswerRefusedError:
        """Take one draft in: a new answer, a repeat, or refused by the lesson's rules."""
        question = self.questions.setdefault(
            (draft.enrolment_id, draft.question_id), QuestionState()
        )
        lesson = self.lessons.get((draft.enrolment_id, draft.lesson_id))
        rules = draft.rules.counted_by(lesson.counting if lesson else None)
        if draft.key in question.keys:
            worth = question.credit(rules.for_kind(draft.kind))
            first = question.keys[draft.key]
            return Repeat(first, question.attempts, question.best, worth, rules)
        question.begin(lesson.sitting if lesson else 1)
        if refused := _refused(draft, question, lesson, rules):
            return refused
        return self._add(draft, question, rules)

    def _add(self, draft: AnswerDraft, question: QuestionState, rules: LessonRules) -> Entry:
        lesson = self.lessons.setdefault(
            (draft.enrolment_id, draft.lesson_id),
            LessonState(started_at=draft.received_at, last_at=draft.received_at),
        )
        is_first, before = question.attempts == 0, question.credit(rules.for_kind(draft.kind))
        entry = self._entered(draft, question, rules)
        lesson.add(draft, is_first=is_first, gain=entry.credit - before)
        if draft.is_step:
            question.path = () if draft.is_complete else tuple(draft.value)
        self.entries.append(entry)
        return entry

    def _entered(self, draft: AnswerDraft, question: QuestionState, rules: LessonRules) -> Entry:
        scores = [*question.scores, draft.score] if draft.is_complete else question.scores
        known = [score for score in scores if score is not None]
        entry = Entry(
            draft,
            attempt=question.answers + 1,
            attempts=question.attempts + draft.is_complete,
            best=max(known, default=None),
            credit=credit(scores, rules.for_kind(draft.kind)),
            sitting=question.sitting,
            rules=rules,
        )
        question.add(draft.key, draft.score, entry, is_complete=draft.is_complete)
        return entry

    def touched(self) -> Iterable[Place]:
        """Enrolment and lesson of every new answer, each once."""
        return dict.fromkeys((e.draft.enrolment_id, e.draft.lesson_id) for e in self.entries)


def _refused(
    draft: AnswerDraft, question: QuestionState, lesson: LessonState | None, rules: LessonRules
) -> AnswerRefusedError | None:
    if draft.refuse_after_handin and lesson and lesson.submitted_at:
        return HandedInError(
            f"课时 {draft.lesson_id} 已经交卷，不再接受作答。",
            f"lesson {draft.lesson_id} was handed in at {lesson.submitted_at.isoformat()}",
        )
    if draft.sitting not in (None, question.sitting):
        return OtherSittingError(
            "这份卷子已经换成新的一份，没有保存。",
            f"paper of sitting {draft.sitting} answered, {question.sitting} is under way",
        )
    if question.attempts >= (tries := rules.tries_for(draft.kind)):
        return TriesSpentError(
            f"题目 {draft.question_id} 可以答 {tries} 次，已经用完。",
            f"{question.attempts} of {tries} tries of {draft.question_id} used",
        )
    if draft.is_step and tuple(draft.value[:-1]) != question.path:
        return OutOfStepError(
            "这一步接不上您的上一步，没有保存。",
            f"step {draft.value!r} of {draft.question_id} does not follow {question.path!r}",
        )
    return _out_of_time(draft)


def _out_of_time(draft: AnswerDraft) -> AnswerRefusedError | None:
    now = draft.received_at
    if draft.opens and now < draft.opens:
        return NotYetOpenError("班次还没有开始。", f"opens at {draft.opens.isoformat()}")
    if draft.closes and now >= draft.closes:
        return ClosedError("这一讲已经截止，不能再答。", f"closed at {draft.closes.isoformat()}")
    return None
