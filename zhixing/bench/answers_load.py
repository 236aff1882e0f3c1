"""Answers load: many learners who answer as fast as they get a receipt, in a process of its own.

``python -m zhixing.bench.answers_load PORT`` reads ``CLIENTS SECONDS FIRST`` from each line of
its input and writes one line ``{"answered", "seconds", "latencies"}`` (milliseconds) for it.
``FIRST`` is the first turn to take (:func:`zhixing.bench.school.turns`).
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from itertools import islice

import uvloop

from zhixing.bench.school import COURSE, make_course, turns, username

Turn = tuple[int, str]


class RefusedError(Exception):
    """The classroom did not acknowledge an answer, so there is nothing to measure."""


def requests(turn: Iterator[Turn]) -> Iterator[bytes]:
    """Write one HTTP request a turn."""
    questions = {question.id: question for question in make_course().lessons[0].questions}
    for person, question_id in turn:
        version = questions[question_id].version
        key = f"bench-{person}-{question_id}"
        body = json.dumps({"version": version, "value": "b", "key": key}).encode()
        head = (
            f"POST /services/classroom/api/courses/{COURSE}/questions/{question_id}/answers "
            f"HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {username(person)}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        yield head.encode() + body


async def learner(port: int, waiting: Iterator[bytes], until: float) -> list[float]:
    """Answer over one kept connection until the time is up; returns milliseconds of each."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    latencies = []
    try:
        while (begun := time.perf_counter()) < until:
            writer.write(next(waiting))
            await _acknowledged(reader)
            latencies.append((time.perf_counter() - begun) * 1000)
    finally:
        writer.close()
    return latencies


async def _acknowledged(reader: asyncio.StreamReader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    body = await reader.readexactly(length)
    if not head.startswith(b"HTTP/1.1 201"):
        raise RefusedError(head.split(b"\r\n")[0].decode() + body.decode())


async def load(port: int, clients: int, seconds: float, first: int) -> dict[str, object]:
    """Let all learners answer at once."""
    waiting = requests(islice(turns(), first, None))
    begun = time.perf_counter()
    until = begun + seconds
    each = await asyncio.gather(*[learner(port, waiting, until) for _ in range(clients)])
    latencies = [round(latency, 3) for mine in each for latency in mine]
    spent = time.perf_counter() - begun
    return {"answered": len(latencies), "seconds": spent, "latencies": latencies}


def main(port: int) -> None:
    """Answer each line of the input with one line."""
    for line in sys.stdin:
        clients, seconds, first = line.split()
        told = uvloop.run(load(port, int(clients), float(seconds), int(first)))
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]))
