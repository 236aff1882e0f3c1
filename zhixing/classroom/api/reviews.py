"""Reviews (温故): three of one's own errors at a time; for the person alone."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from zhixing.classroom.api.answers import AnswerState, GivenAnswer
from zhixing.classroom.desk import Standing, Try, answer_state
from zhixing.classroom.problem import ProblemError, not_found
from zhixing.classroom.review import OwnError, due_errors, own_errors, take_review
from zhixing.classroom.scopes import scopes
from zhixing.classroom.visitor import CurrentHall, CurrentViewer
from zhixing.marking import mark
from zhixing.question import Question
from zhixing.rules import LessonRules

router = APIRouter(tags=["own"])

_ONE_TRY = LessonRules(tries=1)
"""A review shows everything after one answer: there is nothing to lose in it."""

_Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class ReviewQuestion(BaseModel):
    """One question that comes back, as it was asked in its lesson."""

    course: str
    lesson: str
    lesson_title: str
    question: dict[str, Any]
    state: AnswerState


class Review(BaseModel):
    """What there is to review now; ``has_more`` says whether three more wait behind them."""

    questions: list[ReviewQuestion]
    has_more: bool


class ReviewAnswer(GivenAnswer):
    """An answer to a question that came back."""

    course: _Id
    question: _Id


class ReviewOutcome(BaseModel):
    """What the answer is worth and why; it is told and not kept."""

    state: AnswerState


@router.get("/own/review", **scopes("everybody"))
async def read_review(hall: CurrentHall, viewer: CurrentViewer) -> Review:
    """Read the three own errors that come back now; empty where none does."""
    errors = await asyncio.to_thread(own_errors, hall, viewer)
    due, has_more = due_errors(errors, hall.clock())
    return Review(questions=[_shown(error) for error in due], has_more=has_more)


def _shown(error: OwnError) -> ReviewQuestion:
    return ReviewQuestion(
        course=error.course.id,
        lesson=error.lesson.id,
        lesson_title=error.lesson.title,
        # Nothing is earned here, and the card says so.
        question={**error.question.public(), "points": 0},
        state=_state(error.question, Standing.of((), _ONE_TRY)),
    )


def _state(question: Question, standing: Standing) -> AnswerState:
    state = answer_state(question, _ONE_TRY, standing, is_handed_in=False, is_takable=True)
    return AnswerState(**state)


@router.post("/own/review", **scopes("everybody"))
async def answer_review(
    given: ReviewAnswer, hall: CurrentHall, viewer: CurrentViewer
) -> ReviewOutcome:
    """Answer one of them; nothing of the lesson, its tries, its marks or its grade changes."""
    errors = await asyncio.to_thread(own_errors, hall, viewer)
    place = (given.course, given.question)
    error = next((one for one in errors if one.place == place), None)
    if error is None:
        raise not_found()
    question, now = error.question, hall.clock()
    if given.version != question.version:
        raise ProblemError(
            409, "unknown_version", "这道题已经更新。", "请刷新页面后再答。", "version"
        )
    marked = mark(question, given.value)
    work = partial(
        take_review,
        viewer=viewer,
        error=error,
        key=given.key,
        now=now,
        is_right=marked.is_right,
    )
    await hall.recorder.write(work)
    last = Try(question.version, given.value, now, marked.score, marked.reasons)
    return ReviewOutcome(state=_state(question, Standing.of([last], _ONE_TRY)))
