"""Items: the item report of a lesson, for trainers of its cohorts."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Response

from zhixing.classroom.api.answers import Id
from zhixing.classroom.api.tasks import EXCEL
from zhixing.classroom.hall import Hall
from zhixing.classroom.itembook import book_from_report
from zhixing.classroom.itemreport import ItemReport, item_report
from zhixing.classroom.scopes import scopes
from zhixing.classroom.visitor import CurrentHall, CurrentViewer, require_role
from zhixing.records.scope import Viewer

router = APIRouter(tags=["items"])

CohortId = Annotated[int | None, Query(ge=1, le=2**31 - 1, description="一个班次；不写是全部")]


@router.get("/courses/{course}/lessons/{lesson}/items", **scopes("trainer"))
async def read_items(
    course: Id, lesson: Id, hall: CurrentHall, viewer: CurrentViewer, cohort: CohortId = None
) -> ItemReport:
    """Read what first tries of own classes tell of a lesson's questions."""
    return await report_of(hall, viewer, course, lesson, cohort)


@router.get(
    "/courses/{course}/lessons/{lesson}/items.xlsx",
    response_class=Response,
    **scopes("trainer", file=EXCEL),
)
async def download_items(
    course: Id, lesson: Id, hall: CurrentHall, viewer: CurrentViewer, cohort: CohortId = None
) -> Response:
    """Download the same report as an Excel file."""
    report = await report_of(hall, viewer, course, lesson, cohort)
    book = await asyncio.to_thread(book_from_report, report)
    name = f'attachment; filename="{course}-{lesson}-items.xlsx"'
    return Response(book, media_type=EXCEL, headers={"Content-Disposition": name})


async def report_of(
    hall: Hall, viewer: Viewer, course: str, lesson: str, cohort: int | None
) -> ItemReport:
    """Work out the report beside the event loop; 403 for other roles, 404 for other classes."""
    require_role(viewer, "trainer")
    return await asyncio.to_thread(item_report, hall, viewer, course, lesson, cohort)
