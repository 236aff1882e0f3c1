"""Residents: what memory each job of a fork-server takes, seen in ``/proc`` of its box.

No cgroup is asked for: on many machines an ordinary user has none to give.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")
PROC = Path("/proc")


@dataclass(frozen=True)
class Process:
    """A process as the box sees it.

    Parameters
    ----------
    pids
        Its number in every namespace from the box's inwards: box, fork-server, job.
    resident_bytes
        Of its own, beyond what it shares through files.
    """

    parent: int
    pids: tuple[int, ...]
    resident_bytes: int

    @property
    def is_first(self) -> bool:
        """Whether it is the first of its job, from whom all others of the job descend."""
        return len(self.pids) > 2 and self.pids[-1] == 1


def resident_by_job() -> dict[int, int]:
    """Bytes by job, named by the number that the fork-server knows its first process by."""
    processes = {found.pids[0]: found for found in map(_process, _numbers()) if found}
    totals: dict[int, int] = {}
    for process in processes.values():
        first = _first_of(process, processes)
        if first is not None:
            job = first.pids[1]
            totals[job] = totals.get(job, 0) + process.resident_bytes
    return totals


def _numbers() -> list[int]:
    return [int(path.name) for path in PROC.iterdir() if path.name.isdigit()]


def _process(pid: int) -> Process | None:
    try:
        status = (PROC / str(pid) / "status").read_text()
        _, resident, shared, *_ = (PROC / str(pid) / "statm").read_text().split()
    except (OSError, ValueError):
        return None  # it ended meanwhile
    told = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    pids = tuple(map(int, told["NSpid"].split()))
    own = (int(resident) - int(shared)) * PAGE
    return Process(int(told["PPid"]), pids, own)


def _first_of(process: Process, processes: dict[int, Process]) -> Process | None:
    found: Process | None = process
    while found is not None and not found.is_first:
        found = processes.get(found.parent) if len(found.pids) > 2 else None
    return found
