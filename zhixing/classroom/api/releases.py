"""Releases: the learners' version of a lesson, as nbgrader's commands fetch it."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Response

from zhixing.classroom.api.answers import Id
from zhixing.classroom.desk import reading_desk_of, require_begun
from zhixing.classroom.problem import ProblemError
from zhixing.classroom.scopes import scopes
from zhixing.classroom.visitor import CurrentHall, CurrentViewer

router = APIRouter(tags=["courses"])


@router.get(
    "/courses/{course}/lessons/{lesson}/release",
    response_class=Response,
    **scopes("enrolled", "trainer", file="application/zip"),
)
async def read_release(
    course: Id, lesson: Id, hall: CurrentHall, viewer: CurrentViewer
) -> Response:
    """Download the zip of a released lesson; learners not before it begins for them."""
    desk = await reading_desk_of(hall, viewer, course, lesson)
    if desk.is_learner:
        require_begun(desk, hall.clock())
    content = await asyncio.to_thread(hall.released, course, lesson)
    if content is None:
        raise ProblemError(409, "not_released", "这一讲还没有发布。", "请稍后再试，或问教员。")
    return Response(content, media_type="application/zip")
