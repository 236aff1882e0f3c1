"""Extensions (延期): a trainer lets one learner of an own cohort answer a lesson longer."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from zhixing.classroom.api.answers import Id
from zhixing.classroom.api.handins import Words
from zhixing.classroom.hall import Hall
from zhixing.classroom.problem import ProblemError
from zhixing.classroom.scopes import scopes
from zhixing.classroom.visitor import CurrentHall, CurrentViewer, require_role
from zhixing.course import Lesson
from zhixing.records.extensions import (
    ExtensionRow,
    Grant,
    TaughtLearner,
    extensions_made,
    learner_to_extend,
    taught_learners,
    write_extension,
)
from zhixing.records.scope import Viewer
from zhixing.span import Span

router = APIRouter(tags=["extensions"])

LONGEST = timedelta(days=366)
"""How far ahead an extension may go; beyond it is a new cohort's business."""


class LearnerDates(BaseModel):
    """One learner of an own cohort: the dates of the lesson as they are for this person."""

    username: str
    name: str
    cohort: str
    opens: str
    closes: str
    extended: bool
    submitted_at: str | None


class ExtensionLine(BaseModel):
    """One extension as given; ``closes`` is null where an earlier one was taken back."""

    name: str
    closes: str | None
    reason: str
    by: str
    granted_at: str


class Extensions(BaseModel):
    """Everybody's dates in a lesson, and what was given and taken back."""

    course: str
    lesson: str
    title: str
    learners: list[LearnerDates]
    made: list[ExtensionLine]


class ExtensionWish(BaseModel):
    """What a trainer wants for one learner.

    ``closes`` without a zone is read in the platform's own (Asia/Shanghai); null takes an
    extension back.
    """

    model_config = ConfigDict(extra="forbid")
    username: Words = Field(min_length=1, max_length=64)
    closes: datetime | None
    reason: Annotated[Words, Field(min_length=2, max_length=400)]


@router.get("/courses/{course}/lessons/{lesson}/extensions", **scopes("trainer"))
async def list_extensions(
    course: Id, lesson: Id, hall: CurrentHall, viewer: CurrentViewer
) -> Extensions:
    """List the dates of each learner of own cohorts, and the extensions given."""
    require_role(viewer, "trainer")
    return await asyncio.to_thread(_extensions, hall, viewer, course, lesson)


def _extensions(hall: Hall, viewer: Viewer, course: str, lesson: str) -> Extensions:
    found = hall.lesson(course, lesson)
    with hall.store.read() as conn:
        learners = taught_learners(conn, viewer, course, lesson)
        made = extensions_made(conn, viewer, course, lesson)
    return Extensions(
        course=course,
        lesson=lesson,
        title=found.title,
        learners=[_dates(found, one) for one in learners],
        made=[_line(one) for one in made],
    )


def _dates(lesson: Lesson, one: TaughtLearner) -> LearnerDates:
    span = _span(lesson, one).extended_to(one.extended)
    return LearnerDates(
        username=one.username,
        name=one.name,
        cohort=one.cohort,
        opens=span.opens.isoformat(),
        closes=span.closes.isoformat(),
        extended=span.extended is not None,
        submitted_at=one.submitted_at.isoformat() if one.submitted_at else None,
    )


def _span(lesson: Lesson, one: TaughtLearner) -> Span:
    return Span(one.opens, one.closes).within(lesson.rules.opens, lesson.rules.closes)


def _line(row: ExtensionRow) -> ExtensionLine:
    return ExtensionLine(
        name=row.name,
        closes=row.closes.isoformat() if row.closes else None,
        reason=row.reason,
        by=row.by,
        granted_at=row.granted_at.isoformat(),
    )


@router.post("/courses/{course}/lessons/{lesson}/extensions", status_code=201, **scopes("trainer"))
async def give_extension(
    course: Id, lesson: Id, wish: ExtensionWish, hall: CurrentHall, viewer: CurrentViewer
) -> LearnerDates:
    """Extend a lesson for one learner, or take that back; the same again changes nothing."""
    require_role(viewer, "trainer")
    found, now = hall.lesson(course, lesson), hall.clock()
    grant = Grant(wish.username, _aware(hall, wish.closes), wish.reason.strip())

    def work(conn: Connection) -> LearnerDates:
        one = learner_to_extend(conn, viewer, course, lesson, grant.username, now)
        _require_sense(found, one, grant.closes, now)
        write_extension(conn, viewer, (course, lesson), grant, now)
        return _dates(found, learner_to_extend(conn, viewer, course, lesson, grant.username, now))

    return await hall.recorder.write(work)


def _aware(hall: Hall, moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=hall.zone)


def _require_sense(
    lesson: Lesson, one: TaughtLearner, closes: datetime | None, now: datetime
) -> None:
    if closes is None:
        if one.extended is None:
            raise _refused("没有给这名学员延过期，不用撤回。", "请刷新页面核对。", "username")
        return
    if one.submitted_at:
        raise _refused("这名学员已经交卷，延期没有作用。", "请核对学员。", "username")
    if closes <= max(now, _span(lesson, one).closes):
        words = "延期的时间要晚于现在，也晚于原来的截止时间。"
        raise _refused(words, "请改一个更晚的时间。", "closes")
    if closes > now + LONGEST:
        raise _refused("最多延期 366 天。", "请改一个更早的时间。", "closes")


def _refused(message: str, next_step: str, field: str) -> ProblemError:
    return ProblemError(422, "no_such_extension", message, next_step, field)
