"""Sittings: the page 补考 of a test, for the trainers of its cohorts."""

from __future__ import annotations

import asyncio

from fastapi import Request
from starlette.responses import Response

from zhixing.classroom.api.answers import Id
from zhixing.classroom.hall import Hall
from zhixing.classroom.pages.frame import page
from zhixing.classroom.visitor import CurrentHall, CurrentViewer, require_role
from zhixing.records.handins import HandInRow, hand_ins_of_lesson
from zhixing.records.scope import Viewer


async def sittings(
    request: Request, course: Id, lesson: Id, hall: CurrentHall, viewer: CurrentViewer
) -> Response:
    """Who took the test, what counts, and who may take it once more."""
    require_role(viewer, "trainer")
    rows = await asyncio.to_thread(_rows, hall, viewer, course, lesson)
    asked = hall.lesson(course, lesson)
    points = sum(question.points for question in asked.questions)
    shown = {"lesson": asked, "course": course, "rows": rows, "points": points}
    return await page(request, viewer, "sittings.html", **shown)


def _rows(hall: Hall, viewer: Viewer, course: str, lesson: str) -> tuple[HandInRow, ...]:
    with hall.store.read() as conn:
        return hand_ins_of_lesson(conn, viewer, course, lesson)
