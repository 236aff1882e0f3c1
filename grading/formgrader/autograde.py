"""Autograde: the buttons of formgrader start the same command that a maintainer runs."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

from nbgrader.server_extensions.formgrader.base import (
    BaseApiHandler,
    check_notebook_dir,
    check_xsrf,
)
from tornado import web
from tornado.iostream import StreamClosedError

from grading.outcome import FAILED

LONGEST_LINE = 1 << 20


class AutogradeHandler(BaseApiHandler):
    """Grades one hand-in, also one that is graded already: nbgrader's button means it so."""

    @web.authenticated
    @check_xsrf
    @check_notebook_dir
    async def post(self, assignment_id: str, student_id: str) -> None:
        """Write what nbgrader's script expects."""
        run = GradingRun(self.coursedir.root, assignment_id, "--force", "--student", student_id)
        outcomes = [outcome async for outcome in run.outcomes()]
        is_graded = run.code == 0 and [one["state"] for one in outcomes] != [FAILED]
        self.write(json.dumps({"success": is_graded, "log": run.said, "error": ""}))


class AutogradeAllHandler(BaseApiHandler):
    """Grades every hand-in of an assignment that is new; tells of each as soon as it is graded."""

    @web.authenticated
    @check_xsrf
    @check_notebook_dir
    async def post(self, assignment_id: str) -> None:
        """Write a JSON line for the number to grade, for each outcome, and for the end."""
        self.set_header("Content-Type", "application/x-ndjson; charset=utf-8")
        planned = GradingRun(self.coursedir.root, assignment_id, "--dry-run")
        plans = [plan async for plan in planned.outcomes()]
        if planned.code != 0:
            await self._tell({"end": False, "log": planned.said})
            return
        await self._tell({"total": len(plans[0]["to_grade"]) + len(plans[0]["done"])})
        run = GradingRun(self.coursedir.root, assignment_id)
        async for outcome in run.outcomes():
            await self._tell(outcome)
        await self._tell({"end": run.code == 0, "log": run.said})

    async def _tell(self, line: dict[str, Any]) -> None:
        # Whoever closes the page does not stop the grading.
        with suppress(StreamClosedError):
            self.write(json.dumps(line, ensure_ascii=False) + "\n")
            await self.flush()


class GradingRun:
    """``zhixing grade`` in a process of its own: this server stays free for other pages.

    Parameters
    ----------
    options
        Options of the command, beside ``--json``.
    """

    def __init__(self, course_dir: str, assignment: str, *options: str) -> None:
        call = "from zhixing.cli import main; main()"
        fixed = ("--course", course_dir, "--json", *options)
        # After "--" a name that begins with a dash is a name.
        self._command = (sys.executable, "-c", call, "grade", *fixed, "--", assignment)
        self.code: int | None = None
        self.said = ""

    async def outcomes(self) -> AsyncIterator[dict[str, Any]]:
        """What the command prints, as it comes; ``code`` and ``said`` are there afterwards."""
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=LONGEST_LINE,
            env={**os.environ, "NO_COLOR": "1", "COLUMNS": "100"},
        )
        said = asyncio.ensure_future(_piped(process.stderr).read())
        async for line in _piped(process.stdout):
            yield json.loads(line)
        self.said = _last_lines((await said).decode(errors="replace"))
        self.code = await process.wait()


def _piped(stream: asyncio.StreamReader | None) -> asyncio.StreamReader:
    if stream is None:
        raise TypeError("a process was started without pipes")
    return stream


def _last_lines(text: str) -> str:
    """What was said, without the progress bar drawn over and over."""
    lines = (line.rsplit("\r", 1)[-1].strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("自动批改 "))
