"""Routes: 首页, 课程, 课时, 我的档案, 温故."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from zhixing.classroom.api.answers import Id
from zhixing.classroom.api.courses import list_courses, own_courses
from zhixing.classroom.api.own import read_record
from zhixing.classroom.api.reviews import read_review
from zhixing.classroom.desk import reading_desk_of
from zhixing.classroom.hall import Hall
from zhixing.classroom.handin import receipt_of
from zhixing.classroom.pages.casemap import casemap
from zhixing.classroom.pages.extensions import extensions
from zhixing.classroom.pages.figures import read_figure
from zhixing.classroom.pages.frame import page
from zhixing.classroom.pages.items import items
from zhixing.classroom.pages.lesson import LessonTexts, lesson_shown, page_data
from zhixing.classroom.pages.next_step import next_step
from zhixing.classroom.pages.regrades import lesson_regrade, regrade, regrades
from zhixing.classroom.pages.review import review_data
from zhixing.classroom.pages.sittings import sittings
from zhixing.classroom.pages.teaching import taught_courses
from zhixing.classroom.visitor import CurrentHall, CurrentViewer


def router(hall: Hall) -> APIRouter:
    """Return the routes; lesson texts are rendered once, here."""
    routes = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    lesson = _lesson(LessonTexts.render(hall.courses))
    routes.add_api_route("/", home, methods=["GET"])
    routes.add_api_route("/courses", courses, methods=["GET"])
    routes.add_api_route("/record", record, methods=["GET"])
    routes.add_api_route("/review", review, methods=["GET"])
    routes.add_api_route("/help", help_page, methods=["GET"])
    routes.add_api_route("/courses/{course}/lessons/{lesson}", lesson, methods=["GET"])
    routes.add_api_route("/courses/{course}/lessons/{lesson}/items", items, methods=["GET"])
    base = "/courses/{course}"
    routes.add_api_route(
        f"{base}/lessons/{{lesson}}/figures/{{figure}}", read_figure, methods=["GET"]
    )
    routes.add_api_route(f"{base}/lessons/{{lesson}}/sittings", sittings, methods=["GET"])
    routes.add_api_route(f"{base}/lessons/{{lesson}}/extensions", extensions, methods=["GET"])
    routes.add_api_route(f"{base}/regrades", regrades, methods=["GET"])
    routes.add_api_route(f"{base}/questions/{{question}}/regrade", regrade, methods=["GET"])
    routes.add_api_route(f"{base}/lessons/{{lesson}}/regrade", lesson_regrade, methods=["GET"])
    routes.add_api_route(f"{base}/cases/{{case}}", casemap, methods=["GET"])
    return routes


async def home(request: Request, hall: CurrentHall, viewer: CurrentViewer) -> Response:
    """首页: what is next for me."""
    own = await own_courses(hall, viewer)
    taught = await asyncio.to_thread(taught_courses, hall, viewer)
    step = next_step(own, hall.clock())
    return await page(request, viewer, "home.html", next_step=step, taught=taught)


async def courses(request: Request, hall: CurrentHall, viewer: CurrentViewer) -> Response:
    """课程: every lesson with its state in words."""
    lines = await list_courses(hall, viewer)
    taught = await asyncio.to_thread(taught_courses, hall, viewer)
    return await page(request, viewer, "courses.html", courses=lines, taught=taught)


async def record(request: Request, hall: CurrentHall, viewer: CurrentViewer) -> Response:
    """我的档案: progress, hours, grades, and who looked at them."""
    own = await read_record(hall, viewer)
    return await page(request, viewer, "record.html", record=own)


async def review(request: Request, hall: CurrentHall, viewer: CurrentViewer) -> Response:
    """温故: three own errors that come back, or a calm word that there are none."""
    found = await read_review(hall, viewer)
    data = review_data(found.questions, f"{hall.prefix}api")
    return await page(request, viewer, "review.html", review=found, page_data=data)


async def help_page(request: Request, viewer: CurrentViewer) -> Response:
    """使用帮助: how answering, handing in and marking work here."""
    return await page(request, viewer, "help.html")


def _lesson(texts: LessonTexts) -> Callable[..., Awaitable[Response]]:
    async def lesson(
        request: Request,
        course: Id,
        lesson: Id,
        hall: CurrentHall,
        viewer: CurrentViewer,
        section: Annotated[int | None, Query(ge=1, le=100)] = None,
    ) -> Response:
        """课时: one section a page, resumed where it was left.

        The page itself writes nothing, so that it opens even where nothing can be written.
        """
        desk = await reading_desk_of(hall, viewer, course, lesson)
        total = len(desk.lesson.sections)
        if section is None:
            here = (desk.progress.position if desk.progress else 0) + 1
            return RedirectResponse(f"{request.url.path}?section={min(here, total)}", 303)
        receipt = await asyncio.to_thread(receipt_of, hall, desk)
        shown = lesson_shown(desk, min(section, total), texts, hall.clock(), receipt)
        data = page_data(desk, shown, viewer.username, f"{hall.prefix}api")
        return await page(request, viewer, "lesson.html", **shown, page_data=data)

    return lesson
