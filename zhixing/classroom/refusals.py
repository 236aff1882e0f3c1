"""Refusals: an answer that was not taken leaves a row in the audit log, and nothing else."""

from __future__ import annotations

import logging
from collections import deque
from datetime import datetime, timedelta
from functools import partial

from fastapi import Request
from sqlalchemy import Connection

from zhixing.classroom.hall import hall_of
from zhixing.classroom.problem import ProblemError
from zhixing.records.audit import add_audit
from zhixing.records.errors import RecordsError

ACTION = "answer.refuse"

MOST_AN_HOUR = 200
"""Rows of one person; nobody shall fill the disk with refused answers."""

MOST_PEOPLE = 10_000
HOUR = timedelta(hours=1)
LONGEST_SUBJECT = 64

_log = logging.getLogger(__name__)


class Refusals:
    """Notes refused answers; keeps in memory how many it noted of whom."""

    def __init__(self) -> None:
        self._noted: dict[str, deque[datetime]] = {}

    async def note(self, request: Request, problem: ProblemError) -> None:
        """Note a refused answer; of a body that is too large nothing is read or kept."""
        if not _is_refused_answer(request, problem):
            return
        hall = hall_of(request)
        identity = await hall.identify(request)
        if identity is None or not self._may_note(identity.username, hall.clock()):
            return
        row = partial(_write, identity.username, _subject(request), hall.clock(), problem)
        try:
            await hall.recorder.write(row)
        except RecordsError:
            # The learner is told what was wrong with the answer, not with our log.
            _log.exception("refused answer of %s not noted", identity.username)

    def _may_note(self, username: str, now: datetime) -> bool:
        if len(self._noted) >= MOST_PEOPLE:
            self._noted.clear()
        times = self._noted.setdefault(username, deque())
        while times and times[0] <= now - HOUR:
            times.popleft()
        if len(times) >= MOST_AN_HOUR:
            return False
        times.append(now)
        return True


async def note_refusal(request: Request, problem: ProblemError) -> None:
    """Note it where the app of the request keeps its refusals."""
    refusals: Refusals = request.app.state.refusals
    await refusals.note(request, problem)


def _is_refused_answer(request: Request, problem: ProblemError) -> bool:
    is_answer = request.method == "POST" and request.url.path.endswith("/answers")
    # Without a log-in nobody is known, and what is our own fault is no refusal.
    return is_answer and 400 <= problem.status < 500 and problem.status != 401


def _subject(request: Request) -> str:
    parts = request.url.path.split("/")
    return parts[-2][:LONGEST_SUBJECT]


def _write(
    username: str, subject: str, now: datetime, problem: ProblemError, conn: Connection
) -> None:
    add_audit(conn, username, ACTION, subject, now, code=problem.code, field=problem.field)
