"""Units: what organization departments see, always through the rule of scope."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Query
from sqlalchemy import Connection

from zhixing.classroom.scopes import scopes
from zhixing.classroom.visitor import CurrentHall, CurrentViewer, require_role
from zhixing.records.progress import (
    PeoplePage,
    UnitFigures,
    WeekFigures,
    people_of_unit,
    unit_tree,
    weeks_of_unit,
)

router = APIRouter(tags=["units"])

DEPARTMENTS = ("street_admin", "district_admin")
UnitCode = Annotated[str, Path(min_length=1, max_length=64)]


@router.get("/units", **scopes("department"))
async def list_units(hall: CurrentHall, viewer: CurrentViewer) -> list[UnitFigures]:
    """List own subtree, flat, with totals of each subtree; small groups give null figures."""
    require_role(viewer, *DEPARTMENTS)

    def read() -> list[UnitFigures]:
        with hall.store.read() as conn:
            return list(unit_tree(conn, viewer, courses=hall.courses))

    return await asyncio.to_thread(read)


@router.get("/units/{code}/people", **scopes("department"))
async def list_people(
    code: UnitCode,
    hall: CurrentHall,
    viewer: CurrentViewer,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    size: Annotated[int, Query(ge=1, le=200)] = 50,
) -> PeoplePage:
    """List the people behind a unit's figures; each look leaves an access record."""
    require_role(viewer, *DEPARTMENTS)

    def work(conn: Connection) -> PeoplePage:
        return people_of_unit(
            conn, viewer, code, page, size, courses=hall.courses, now=hall.clock()
        )

    return await hall.recorder.write(work)


@router.get("/units/{code}/weeks", **scopes("department"))
async def list_weeks(code: UnitCode, hall: CurrentHall, viewer: CurrentViewer) -> list[WeekFigures]:
    """List what happened in a unit's subtree in each of the last weeks."""
    require_role(viewer, *DEPARTMENTS)

    def read() -> list[WeekFigures]:
        with hall.store.read() as conn:
            zone = hall.settings.timezone
            return list(weeks_of_unit(conn, viewer, code, hall.clock(), timezone=zone))

    return await asyncio.to_thread(read)
