"""Figures: the pictures of a lesson, for whoever may read the lesson."""

from __future__ import annotations

from pathlib import PurePosixPath

from starlette.responses import Response

from zhixing.classroom.api.answers import Id
from zhixing.classroom.desk import reading_desk_of
from zhixing.classroom.problem import not_found
from zhixing.classroom.visitor import CurrentHall, CurrentViewer

TYPES = {".svg": "image/svg+xml", ".png": "image/png"}

HEADERS = {
    # An SVG opened by itself is a page: this one may run, load and style nothing.
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}


async def read_figure(
    course: Id, lesson: Id, figure: str, hall: CurrentHall, viewer: CurrentViewer
) -> Response:
    """Serve one figure; only names that the course was loaded with exist at all."""
    await reading_desk_of(hall, viewer, course, lesson)
    content = hall.lesson(course, lesson).figures.get(figure)
    kind = TYPES.get(PurePosixPath(figure).suffix)
    if content is None or kind is None:
        raise not_found()
    return Response(content, media_type=kind, headers=HEADERS)
