"""Orphans: what a kernel started and left behind, also in a session of its own, ends with it.

A kernel adopts whatever its children leave (``nohup``, a daemon); when it ends, all of that falls
to the fork-server, which ends it. When the fork-server itself is killed, its guardian does.
"""

from __future__ import annotations

import ctypes
import os
import signal
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

_SET_CHILD_SUBREAPER = 36
_ROUNDS = 100
"""Each ends a generation; whoever forks faster is ended in a later turn."""

_libc = ctypes.CDLL(None, use_errno=True)


def adopt_orphans() -> None:
    """Be, from now on, the parent of all descendants whose own parent ends."""
    _libc.prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_orphans(known: Collection[int]) -> None:
    """End every child of this process that is not known, with its own children."""
    for _ in range(_ROUNDS):
        found = _children() - set(known)
        if not found:
            return
        for pid in found:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(pid, 0)


def _children() -> set[int]:
    own = os.getpid()
    return {pid for pid in _numbers() if _parent_of(pid) == own}


def _numbers() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _parent_of(pid: int) -> int:
    try:
        # The name may hold anything, brackets too; what follows it is plain.
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, ValueError):
        return 0  # it ended meanwhile
