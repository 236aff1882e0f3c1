"""Items: the page 题目分析 of one lesson."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from zhixing.classroom.api.answers import Id
from zhixing.classroom.api.items import CohortId, report_of
from zhixing.classroom.pages.frame import page
from zhixing.classroom.visitor import CurrentHall, CurrentViewer


async def items(
    request: Request,
    course: Id,
    lesson: Id,
    hall: CurrentHall,
    viewer: CurrentViewer,
    cohort: CohortId = None,
) -> Response:
    """题目分析: what to check first, then every question with its figures."""
    report = await report_of(hall, viewer, course, lesson, cohort)
    todo = [(item, one) for item in report.items for one in item.remarks if one.kind == "check"]
    answered = sum(item.people for item in report.items)
    return await page(request, viewer, "items.html", report=report, todo=todo, answered=answered)
