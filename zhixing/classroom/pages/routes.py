"""Routes: 首页, 课程, 课时, 我的档案."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from zhixing.classroom.api.answers import Id
from zhixing.classroom.api.courses import list_courses, own_courses, remember_position
from zhixing.classroom.api.own import read_record
from zhixing.classroom.desk import desk_of
from zhixing.classroom.hall import Hall
from zhixing.classroom.pages.frame import page, shown_time
from zhixing.classroom.pages.lesson import LessonTexts, lesson_shown
from zhixing.classroom.pages.next_step import next_step, trainer_work
from zhixing.classroom.visitor import CurrentHall, CurrentViewer


def router(hall: Hall) -> APIRouter:
    """Return the routes; lesson texts are rendered once, here."""
    routes = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    texts = LessonTexts.render(hall.courses)
    routes.add_api_route("/", home, methods=["GET"])
    routes.add_api_route("/courses", courses, methods=["GET"])
    routes.add_api_route("/record", record, methods=["GET"])
    routes.add_api_route("/courses/{course}/lessons/{lesson}", _lesson(texts), methods=["GET"])
    return routes


async def home(request: Request, hall: CurrentHall, viewer: CurrentViewer) -> Response:
    """首页: what is next for me."""
    own = await own_courses(hall, viewer)
    work = await asyncio.to_thread(trainer_work, hall, viewer)
    return await page(
        request, viewer, "home.html", next_step=next_step(own, hall.clock()), work=work
    )


async def courses(request: Request, hall: CurrentHall, viewer: CurrentViewer) -> Response:
    """课程: every lesson with its state in words."""
    lines = await list_courses(hall, viewer)
    return await page(request, viewer, "courses.html", courses=lines)


async def record(request: Request, hall: CurrentHall, viewer: CurrentViewer) -> Response:
    """我的档案: progress, hours, grades, and who looked at them."""
    own = await read_record(hall, viewer)
    return await page(
        request, viewer, "record.html", record=own, zone=hall.zone, shown_time=shown_time
    )


def _lesson(texts: LessonTexts):  # type: ignore[no-untyped-def]
    async def lesson(
        request: Request,
        course: Id,
        lesson: Id,
        hall: CurrentHall,
        viewer: CurrentViewer,
        section: Annotated[int | None, Query(ge=1, le=100)] = None,
    ) -> Response:
        """课时: one section a page, resumed where it was left."""
        desk = await desk_of(hall, viewer, course, lesson)
        total = len(desk.lesson.sections)
        if section is None:
            here = (desk.progress.position if desk.progress else 0) + 1
            return RedirectResponse(f"{request.url.path}?section={min(here, total)}", 303)
        number = min(section, total)
        if desk.is_open(hall.clock()) and not desk.is_handed_in:
            await remember_position(hall, desk, number - 1)
        shown = lesson_shown(desk, number, texts, hall.clock())
        return await page(request, viewer, "lesson.html", **shown)

    return lesson
