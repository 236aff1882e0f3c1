"""Extensions: the page 延期 of one lesson, for its trainers."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from zhixing.classroom.api.answers import Id
from zhixing.classroom.api.extensions import list_extensions
from zhixing.classroom.pages.frame import page
from zhixing.classroom.visitor import CurrentHall, CurrentViewer


async def extensions(
    request: Request, course: Id, lesson: Id, hall: CurrentHall, viewer: CurrentViewer
) -> Response:
    """Everybody's dates, the form that moves one person's, and what was given so far."""
    found = await list_extensions(course, lesson, hall, viewer)
    return await page(request, viewer, "extensions.html", extensions=found)
