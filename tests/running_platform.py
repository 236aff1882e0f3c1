"""The real platform, started as a user starts it, for tests that walk through it."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil

ROOT = Path(__file__).parents[1]
PASSWORD = "gei-ceshi-yong-2026"
SECONDS_TO_START = 180
NEWCOMERS = """
SELECT person.username FROM person
JOIN enrolment ON enrolment.person_id = person.id
JOIN cohort_trainer ON cohort_trainer.cohort_id = enrolment.cohort_id
JOIN person AS trainer ON trainer.id = cohort_trainer.person_id AND trainer.username = 'trainer1'
WHERE person.username LIKE 'cadre%' AND person.id NOT IN
  (SELECT person_id FROM enrolment
   JOIN lesson_progress ON lesson_progress.enrolment_id = enrolment.id)
ORDER BY person.username
"""
LAUNCHER = [sys.executable, "-m", "zhixing.hub.launcher"]


@dataclass
class RunningPlatform:
    """One start of ``scripts/up --demo`` on a port and folder of its own."""

    process: subprocess.Popen[str]
    url: str
    data: Path
    said: list[str] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)

    def log(self) -> str:
        return (self.data / "log" / "hub.log").read_text(errors="replace")

    @contextmanager
    def client(self, username: str) -> Iterator[httpx.Client]:
        """A logged-in HTTP client that follows redirects and says it is our own page."""
        with httpx.Client(base_url=self.url, follow_redirects=True, timeout=60) as client:
            answer = log_in(client, username, PASSWORD)
            assert answer.url.path == "/services/classroom/", answer.url
            client.headers["X-Zhixing"] = "1"
            yield client

    def newcomer(self) -> str:
        """A cadre of trainer1's cohort who has not begun, another one at every call."""
        with closing(sqlite3.connect(self.data / "records" / "records.db")) as conn:
            rows = conn.execute(NEWCOMERS).fetchall()
        username = next(name for (name,) in rows if name not in self.taken)
        self.taken.add(username)
        return str(username)

    def descendants(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)


def log_in(client: httpx.Client, username: str, password: str, **more: str) -> httpx.Response:
    page = client.get("/services/classroom/")
    xsrf = re.search(r'name="_xsrf" value="([^"]+)"', page.text)
    assert xsrf, page.text[:500]
    action = re.search(r'<form action="([^"]+)"', page.text)
    assert action
    form = {"_xsrf": xsrf[1], "username": username, "password": password, **more}
    return client.post(action[1].replace("&amp;", "&"), data=form)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def launch(data: Path, port: int, *options: str, **environ: str) -> subprocess.Popen[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ZHIXING_")}
    clean.pop("PYTHONDONTWRITEBYTECODE", None)
    return subprocess.Popen(
        [*LAUNCHER, "--port", str(port), "--data", str(data), *options],
        cwd=ROOT,
        env=clean | {"ZHIXING_DEMO_PASSWORD": PASSWORD} | environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@contextmanager
def running_platform(data: Path, *options: str, **environ: str) -> Iterator[RunningPlatform]:
    port = free_port()
    process = launch(data, port, *options, **environ)
    platform = RunningPlatform(process, f"http://127.0.0.1:{port}", data)
    try:
        wait_until_ready(platform)
        yield platform
    finally:
        stop(process)
        assert process.stdout is not None
        process.stdout.close()


def wait_until_ready(platform: RunningPlatform) -> None:
    assert platform.process.stdout is not None
    alarm = threading.Timer(SECONDS_TO_START, platform.process.kill)
    alarm.start()
    for line in platform.process.stdout:
        platform.said.append(line.rstrip("\n"))
        if line.startswith("Zhixing is ready at "):
            assert line.strip() == f"Zhixing is ready at {platform.url}"
            alarm.cancel()
            return
    alarm.cancel()
    raise AssertionError("the platform did not start:\n" + "\n".join(platform.said))


def stop(process: subprocess.Popen[Any], number: int = signal.SIGINT) -> int:
    process.send_signal(number)
    try:
        return process.wait(60)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
