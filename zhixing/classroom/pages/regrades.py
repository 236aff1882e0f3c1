"""Regrades: the pages 重新判分 of a course, of one question and of a lesson's rules."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from zhixing.classroom.api.answers import Id
from zhixing.classroom.api.regrades import list_regrades, preview_lesson_regrade, preview_regrade
from zhixing.classroom.pages.frame import page
from zhixing.classroom.visitor import CurrentHall, CurrentViewer


async def regrades(
    request: Request, course: Id, hall: CurrentHall, viewer: CurrentViewer
) -> Response:
    """重新判分: what changed after answers were given, and what was done about it."""
    found = await list_regrades(course, hall, viewer)
    title = hall.course(course).title
    return await page(request, viewer, "regrades.html", regrades=found, course=course, title=title)


async def regrade(
    request: Request, course: Id, question: Id, hall: CurrentHall, viewer: CurrentViewer
) -> Response:
    """Who gains, who loses, and the form that applies it."""
    found = await preview_regrade(course, question, hall, viewer)
    return await page(request, viewer, "regrade.html", preview=found, course=course)


async def lesson_regrade(
    request: Request, course: Id, lesson: Id, hall: CurrentHall, viewer: CurrentViewer
) -> Response:
    """Who gains and who loses by the lesson's new rules, and the form that applies them."""
    found = await preview_lesson_regrade(course, lesson, hall, viewer)
    return await page(request, viewer, "regrade.html", preview=found, course=course)
