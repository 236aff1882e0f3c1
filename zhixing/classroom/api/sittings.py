"""Sittings: a learner begins the next one; a trainer lets somebody take a test once more."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from functools import partial

from fastapi import APIRouter
from pydantic import BaseModel

from zhixing.classroom.api.answers import Id
from zhixing.classroom.api.handins import SubmissionId
from zhixing.classroom.desk import desk_of
from zhixing.classroom.hall import Hall
from zhixing.classroom.problem import ProblemError
from zhixing.classroom.scopes import scopes
from zhixing.classroom.visitor import CurrentHall, CurrentViewer, require_role
from zhixing.records.handins import sitting_of
from zhixing.records.scope import Viewer
from zhixing.records.sittings import begin_sitting, grant_resit
from zhixing.rules import LessonRules

router = APIRouter(tags=["sittings"])


class Sitting(BaseModel):
    """Number of the sitting under way, from 1."""

    sitting: int


class Granted(BaseModel):
    """How many sittings there are now, and until when the next one is open beyond the others."""

    sittings: int
    extended_to: str | None


@router.post("/courses/{course}/lessons/{lesson}/sittings", status_code=201, **scopes("enrolled"))
async def begin(course: Id, lesson: Id, hall: CurrentHall, viewer: CurrentViewer) -> Sitting:
    """Begin the next sitting of a test; a second click begins nothing more."""
    desk = await desk_of(hall, viewer, course, lesson)
    now = hall.clock()
    if not desk.is_open(now):
        raise ProblemError(409, "closed", "这一讲已经截止。", "需要补考请联系教员。")
    work = partial(
        begin_sitting,
        learner=viewer.username,
        enrolment_id=desk.enrolment.enrolment_id,
        lesson_id=lesson,
        allowed=desk.sittings_for_all,
        now=now,
    )
    return Sitting(sitting=await hall.recorder.write(work))


@router.post("/submissions/{submission}/resit", status_code=201, **scopes("trainer"))
async def grant(submission: SubmissionId, hall: CurrentHall, viewer: CurrentViewer) -> Granted:
    """Let whoever handed this in take the test once more; the best sitting will count."""
    require_role(viewer, "trainer")
    enrolment, course, lesson = await asyncio.to_thread(_place, hall, viewer, submission)
    rules, now = hall.lesson(course, lesson).rules, hall.clock()
    if not rules.is_test:
        raise ProblemError(
            409, "no_test", "这一讲不是测验，没有补考。", "练习课时在交卷前可以反复作答。"
        )
    until = extended_to(rules, now)
    work = partial(
        grant_resit,
        trainer=viewer.username,
        enrolment_id=enrolment,
        lesson_id=lesson,
        now=now,
        extended_to=until,
    )
    sittings = await hall.recorder.write(work)
    return Granted(sittings=sittings, extended_to=until.isoformat() if until else None)


def extended_to(rules: LessonRules, now: datetime) -> datetime | None:
    """Until when a granted resit is open, where the lesson closes before for the others."""
    until = now + timedelta(days=rules.resit_days)
    return until if rules.closes is not None and rules.closes < until else None


def _place(hall: Hall, viewer: Viewer, submission: int) -> tuple[int, str, str]:
    with hall.store.read() as conn:
        return sitting_of(conn, viewer, submission)
