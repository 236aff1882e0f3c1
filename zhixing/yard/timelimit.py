"""Time limit: interrupts this process's own code after so many seconds; a courtesy, not a wall."""

from __future__ import annotations

import signal
import threading
import time
from typing import Self


class CellTimeoutError(Exception):
    """A cell or call that took longer than it may."""


class time_limit:  # noqa: N801 - used as a function
    """Interrupt what runs within it; one within another keeps the other's limit too."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._outer = 0.0
        # Python handles signals in the main thread alone.
        self._is_main = threading.current_thread() is threading.main_thread()

    def __enter__(self) -> Self:
        if self._is_main:
            signal.signal(signal.SIGALRM, _interrupt)
            left, _ = signal.getitimer(signal.ITIMER_REAL)
            self._outer = time.monotonic() + left if left else 0.0
            signal.setitimer(signal.ITIMER_REAL, min(self._seconds, left or self._seconds))
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_main:
            left = max(0.001, self._outer - time.monotonic()) if self._outer else 0.0
            signal.setitimer(signal.ITIMER_REAL, left)


def _interrupt(*_: object) -> None:
    raise CellTimeoutError("超过了允许的时间")
