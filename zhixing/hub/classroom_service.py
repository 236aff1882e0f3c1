"""The classroom as a service of the Hub: ``python -m zhixing.hub.classroom_service``."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from fastapi import FastAPI

from grading.answersfile import RecordedAnswer
from zhixing.classroom.app import create_app
from zhixing.classroom.hall import Hall
from zhixing.classroom.serving import serve
from zhixing.coursefiles.released import released_courses
from zhixing.hub.handin import HandInPacker
from zhixing.hub.identity import identity_from_environ
from zhixing.hub.regrading import CourseGrading
from zhixing.hub.releases import ReleaseReader
from zhixing.records.recorder import Recorder
from zhixing.records.store import open_store
from zhixing.settings import Settings, settings_from_environ

SOCKET = "classroom.sock"


def make_app(settings: Settings, recorder: Recorder, store: Any) -> FastAPI:
    """Wire the classroom to the Hub, the records and grading."""
    identity = identity_from_environ(os.environ)
    hall = Hall(
        settings=settings,
        store=store,
        recorder=recorder,
        courses=released_courses(settings.courses, require_published=settings.require_published),
        identify=identity.identify,
        pack=packer(settings),
        released=ReleaseReader(settings.data / "courses"),
        grading=CourseGrading(settings.data / "courses"),
        prefix=identity.prefix,
    )
    return create_app(hall, identity.sign_in, identity.callback, identity.sign_out)


def packer(settings: Settings) -> Any:
    """Pack hand-ins from what the classroom knows of answers."""
    pack_hand_in = HandInPacker(settings.data / "courses")

    def pack(
        course_id: str,
        lesson_id: str,
        answers: Mapping[str, tuple[Any, ...]],
        workbooks: Mapping[str, bytes],
        submitted_at: datetime,
    ) -> bytes:
        recorded = {name: RecordedAnswer(*answer) for name, answer in answers.items()}
        return pack_hand_in(course_id, lesson_id, recorded, workbooks, submitted_at)

    return pack


def sockets(settings: Settings, url: str) -> list[socket.socket]:
    """Listen where the proxy comes, and on a unix socket for kernels without a network."""
    tcp = socket.socket()
    tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    address = urlparse(url)
    tcp.bind((address.hostname or "127.0.0.1", address.port or 0))
    path = settings.data / "run" / SOCKET
    path.unlink(missing_ok=True)
    local = socket.socket(socket.AF_UNIX)
    local.bind(str(path))
    # Who may come near it is decided by the folder; a token is asked for in any case.
    Path(path).chmod(0o666)
    return [tcp, local]


def main() -> None:
    """Serve until stopped; waiting answers are written first."""
    settings = settings_from_environ(os.environ)
    with closing(open_store(settings.records_url)) as store, Recorder(store) as recorder:
        listening = sockets(settings, os.environ["JUPYTERHUB_SERVICE_URL"])
        serve(make_app(settings, recorder, store), listening)


if __name__ == "__main__":
    main()
