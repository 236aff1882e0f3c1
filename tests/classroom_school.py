"""The cast of the access matrix in two classes and two streets, and the classroom they meet in.

The app is the real one on a real database; only who asks is read from a map of tokens here.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI, Request
from sqlalchemy import insert
from starlette.responses import RedirectResponse, Response

from tests.two_lessons import two_lessons
from zhixing.classroom.app import create_app
from zhixing.classroom.hall import GradingDesk, Hall, PackHandIn, ReadRelease
from zhixing.classroom.visitor import Identity
from zhixing.course import Course
from zhixing.coursefiles import load_courses
from zhixing.hub.classroom_service import packer
from zhixing.hub.releases import ReleaseReader
from zhixing.hub.workfolders import refresh_courses
from zhixing.records import tables
from zhixing.records.recorder import Recorder
from zhixing.records.store import Store, migrate, open_store
from zhixing.settings import Settings

COURSES = two_lessons()
COURSE = "shujiketang"
NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
PREFIX = "/services/classroom/"
API = f"{PREFIX}api"
LESSON = f"{API}/courses/{COURSE}/lessons/L1"

CAST = {
    "cadre_a": ("欧阳龑", 2, [("cadre", None)]),
    "cadre_b": ("𠮷野䶮", 3, [("cadre", None)]),
    "trainer_x": ("沈知行", 1, [("trainer", None)]),
    "trainer_y": ("买买提·吐尔逊", 1, [("trainer", None)]),
    "street1": ("街道一办", 2, [("street_admin", 2)]),
    "district": ("区委组织部", 1, [("district_admin", 1)]),
    "admin": ("平台管理员", 1, [("maintainer", None)]),
    "stranger": ("没有班次", 3, [("cadre", None)]),
}
"""User name to name, unit and roles with the unit they open."""

FILLERS = 6
"""More cadres in each street and class, so that groups are large enough to be shown."""

UNITS = (
    {"id": 1, "code": "Q1", "name": "青溪区", "kind": "district", "path": "/1/"},
    {"id": 2, "code": "S1", "name": "䶮山街道", "kind": "street", "path": "/1/2/"},
    {"id": 3, "code": "S2", "name": "听雨街道", "kind": "street", "path": "/1/3/"},
)


@dataclass
class Clock:
    """Server time that a test can move."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class School:
    """The running classroom and what a test may reach for behind it."""

    app: FastAPI
    url: str
    hall: Hall
    store: Store
    clock: Clock
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def course(self) -> Course:
        return self.hall.course(COURSE)

    @contextmanager
    def client(self, username: str = "", *, by_cookie: bool = False) -> Iterator[httpx.Client]:
        """A client that asks as somebody; without a name as nobody."""
        with httpx.Client(base_url=self.url, timeout=60) as client:
            self._introduce(client, username, by_cookie=by_cookie)
            yield client

    def _introduce(self, client: httpx.Client, username: str, *, by_cookie: bool) -> None:
        if username and by_cookie:
            client.cookies.set("token", f"token-{username}")
        elif username:
            client.headers["Authorization"] = f"Bearer token-{username}"

    def rows(self, query: Any) -> list[Any]:
        with self.store.read() as conn:
            return list(conn.execute(query))


@contextmanager
def school(
    url: str,
    data: Path,
    courses: tuple[Course, ...] | None = None,
    pack: PackHandIn | None = None,
    *,
    released: ReadRelease | None = None,
    grading: GradingDesk | None = None,
    is_new: bool = True,
) -> Iterator[School]:
    """A classroom on a fresh database; ``pack`` is the real one where hand-ins are made."""
    migrate(url)
    store = open_store(url)
    clock = Clock()
    names = (*CAST, "filler1", "filler2", "nobody")
    tokens = {f"token-{name}": name for name in names}
    with Recorder(store) as recorder:
        hall = Hall(
            settings=Settings(data=data, courses=COURSES),
            store=store,
            recorder=recorder,
            courses=courses or load_courses(COURSES),
            identify=_identify(tokens),
            pack=pack or released_packer(data),
            released=released or ReleaseReader(data / "courses"),
            grading=grading,
            clock=clock,
        )
        if is_new:
            fill(store)
        app = create_app(hall, _sign_in, _callback, lambda: RedirectResponse("/hub/logout", 302))
        with serving(app) as address:
            yield School(app, address, hall, store, clock, tokens)
    store.close()


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Address of the app on a port of its own, over real HTTP."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="critical", access_log=False, http="httptools")
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        assert server.started, "the classroom did not start"
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


def released_packer(data: Path) -> PackHandIn:
    """The real packer over courses that are released when the first hand-in asks for them."""

    def pack(*arguments: Any) -> bytes:
        settings = Settings(data=data, courses=COURSES, require_published=False)
        if not (data / "courses").exists():
            refresh_courses(settings, load_courses(COURSES), lambda _: None)
        packed: bytes = packer(settings)(*arguments)
        return packed

    return pack


def _identify(tokens: Mapping[str, str]) -> Any:
    async def identify(request: Request) -> Identity | None:
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        token = bearer or request.cookies.get("token", "")
        username = tokens.get(token)
        return Identity(username, by_cookie=not bearer, token=token) if username else None

    return identify


def _sign_in(request: Request) -> Response:
    return RedirectResponse(f"/hub/login?next={request.url.path}", 302)


async def _callback(_: Request) -> Response:
    return RedirectResponse(PREFIX, 302)


def fill(store: Store) -> None:
    people = [*CAST.items()]
    for number in range(1, 2 * FILLERS + 1):
        unit = 2 if number <= FILLERS else 3
        people.append((f"filler{number}", (f"学员{number}", unit, [("cadre", None)])))
    ids = {username: number for number, (username, _) in enumerate(people, 1)}
    with store.begin() as conn:
        conn.execute(insert(tables.Unit), [{**unit, "tree": "place"} for unit in UNITS])
        for username, (name, unit, roles) in people:
            row = {"id": ids[username], "key": username, "username": username}
            conn.execute(
                insert(tables.Person).values(**row, name=name, unit_id=unit, post="社区书记")
            )
            held = [{"person_id": row["id"], "name": r, "unit_id": u} for r, u in roles]
            conn.execute(insert(tables.Role), held)
        _fill_classes(conn, ids)


def _fill_classes(conn: Any, ids: Mapping[str, int]) -> None:
    span = {"opens": NOW - timedelta(days=20), "closes": NOW + timedelta(days=60)}
    for number, (cadre, trainer) in enumerate(
        (("cadre_a", "trainer_x"), ("cadre_b", "trainer_y")), 1
    ):
        title = f"第{'一二'[number - 1]}期"
        conn.execute(insert(tables.Cohort).values(id=number, course_id=COURSE, title=title, **span))
        conn.execute(insert(tables.CohortTrainer).values(cohort_id=number, person_id=ids[trainer]))
        first = 1 if number == 1 else FILLERS + 1
        learners = [cadre, *(f"filler{n}" for n in range(first, first + FILLERS))]
        conn.execute(
            insert(tables.Enrolment),
            [{"cohort_id": number, "person_id": ids[x], "enrolled_at": NOW} for x in learners],
        )
