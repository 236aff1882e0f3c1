"""Queue: a hog of memory while other hand-ins come and go; it is ended all the same."""

from __future__ import annotations

import socket
import time

from grading.doctor.finding import Finding
from zhixing.kernels.walls import Limits
from zhixing.yard.frames import ChannelError, receive, send
from zhixing.yard.yard import Yard, wait_until_ready

MEMORY_BYTES = 300 << 20
SECONDS = 2.0
"""How long the hog keeps what it took; the fork-server looks every 50 ms."""

HOG = f"""
import os, time
for _ in range(5):
    if os.fork() == 0:
        kept = bytearray(120 << 20)
        for place in range(0, len(kept), 4096):
            kept[place] = 1
        time.sleep({SECONDS})
        os._exit(0)
time.sleep({SECONDS})
"""


def queued(kind: str) -> Finding:
    """Let a hog take twice its limit beside a fork-server that always has something to do."""
    why = _why_ended()
    words = "因占用内存被停止" if why == "memory" else f"没有被停止{why}"
    title = "在别人的作业来来往往时占用内存"
    return Finding("busy-memory", kind, title, why == "memory", words)


def _why_ended() -> str:
    with Yard("zhixing.yard.learner", Limits(memory_bytes=MEMORY_BYTES)) as yard:
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                number = yard.start(theirs)
            wait_until_ready(ours)
            send(ours, {"id": 1, "op": "run", "source": HOG, "seconds": 10 * SECONDS})
            deadline = time.monotonic() + SECONDS
            while time.monotonic() < deadline:
                yard.end(0)  # of nobody: a request like any other, one after the other
            try:
                receive(ours, 10 * SECONDS)
            except ChannelError:
                return yard.end(number)
            return yard.end(number)
