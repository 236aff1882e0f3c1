"""History: what one cadre does in a course over the weeks, as plain values."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from random import Random
from typing import Any

from zhixing.course import Course, Lesson
from zhixing.demo.answers import right_value, wrong_value
from zhixing.demo.pace import Pace
from zhixing.marking import mark
from zhixing.question import Mark, Question

# Chance to get a question right at the first try, by its difficulty; a second try knows more.
_EASE = {1: 1.8, 2: 0.85, 3: 0.1}
"""Logits by difficulty: 86, 70 and 52 of a hundred usual cadres are right at first."""

_SECOND_BONUS = 1.0
_TRIES_AGAIN = 0.75


@dataclass(frozen=True)
class Given:
    """One answer, marked as the classroom marks it."""

    lesson: Lesson
    question: Question
    value: Any
    mark: Mark
    at: datetime
    certainty: int | None = None


@dataclass(frozen=True)
class LessonRun:
    """What one cadre did in one lesson; ``position`` is the section reached, from 0."""

    lesson: Lesson
    answers: tuple[Given, ...]
    position: int
    handed_in_at: datetime | None

    @property
    def best(self) -> dict[str, float | None]:
        """Best score of each answered question; None where a trainer has to grade."""
        best: dict[str, float | None] = {}
        for given in self.answers:
            known = [best.get(given.question.id), given.mark.score]
            best[given.question.id] = max((s for s in known if s is not None), default=None)
        return best


def run_course(
    rng: Random, course: Course, pace: Pace, sittings: Iterable[datetime], now: datetime
) -> tuple[LessonRun, ...]:
    """Walk a cadre through a course until reach, sittings or time are spent."""
    questions = [(lesson, question) for lesson in course.lessons for question in lesson.questions]
    todo = iter(questions[: round(len(questions) * pace.reach)])
    answers = list(_answers(rng, todo, pace, sittings, now))
    runs = []
    for lesson in course.lessons:
        own = tuple(given for given in answers if given.lesson.id == lesson.id)
        if own:
            handed_in_at = _hand_in(rng, own, pace, now)
            runs.append(LessonRun(lesson, own, _section(lesson, own), handed_in_at))
    return tuple(runs)


def _answers(
    rng: Random,
    todo: Iterator[tuple[Lesson, Question]],
    pace: Pace,
    sittings: Iterable[datetime],
    now: datetime,
) -> Iterator[Given]:
    for sitting in sittings:
        at = sitting
        for lesson, question in islice(todo, rng.randint(9, 17)):
            for given in _tries(rng, lesson, question, pace, at):
                if given.at >= now or not lesson.rules.is_open(given.at):
                    return
                yield given
                at = given.at


def _tries(
    rng: Random, lesson: Lesson, question: Question, pace: Pace, at: datetime
) -> Iterator[Given]:
    logits = _EASE.get(question.difficulty, 0.4) + pace.ability
    for _ in range(lesson.rules.tries):
        value = (right_value if rng.random() < _chance(logits) else wrong_value)(question, rng)
        for step in _steps(question, value):
            at += timedelta(seconds=rng.randint(25, 140))
            found = mark(question, step)
            yield Given(lesson, question, step, found, at)
        is_done = found.score is None or found.is_right
        if is_done or rng.random() > _TRIES_AGAIN:
            return
        logits += _SECOND_BONUS


def _chance(logits: float) -> float:
    return 1 / (1 + math.exp(-logits))


def _steps(question: Question, value: Any) -> list[Any]:
    """A case is walked one choice at a time; anything else is one answer."""
    if question.kind != "case":
        return [value]
    return [value[:end] for end in range(1, len(value) + 1)]


def _section(lesson: Lesson, answers: tuple[Given, ...]) -> int:
    """Index of the section that holds the question answered last."""
    last = answers[-1].question.id
    for place, section in enumerate(lesson.sections):
        if any(block.kind == "question" and block.ref == last for block in section.blocks):
            return place
    return 0


def _hand_in(rng: Random, answers: tuple[Given, ...], pace: Pace, now: datetime) -> datetime | None:
    lesson = answers[0].lesson
    answered = {given.question.id for given in answers if given.mark.is_complete}
    is_complete = answered == {question.id for question in lesson.questions}
    at = answers[-1].at + timedelta(minutes=rng.randint(1, 25))
    is_handed_in = is_complete and rng.random() < pace.hands_in and at < now
    return at if is_handed_in and lesson.rules.is_open(at) else None
