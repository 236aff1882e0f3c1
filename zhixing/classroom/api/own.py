"""Own: who I am to the platform, and my own file."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import Connection, select

from zhixing.classroom.api.courses import CourseLine, list_courses
from zhixing.classroom.hall import Hall
from zhixing.classroom.scopes import scopes
from zhixing.classroom.visitor import CurrentHall, CurrentViewer
from zhixing.records.scope import Viewer
from zhixing.records.tables import Access, Person, Unit

router = APIRouter(tags=["own"])

ACCESSES_SHOWN = 200


class Me(BaseModel):
    """The viewer; ``units`` are those whose subtree an organization role opens."""

    username: str
    name: str
    roles: list[str]
    unit: dict[str, str]
    units: list[dict[str, str]]


class OwnRecord(BaseModel):
    """The viewer's own file."""

    me: Me
    courses: list[CourseLine]
    hours: float
    required_hours: float
    accesses: list[dict[str, Any]]


@router.get("/me", **scopes("everybody"))
async def read_me(hall: CurrentHall, viewer: CurrentViewer) -> Me:
    """Say who the viewer is."""

    def read() -> Me:
        with hall.store.read() as conn:
            return me_of(conn, viewer)

    return await asyncio.to_thread(read)


def me_of(conn: Connection, viewer: Viewer) -> Me:
    """Read name, unit and opened units of the viewer."""
    row = conn.execute(
        select(Person.name, Unit.code, Unit.name.label("unit"))
        .join(Unit, Unit.id == Person.unit_id)
        .where(Person.id == viewer.person_id)
    ).one()
    opened = conn.execute(
        select(Unit.code, Unit.name).where(Unit.path.in_(viewer.unit_paths)).order_by(Unit.path)
    )
    return Me(
        username=viewer.username,
        name=row.name,
        roles=sorted(viewer.roles),
        unit={"code": row.code, "name": row.unit},
        units=[{"code": code, "name": name} for code, name in opened],
    )


@router.get("/record", **scopes("everybody"))
async def read_record(hall: CurrentHall, viewer: CurrentViewer) -> OwnRecord:
    """Read the viewer's own file, with who looked at it."""
    courses = await list_courses(hall, viewer)
    completed = [course for course in courses if _is_completed(course)]
    return OwnRecord(
        me=await read_me(hall, viewer),
        courses=courses,
        hours=sum(course.hours for course in completed),
        required_hours=sum(course.hours for course in courses),
        accesses=await asyncio.to_thread(_accesses, hall, viewer),
    )


def _is_completed(course: CourseLine) -> bool:
    is_whole = bool(course.lessons) and not course.withheld
    return is_whole and all(lesson.completed_at for lesson in course.lessons)


def _accesses(hall: Hall, viewer: Viewer) -> list[dict[str, Any]]:
    query = (
        select(Access.seen_at, Access.what, Access.reason, Person.name, Unit.name.label("unit"))
        .join(Person, Person.id == Access.viewer_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Access.person_id == viewer.person_id)
        .order_by(Access.id.desc())
        .limit(ACCESSES_SHOWN)
    )
    with hall.store.read() as conn:
        return [
            {
                "seen_at": row.seen_at.isoformat(),
                "what": row.what,
                "reason": row.reason,
                "viewer": row.name,
                "unit": row.unit,
            }
            for row in conn.execute(query)
        ]
