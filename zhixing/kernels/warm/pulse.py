"""Pulse: a page that a kernel shares with its fork-server, which says when it was last used."""

from __future__ import annotations

import mmap
import struct
import threading
import time

_FORM = struct.Struct("dq")


class Pulse:
    """Time of the last message and number of messages being handled."""

    def __init__(self) -> None:
        self._page = mmap.mmap(-1, _FORM.size)
        self._lock = threading.Lock()
        self._write(0)

    def begin(self) -> None:
        """A message is being handled."""
        self._change(1)

    def end(self) -> None:
        """It is done."""
        self._change(-1)

    def idle_seconds(self) -> float:
        """Seconds since the last message was done; 0 while one is being handled."""
        at, busy = _FORM.unpack(self._page[:])
        return 0.0 if busy > 0 else time.monotonic() - at

    def close(self) -> None:
        """Give the page back."""
        self._page.close()

    def _change(self, by: int) -> None:
        # Subshells handle messages in threads of their own.
        with self._lock:
            self._write(_FORM.unpack(self._page[:])[1] + by)

    def _write(self, busy: int) -> None:
        self._page[:] = _FORM.pack(time.monotonic(), busy)
