"""Control groups: let the kernel itself count the memory and processes of every job, where it can.

Only version 2, and only where somebody (systemd, a container's administrator) already counts
memory and processes of the groups beside ours and lets us make one: nothing of the machine's own
is changed. Elsewhere the fork-server watches (:mod:`zhixing.yard.residents`), and ``zhixing
doctor`` says which of the two is in force.

Whoever opens a yard makes a group for it (:func:`yard_group`), with the fork-server in a group
below; the fork-server makes one more for each job (:class:`JobGroups`).
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from zhixing.errors import ZhixingError
from zhixing.kernels.walls import Limits

WANTED = ("memory", "pids")
SERVER = "server"
"""Group of the fork-server, below the yard's: a group that divides its means has no process."""

INSIDE = Path("/sys/fs/cgroup")
"""Where a yard's own group is seen in its box."""

SPARE_PROCESSES = 16
"""Beyond what ``RLIMIT_NPROC`` allows, which speaks first and in words that Python knows."""

_OURS = "zhixing-yard-"


class NoGroupError(ZhixingError):
    """Why no control group can be had here; no fault, the fork-server watches instead."""


def place_of_groups() -> Path:
    """Folder of the group below which we may make one: our own, or the next above that serves.

    Raises
    ------
    NoGroupError
        If there is none.
    """
    mounted = re.search(r"^\S+ \S+ \S+ (\S+) (\S+) .* - cgroup2 ", _own("mountinfo"), re.MULTILINE)
    own = re.search(r"^0::(.+)$", _own("cgroup"), re.MULTILINE)
    if mounted is None or own is None:
        raise NoGroupError("没有挂载 cgroup v2")
    root, top = mounted[1], Path(mounted[2])
    below = os.path.relpath(own[1], root)
    if below.startswith(".."):
        raise NoGroupError("看不到自己所在的 cgroup")
    place = top / below
    for folder in (place, *place.parents):
        if folder.is_relative_to(top) and _serves(folder):
            return folder
    raise NoGroupError("没有可以写、又计内存和进程数的 cgroup v2 组")


def _own(name: str) -> str:
    return (Path("/proc/self") / name).read_text()


def _serves(folder: Path) -> bool:
    """Whether we may make a group there that counts, and move a process of ours into it."""
    try:
        counted = (folder / "cgroup.subtree_control").read_text().split()
    except OSError:
        return False
    may_write = all(os.access(path, os.W_OK) for path in (folder, folder / "cgroup.procs"))
    return may_write and set(WANTED) <= set(counted)


def yard_group(number: int, uid: int | None) -> Path:
    """Make the group of one yard.

    Parameters
    ----------
    number
        Tells this yard from others of this process.
    uid
        Who is to divide it further; None if we do.

    Raises
    ------
    NoGroupError
        If none can be made.
    """
    place = place_of_groups()
    _sweep(place)
    group = place / f"{_OURS}{os.getpid()}-{number}"
    try:
        (group / SERVER).mkdir(parents=True)
        (group / "cgroup.subtree_control").write_text(" ".join(f"+{name}" for name in WANTED))
        if uid is not None:
            for path in (group, group / "cgroup.procs", group / "cgroup.subtree_control"):
                os.chown(path, uid, uid)
    except OSError as error:
        remove_group(group)
        raise NoGroupError(f"建不成 cgroup 组（{error}）") from error
    return group


def remove_group(group: Path) -> None:
    """Remove a yard's group once its processes are gone; what still lives keeps its own."""
    for folder in (*_folders(group), group):
        with suppress(OSError):
            folder.rmdir()


def _sweep(place: Path) -> None:
    """Remove what killed graders of before left behind; the kernel keeps what is in use."""
    for group in place.glob(f"{_OURS}*"):
        pid = group.name.removeprefix(_OURS).split("-")[0]
        if not Path("/proc", pid).exists():
            remove_group(group)


def _folders(group: Path) -> list[Path]:
    try:
        return [path for path in group.iterdir() if path.is_dir()]
    except OSError:
        return []


def enter_group(folder: Path) -> None:
    """Move this process, and all it will start, into a group."""
    (folder / "cgroup.procs").write_text("0")


@dataclass(frozen=True)
class JobGroups:
    """Groups of the jobs of one fork-server."""

    folder: Path
    limits: Limits

    def make(self, number: int) -> Path:
        """Make the group of a job, with its bounds."""
        group = self.folder / f"job-{number}"
        group.mkdir()
        bounds = {
            "memory.max": self.limits.memory_bytes,
            "memory.oom.group": 1,
            "pids.max": self.limits.processes + SPARE_PROCESSES,
        }
        for name, most in bounds.items():
            (group / name).write_text(str(most))
        with suppress(FileNotFoundError):  # a kernel without swap has no such file
            (group / "memory.swap.max").write_text("0")
        return group


def is_out_of_memory(group: Path) -> bool:
    """Whether the kernel ended a job for the memory it took."""
    told = dict(line.split() for line in (group / "memory.events").read_text().splitlines())
    return told.get("oom_kill", "0") != "0"
