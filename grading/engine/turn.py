"""Turn: one run of grading a course at a time; the next waits, and is let in if a run is killed."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zhixing.errors import ZhixingError

LOCK = ".zhixing-grading.lock"
SECONDS_TO_WAIT = 120.0
SECONDS_BETWEEN_LOOKS = 0.1


class BusyError(ZhixingError):
    """Somebody else grades this course, and is not done."""


@contextmanager
def own_turn(course_dir: Path, seconds: float = SECONDS_TO_WAIT) -> Iterator[None]:
    """Keep other runs of this course out; the kernel lets go of it whatever becomes of us.

    Raises
    ------
    BusyError
        If another run is not done within so many seconds.
    """
    with (course_dir / LOCK).open("w") as file:
        deadline = time.monotonic() + seconds
        while not _taken(file.fileno()):
            if time.monotonic() > deadline:
                raise BusyError(
                    f"{course_dir.name} 正在批改，等了 {seconds:.0f} 秒还没有结束。"
                    "请等它结束后再运行；什么都没有写。"
                )
            time.sleep(SECONDS_BETWEEN_LOOKS)
        yield


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
