"""Answers server: the real classroom in a process of its own, as the Hub would run it.

``python -m zhixing.bench.answers_server DATABASE_URL JOBS_A_COMMIT FLUSH_MS`` prints its port.
A token is taken for the user name it spells: what the Hub's word costs once it is remembered.
"""

from __future__ import annotations

import socket
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from sqlalchemy import Connection, event
from starlette.responses import Response

from zhixing.bench.school import make_course
from zhixing.classroom.app import create_app
from zhixing.classroom.hall import Hall
from zhixing.classroom.serving import serve
from zhixing.classroom.visitor import Identity
from zhixing.records.recorder import Recorder
from zhixing.records.store import Store, open_store
from zhixing.settings import Settings


async def identify(request: Request) -> Identity | None:
    """Take the bearer token for the user name."""
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    return Identity(token, by_cookie=False, token=token) if token else None


def make_app(store: Store, recorder: Recorder, data: Path) -> FastAPI:
    """Wire the classroom to the bench's course and identity."""
    hall = Hall(
        settings=Settings(data=data, courses=data),
        store=store,
        recorder=recorder,
        courses=(make_course(),),
        identify=identify,
        pack=_pack,
    )
    return create_app(hall, _refuse, _refuse_later, _refuse)


def _pack(*_: Any) -> bytes:
    raise NotImplementedError("the bench hands nothing in")


def _refuse(*_: Any) -> Response:
    return Response(status_code=401)


async def _refuse_later(*_: Any) -> Response:
    return Response(status_code=401)


def slow_commits(store: Store, milliseconds: float) -> None:
    """Let every write transaction wait at its end, as on a disk whose flush takes this long."""

    def wait(conn: Connection) -> None:
        options = conn.get_execution_options()
        if not (options.get("zhixing_read") or options.get("postgresql_readonly")):
            time.sleep(milliseconds / 1000)

    event.listen(store.engine, "commit", wait)


def main(url: str, jobs_a_commit: int, flush_ms: float) -> None:
    """Serve until stopped."""
    listening = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(f"{listening.getsockname()[1]}\n")
    sys.stdout.flush()
    with (
        tempfile.TemporaryDirectory() as data,
        closing(open_store(url)) as store,
        Recorder(store, jobs_a_commit) as recorder,
    ):
        if flush_ms:
            slow_commits(store, flush_ms)
        serve(make_app(store, recorder, Path(data)), [listening])


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
