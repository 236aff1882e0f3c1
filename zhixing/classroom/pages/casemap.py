"""Case map: the page 路径图 of one case, with how many took each way."""

from __future__ import annotations

import asyncio

from fastapi import Request
from markupsafe import Markup
from starlette.responses import Response

from zhixing.casemap import CaseMap, case_map, label_of, svg_of_map
from zhixing.classroom.api.answers import Id
from zhixing.classroom.hall import Hall
from zhixing.classroom.pages.frame import page
from zhixing.classroom.problem import not_found
from zhixing.classroom.visitor import CurrentHall, CurrentViewer, require_role
from zhixing.kinds.case import case_of
from zhixing.question import Question
from zhixing.records.casewalks import CaseWalks, case_walks
from zhixing.records.scope import Viewer

FEW = 10
"""Learners; below it counts are said to prove nothing (the item report's own threshold)."""


async def casemap(
    request: Request, course: Id, case: Id, hall: CurrentHall, viewer: CurrentViewer
) -> Response:
    """路径图: the case as states and choices, first walks of own learners counted."""
    require_role(viewer, "trainer")
    question = _case(hall, course, case)
    walks = await asyncio.to_thread(_walks, hall, viewer, course, case)
    drawn = case_map(case_of(question), walks.counts)
    # Our own drawing, every text in it escaped.
    picture = Markup(svg_of_map(drawn, f"{case} 路径图，下面的表里有同样的内容"))  # noqa: S704
    shown = {"question": question, "walks": walks, "picture": picture, "few": walks.learners < FEW}
    return await page(request, viewer, "casemap.html", rows=_rows(drawn), **shown)


def _case(hall: Hall, course: str, case: str) -> Question:
    found = [
        question
        for lesson in hall.course(course).lessons
        for question in lesson.questions
        if question.id == case and question.kind == "case"
    ]
    if not found:
        raise not_found()
    return found[0]


def _walks(hall: Hall, viewer: Viewer, course: str, case: str) -> CaseWalks:
    with hall.store.read() as conn:
        return case_walks(conn, viewer, course, case)


def _rows(drawn: CaseMap) -> list[dict[str, object]]:
    """The same as a table, for whoever cannot or would rather not look at the drawing."""
    return [
        {
            "state": place.text,
            "ways": [(label_of(way), way.choice) for way in drawn.ways if way.start is place],
        }
        for place in drawn.places
        if place.state
    ]
