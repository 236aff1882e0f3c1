"""Memory of a job: all of its processes together, whatever kind of memory it is."""

import socket
import time

import pytest

from zhixing.kernels.walls import Limits
from zhixing.yard.cgroups import NoGroupError, place_of_groups
from zhixing.yard.frames import ChannelError, receive, send
from zhixing.yard.yard import Yard, wait_until_ready

LIMITS = Limits(memory_bytes=300 << 20)
SECONDS = 2.0
"""How long a hog holds what it took; the fork-server looks every 50 ms."""

EACH = """
import mmap, os, time
def touch(size):
    kept = MEMORY
    for place in range(0, size, 4096):
        kept[place] = 1
    return kept
for _ in range(5):
    if os.fork() == 0:
        kept = touch(120 << 20)
        time.sleep(SECONDS)
        os._exit(0)
time.sleep(SECONDS)
"""
ENDED = """
import mmap, os, time
for _ in range(5):
    if os.fork() == 0:
        kept = mmap.mmap(-1, 120 << 20)
        if os.fork() == 0:
            kept.write(bytes(1 << 20) * 120)
            os._exit(0)
        os.wait()
        time.sleep(SECONDS)
        os._exit(0)
time.sleep(SECONDS)
"""
HIDING = "import ctypes\nctypes.CDLL(None).prctl(4, 0, 0, 0, 0)\n" + ENDED
HOGS = {
    "its own, over several processes": EACH.replace("MEMORY", "bytearray(size)"),
    "shared by nobody else": EACH.replace("MEMORY", "mmap.mmap(-1, size)"),
    "filled by a child that ended": ENDED,
    "of a process that nobody may look into": HIDING,
}

BUFFERS = """
import os, socket, time
for _ in range(30):
    if os.fork() == 0:
        kept = []
        try:
            while True:
                kept.append(socket.socketpair())
                kept[-1][0].setblocking(False)
                try:
                    while True:
                        kept[-1][0].send(bytes(65536))
                except BlockingIOError:
                    pass
        except OSError:
            time.sleep(20)
        os._exit(0)
time.sleep(15)
"""


def is_counted_by_the_kernel() -> bool:
    try:
        place_of_groups()
    except NoGroupError:
        return False
    return True


def why_ended(source: str, *, is_busy: bool = False) -> str:
    """Why the yard ended a job that runs this; nothing if it came to its end."""
    with Yard("zhixing.yard.learner", LIMITS) as yard:
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                number = yard.start(theirs)
            wait_until_ready(ours)
            source = source.replace("SECONDS", str(SECONDS))
            send(ours, {"id": 1, "op": "run", "source": source, "seconds": 20})
            deadline = time.monotonic() + SECONDS
            while is_busy and time.monotonic() < deadline:
                yard.end(0)  # a request like any other, one after the other
            try:
                receive(ours, 20)
            except ChannelError:
                return yard.end(number)
            return yard.end(number)


@pytest.mark.parametrize("source", HOGS.values(), ids=HOGS)
def test_no_memory_escapes_the_limit(source: str) -> None:
    assert why_ended(source) == "memory"


def test_a_busy_fork_server_looks_at_memory_too() -> None:
    assert why_ended(HOGS["its own, over several processes"], is_busy=True) == "memory"


@pytest.mark.skipif(not is_counted_by_the_kernel(), reason="no control group can be made here")
def test_what_waits_in_sockets_is_counted_where_the_kernel_counts() -> None:
    assert why_ended(BUFFERS) == "memory"


def test_many_processes_that_take_little_are_no_hog() -> None:
    """Each has all of pandas from before its fork, and no page of that is its own."""
    source = """
import os, time
import pandas as pd
for _ in range(20):
    if os.fork() == 0:
        time.sleep(SECONDS)
        os._exit(0)
time.sleep(SECONDS)
"""
    assert why_ended(source) == ""
