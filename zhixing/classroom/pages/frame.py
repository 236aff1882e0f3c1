"""Frame: what every page has around it, and pages for errors."""

from __future__ import annotations

import asyncio
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from zhixing.classroom.api.own import Me, me_of
from zhixing.classroom.assets import Assets
from zhixing.classroom.hall import Hall, hall_of
from zhixing.classroom.problem import ProblemError
from zhixing.records.scope import Viewer

ROLE_TITLES = {
    "cadre": "学员",
    "trainer": "教员",
    "street_admin": "街道组织部门",
    "district_admin": "区组织部门",
    "maintainer": "管理员",
}


@cache
def templates() -> Environment:
    """Return the templates, autoescaped; a name that is not given is an error, not a blank."""
    folder = Path(__file__).parents[1] / "templates"
    environment = Environment(
        loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined
    )
    # As widgets/result.js writes points: partial credit has digits without end.
    environment.filters["number"] = lambda value: f"{round(value, 2):g}"
    return environment


async def page(request: Request, viewer: Viewer, name: str, **shown: Any) -> HTMLResponse:
    """Render a page for the viewer."""
    hall = hall_of(request)
    me = await asyncio.to_thread(_me, hall, viewer)
    html = templates().get_template(name).render(**_frame(request, hall), me=me, **shown)
    return HTMLResponse(html)


def _me(hall: Hall, viewer: Viewer) -> Me:
    with hall.store.read() as conn:
        return me_of(conn, viewer)


def _frame(request: Request, hall: Hall) -> dict[str, Any]:
    assets: Assets = request.app.state.assets
    return {
        "prefix": hall.prefix,
        "static": f"{hall.prefix}static/{assets.hash}/",
        "modules": assets.modules,
        "path": request.url.path,
        "role_titles": ROLE_TITLES,
        "shown_time": partial(shown_time, zone=hall.zone),
    }


async def problem_page(request: Request, problem: ProblemError) -> Response:
    """Show an error as a page; a page without log-in sends to the log-in instead."""
    if problem.status == 401 and request.method == "GET":
        response: Response = request.app.state.sign_in(request)
        return response
    hall = hall_of(request)
    html = templates().get_template("problem.html")
    text = html.render(**_frame(request, hall), me=None, problem=problem)
    return HTMLResponse(text, problem.status, problem.headers)


def shown_time(moment: datetime | str, zone: ZoneInfo) -> str:
    """Write a time as people here read it."""
    aware = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    local = aware.astimezone(zone)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"
