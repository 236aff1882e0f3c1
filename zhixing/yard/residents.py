"""Residents: what memory each job of a fork-server takes, seen in ``/proc`` of its box.

Anonymous memory that a process has touched counts, swapped out or not. Memory that processes share
without a file counts once and whole: a child may fill it and end, and no process has it then.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PROC = Path("/proc")
KILO = 1024

USUAL_GROWTH = 16 * 1024 * KILO
"""Bytes of libraries that a job may map beyond its fork-server before its maps are read, which
takes a millisecond."""

_SHARED = re.compile(r"^(\w+)-(\w+) ...s \w+ (\S+ \d+) +/dev/zero \(deleted\)$", re.MULTILINE)
"""A mapping that is shared and has no file: addresses, and device and inode, which name it."""


@dataclass(frozen=True)
class Process:
    """A process as the box sees it.

    Parameters
    ----------
    pids
        Its number in every namespace from the box's inwards: box, fork-server, job.
    own_bytes
        Anonymous memory it has touched; pages that it shares with its parent since the fork too.
    shared
        Memory without a file that it may share with others, by what names it.
    """

    parent: int
    pids: tuple[int, ...]
    own_bytes: int
    shared: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_first(self) -> bool:
        """Whether it is the first of its job, from whom all others of the job descend."""
        return len(self.pids) > 2 and self.pids[-1] == 1


def mapped_beyond_data(status: Mapping[str, str]) -> int:
    """Bytes of address space that are neither heap nor stack: libraries, and shared memory."""
    return _kilobytes(status, "VmSize") - _kilobytes(status, "VmData")


def status_of(pid: int) -> dict[str, str]:
    """What ``/proc`` says of a process, by name."""
    lines = (PROC / str(pid) / "status").read_text().splitlines()
    return dict(line.split(":", 1) for line in lines if ":" in line)


def processes_by_job(usual_bytes: int) -> dict[int, list[Process]]:
    """Processes by job, named by the number that the fork-server knows its first process by.

    Parameters
    ----------
    usual_bytes
        :func:`mapped_beyond_data` of the fork-server itself.
    """
    found = (_process(pid, usual_bytes) for pid in _numbers())
    processes = {process.pids[0]: process for process in found if process}
    jobs: dict[int, list[Process]] = {}
    for process in processes.values():
        first = _first_of(process, processes)
        if first is not None:
            jobs.setdefault(first.pids[1], []).append(process)
    return jobs


def most_bytes(processes: Sequence[Process]) -> int:
    """What they take at the most: pages kept from before a fork count once for each of them."""
    return sum(process.own_bytes for process in processes) + _shared_bytes(processes)


def exact_bytes(processes: Sequence[Process]) -> int:
    """What they take, each page once; reading it takes milliseconds."""
    return sum(map(_proportional_bytes, processes)) + _shared_bytes(processes)


def _shared_bytes(processes: Sequence[Process]) -> int:
    return sum(
        {key: size for process in processes for key, size in process.shared.items()}.values()
    )


def _proportional_bytes(process: Process) -> int:
    try:
        text = (PROC / str(process.pids[0]) / "smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0  # it ended meanwhile
    except OSError:
        return process.own_bytes  # it keeps us from looking, which must not pay
    told = dict(line.split(":", 1) for line in text.splitlines()[1:])
    return _kilobytes(told, "Pss_Anon") + _kilobytes(told, "SwapPss")


def _numbers() -> list[int]:
    return [int(path.name) for path in PROC.iterdir() if path.name.isdigit()]


def _process(pid: int, usual_bytes: int) -> Process | None:
    try:
        status = status_of(pid)
        pids = tuple(map(int, status["NSpid"].split()))
    except (OSError, LookupError, ValueError):
        return None  # it ended meanwhile
    own = _kilobytes(status, "RssAnon") + _kilobytes(status, "VmSwap")
    growth = mapped_beyond_data(status) - usual_bytes
    shared = _shared_of(pid, growth) if growth > USUAL_GROWTH and len(pids) > 2 else {}
    return Process(int(status["PPid"]), pids, own, shared)


def _shared_of(pid: int, growth: int) -> dict[str, int]:
    try:
        text = (PROC / str(pid) / "maps").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return {}  # it ended meanwhile
    except OSError:
        return {f"process {pid}": growth}  # it keeps us from looking: then all of it may be
    sizes: dict[str, int] = {}
    for begin, end, name in _SHARED.findall(text):
        sizes[name] = sizes.get(name, 0) + int(end, 16) - int(begin, 16)
    return sizes


def _kilobytes(status: Mapping[str, str], name: str) -> int:
    return int(status.get(name, "0").split()[0]) * KILO


def _first_of(process: Process, processes: dict[int, Process]) -> Process | None:
    found: Process | None = process
    while found is not None and not found.is_first:
        found = processes.get(found.parent) if len(found.pids) > 2 else None
    return found


def own_mapped_bytes() -> int:
    """:func:`mapped_beyond_data` of this process."""
    return mapped_beyond_data(status_of(os.getpid()))
