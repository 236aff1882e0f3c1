"""Page bench: what a lesson page costs the server and the line, against nbconvert's own page.

Both sides start from the same lesson. Ours is asked for through the real classroom in this
process, so the time is the server's alone; the peer renders the notebook as a static page.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median
from typing import Any, NoReturn

import click
import httpx
from fastapi import FastAPI
from nbconvert import HTMLExporter
from sqlalchemy import select, update

from zhixing.bench.answers_server import identify
from zhixing.bench.school import fill, username
from zhixing.classroom.app import create_app
from zhixing.classroom.hall import Hall
from zhixing.course import Course
from zhixing.coursefiles import load_courses
from zhixing.records.recorder import Recorder
from zhixing.records.store import Store, migrate, open_store
from zhixing.records.tables import Cohort
from zhixing.settings import Settings

COURSES = Path(__file__).resolve().parents[2] / "courses"
GOAL_BYTES = 200 * 1024
"""First lesson page over the wire (issue 1)."""

WARM_UP = 5


@click.command()
@click.option("--requests", default=100, show_default=True, help="Page views measured.")
@click.option("--json", "as_json", is_flag=True, help="Only JSON lines on standard output.")
def page(requests: int, as_json: bool) -> None:  # noqa: FBT001 - a flag
    """A lesson page: server time and bytes."""
    with tempfile.TemporaryDirectory() as folder:
        row = asyncio.run(_measured(Path(folder), requests))
    click.echo(json.dumps(row, ensure_ascii=False))
    if not as_json:
        is_light = row["bytes"] <= GOAL_BYTES
        click.echo(f"goal of {GOAL_BYTES} bytes {'met' if is_light else 'missed'}", err=True)


async def _measured(folder: Path, requests: int) -> dict[str, Any]:
    with _classroom(folder) as (app, course):
        transport = httpx.ASGITransport(app)
        headers = {"Authorization": f"Bearer {username(1)}"}
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(
                transport=transport, base_url="http://bench", headers=headers
            ) as http,
        ):
            lesson = course.lessons[0]
            path = f"/services/classroom/courses/{course.id}/lessons/{lesson.id}?section=1"
            times = [await _seconds(http, path) for _ in range(requests + WARM_UP)][WARM_UP:]
            size = await _wire_bytes(http, path)
    peer_ms, peer_bytes = _peer(COURSES / course.id / "source" / lesson.id / f"{lesson.id}.ipynb")
    ours_ms = median(times) * 1000
    return {
        "name": "page",
        "median_ms": round(ours_ms, 2),
        "p99_ms": round(sorted(times)[int(len(times) * 0.99) - 1] * 1000, 2),
        "bytes": size,
        "peer_ms": round(peer_ms, 1),
        "peer_bytes": peer_bytes,
        "ratio_time": round(peer_ms / ours_ms, 1),
        "ratio_bytes": round(peer_bytes / size, 1),
    }


@contextmanager
def _classroom(folder: Path) -> Iterator[tuple[FastAPI, Course]]:
    courses = load_courses(COURSES)
    url = f"sqlite:///{folder}/records.db"
    migrate(url)
    with closing(open_store(url)) as store, Recorder(store) as recorder:
        fill(store)
        _enrol_in(store, courses[0])
        settings = Settings(data=folder, courses=COURSES)
        hall = Hall(settings, store, recorder, courses, identify, pack=lambda *_: b"")
        yield create_app(hall, _no_log_in, _no_callback, _no_log_in), courses[0]


def _enrol_in(store: Store, course: Course) -> None:
    with store.begin() as conn:
        cohort = conn.scalar(select(Cohort.id))
        conn.execute(update(Cohort).where(Cohort.id == cohort).values(course_id=course.id))


def _no_log_in(*_: object) -> NoReturn:
    raise NotImplementedError("everybody of the bench is logged in")


async def _no_callback(*_: object) -> NoReturn:
    raise NotImplementedError("everybody of the bench is logged in")


async def _seconds(http: httpx.AsyncClient, path: str) -> float:
    started = time.perf_counter()
    answer = await http.get(path)
    answer.raise_for_status()
    return time.perf_counter() - started


async def _wire_bytes(http: httpx.AsyncClient, path: str) -> int:
    """Compressed bytes of the page and of everything its scripts and styles ask for."""
    waiting, seen, total = [path], set[str](), 0
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        answer = await http.get(address)
        answer.raise_for_status()
        total += len(gzip.compress(answer.content, 6))
        waiting += [str(answer.url.join(link)) for link in _links(address, answer.text)]
    return total


def _links(address: str, text: str) -> list[str]:
    if ".js" in address:
        return re.findall(r'^import [^"]*"(\./[^"]+|\.\./[^"]+)"', text, re.MULTILINE)
    if ".css" in address or ".svg" in address:
        return []
    return re.findall(r'(?:src|href)="(/services/classroom/static/[^"]+)"', text)


def _peer(notebook: Path) -> tuple[float, int]:
    exporter: Any = HTMLExporter()  # type: ignore[no-untyped-call]
    started = time.perf_counter()
    text, _ = exporter.from_filename(str(notebook))
    seconds = time.perf_counter() - started
    return seconds * 1000, len(gzip.compress(text.encode(), 6))
