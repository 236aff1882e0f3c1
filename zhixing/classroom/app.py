"""App: the factory of the classroom; everything it needs is handed in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.middleware.gzip import GZipMiddleware
from sqlalchemy import insert, select
from starlette.responses import Response

from zhixing.classroom import assets, pages
from zhixing.classroom.api import (
    answers,
    courses,
    extensions,
    handins,
    items,
    own,
    regrades,
    releases,
    reviews,
    sittings,
    tasks,
    units,
)
from zhixing.classroom.guard import HEADERS, Guard
from zhixing.classroom.hall import Hall
from zhixing.classroom.problem import add_problem_handlers
from zhixing.classroom.refusals import Refusals, note_refusal
from zhixing.records.counted import keep_countings
from zhixing.records.tables import QuestionVersion

SignIn = Callable[[Request], Response]
Callback = Callable[[Request], Awaitable[Response]]


def create_app(hall: Hall, sign_in: SignIn, callback: Callback, sign_out: Any) -> FastAPI:
    """Make the classroom.

    Parameters
    ----------
    hall
        Settings, store, recorder, courses and who identifies a request.
    sign_in, callback, sign_out
        The three steps of logging in; the Hub's in service.
    """
    api_path = f"{hall.prefix}api"
    app = FastAPI(
        title="知行课堂",
        version="1",
        lifespan=_lifespan,
        openapi_url=f"{api_path}/openapi.json",
        docs_url=None,  # its page loads scripts from another network
        redoc_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # design.md, invariant 8
    )
    app.state.hall = hall
    app.state.assets = assets.Assets.load()
    app.state.sign_in = sign_in
    # Answers first: routes are tried in this order, and nothing is asked for as often.
    for module in (
        *(answers, own, courses, releases, handins, extensions),
        *(items, regrades, reviews, sittings, tasks, units),
    ):
        app.include_router(module.router, prefix=api_path)
    app.include_router(assets.router, prefix=hall.prefix.rstrip("/"))
    app.include_router(pages.router(hall), prefix=hall.prefix.rstrip("/"))
    app.include_router(_session(callback, sign_out), prefix=hall.prefix.rstrip("/"))
    app.state.refusals = Refusals()
    add_problem_handlers(app, pages.problem_page, HEADERS, note_refusal)
    app.add_middleware(Guard, note=note_refusal)
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=6)
    _describe_security(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    hall: Hall = app.state.hall
    await asyncio.to_thread(release_versions, hall)
    await asyncio.to_thread(_keep_countings, hall)
    yield


def _keep_countings(hall: Hall) -> None:
    lessons = {
        (course.id, lesson.id): lesson.rules.counting
        for course in hall.courses
        for lesson in course.lessons
    }
    with hall.store.begin() as conn:
        keep_countings(conn, lessons)


def release_versions(hall: Hall) -> None:
    """Keep every question version that is about to be shown; what is kept never changes."""
    versions = {
        question.version: (course, lesson, question)
        for course in hall.courses
        for lesson in course.lessons
        for question in lesson.possible_questions
    }
    with hall.store.begin() as conn:
        known = set(conn.scalars(select(QuestionVersion.version)))
        rows = [
            {
                "version": version,
                "course_id": course.id,
                "lesson_id": lesson.id,
                "question_id": question.id,
                "content": question.content(),
                "released_at": hall.clock(),
            }
            for version, (course, lesson, question) in versions.items()
            if version not in known
        ]
        if rows:
            conn.execute(insert(QuestionVersion), rows)


def _session(callback: Callback, sign_out: Any) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/oauth_callback")
    async def take_callback(request: Request) -> Response:
        return await callback(request)

    @router.get("/logout")
    async def leave() -> Response:
        response: Response = sign_out()
        return response

    return router


def _describe_security(app: FastAPI) -> None:
    document = app.openapi()
    document.setdefault("components", {})["securitySchemes"] = {
        "hubToken": {"type": "http", "scheme": "bearer", "description": "JupyterHub token"},
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": "zhixing-classroom",
            "description": "Unsafe methods also need the header X-Zhixing: 1",
        },
    }
