"""Walls: what one forked job or kernel gives up before it runs anything."""

from __future__ import annotations

import ctypes
import os
import resource
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_NEWNS, _NEWUSER, _NEWPID = 0x20000, 0x10000000, 0x20000000
_NEWIPC, _NEWNET = 0x8000000, 0x40000000
_NOSUID, _NODEV, _READ_ONLY, _REMOUNT, _BIND, _REC, _PRIVATE = 2, 4, 1, 32, 4096, 16384, 1 << 18
_NOEXEC = 8
_SET_DUMPABLE, _NO_NEW_PRIVS, _CAPBSET_DROP, _SET_PDEATHSIG = 4, 38, 24, 1
_CAPABILITY_VERSION = 0x20080522
_LAST_CAPABILITY = 63

FOLDER = Path("/tmp")  # noqa: S108 - the job's own, seen by nobody else
"""Where a job works; memory, bounded, gone with it."""

_PTS = Path("/dev/pts")

_PACKAGES = [Path(__file__).parents[2] / name for name in ("grading", "widgets", "zhixing")]

_libc = ctypes.CDLL(None, use_errno=True)


class WallError(Exception):
    """A wall that could not be put up; the job does not run."""


@dataclass(frozen=True)
class Limits:
    """Bounds of one job, kept from outside its interpreter.

    Parameters
    ----------
    memory_bytes
        Of all its processes together, watched by the fork-server; and of each one's address
        space beyond what it was forked with.
    cpu_seconds
        Of each process.
    disk_bytes, inodes
        Of its folder, which is memory too.
    file_bytes, files, processes
        Largest file, most open files, most processes.
    """

    memory_bytes: int = 1 << 30
    cpu_seconds: int = 600
    disk_bytes: int = 64 << 20
    inodes: int = 4096
    file_bytes: int = 64 << 20
    files: int = 256
    processes: int = 48


def take_own_users(*, and_processes: bool = False) -> None:
    """Have users and mounts of one's own; and processes, beginning with the next fork."""
    _take_own(_NEWUSER | _NEWNS | (_NEWPID if and_processes else 0))


def _leave_the_neighbours() -> None:
    """Have users, mounts, message queues, network and terminals of one's own.

    Jobs of one box share all of these, and each is a way for two of them to talk: sockets without
    a path live in the network, and a terminal that one opens is a file that the other can read.
    """
    _take_own(_NEWUSER | _NEWNS | _NEWIPC | _NEWNET)
    _call("mount", b"none", b"/", None, _REC | _PRIVATE, None)
    if _PTS.is_dir():
        options = b"newinstance,ptmxmode=0666,mode=620,max=16"
        _call("mount", b"devpts", bytes(_PTS), b"devpts", _NOSUID | _NOEXEC, options)


def _take_own(namespaces: int) -> None:
    uid, gid = os.getuid(), os.getgid()
    _call("unshare", namespaces)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")


@contextmanager
def next_fork_apart() -> Iterator[None]:
    """Let the child that is forked in here be the first process of a namespace of its own.

    What it starts cannot outlive it and sees no process beside its own. The child must not leave
    the block. One fork does for two: a fork of a process with pandas in it takes 4 ms.
    """
    own = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
    _call("unshare", _NEWPID)
    try:
        yield
    finally:
        _call("setns", own, _NEWPID)
        os.close(own)


def put_up_walls(limits: Limits) -> None:
    """Hide the box's other folders and processes, set every limit, give every right up.

    To be called in the first process of a job, right after its fork.
    """
    begun_with = address_space()
    _leave_the_neighbours()
    options = f"mode=700,size={limits.disk_bytes},nr_inodes={limits.inodes}".encode()
    with _programs_kept():
        _call("mount", b"tmpfs", bytes(FOLDER), b"tmpfs", _NOSUID | _NODEV, options)
    for place in ("/proc", "/run", "/dev/shm", "/sys"):  # noqa: S108 - emptied
        if Path(place).is_dir():
            _call(
                "mount",
                b"tmpfs",
                place.encode(),
                b"tmpfs",
                _NOSUID | _NODEV | _READ_ONLY,
                b"size=4k",
            )
    os.chdir(FOLDER)
    _limit(limits, begun_with)
    _give_up_rights(may_be_watched=True)


def keep_to_room(room: Path, limits: Limits) -> None:
    """See of the folders beside one's own, and of all processes, none; give every right up.

    To be called in a fork that is alone and has not started a thread.
    """
    begun_with = address_space()
    _leave_the_neighbours()
    own = os.open(room, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    _call("mount", b"tmpfs", bytes(room.parent), b"tmpfs", _NOSUID | _NODEV, b"mode=755,size=64k")
    room.mkdir()
    _call("mount", f"/proc/self/fd/{own}".encode(), bytes(room), None, _BIND | _REC, None)
    os.close(own)
    _call("mount", b"none", bytes(room.parent), None, _REMOUNT | _BIND | _READ_ONLY, None)
    _call("mount", b"tmpfs", b"/proc", b"tmpfs", _NOSUID | _NODEV | _READ_ONLY, b"size=4k")
    _limit(limits, begun_with)
    _give_up_rights(may_be_watched=False)


@contextmanager
def _programs_kept() -> Iterator[None]:
    """Keep Python and its packages in sight, as they were, where they lie below the job's folder.

    An installation in a temporary folder is common in trials and on build machines.
    """
    kept = {
        path: os.open(path, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        for path in sorted({Path(sys.prefix), Path(sys.base_prefix), *_PACKAGES})
        if path.is_relative_to(FOLDER) and path.is_dir()
    }
    yield
    for path, number in kept.items():
        path.mkdir(parents=True, exist_ok=True)
        _call("mount", f"/proc/self/fd/{number}".encode(), bytes(path), None, _BIND | _REC, None)
        os.close(number)


def _limit(limits: Limits, address_space: int) -> None:
    bounds = {
        resource.RLIMIT_AS: address_space + limits.memory_bytes,
        resource.RLIMIT_CPU: limits.cpu_seconds,
        resource.RLIMIT_FSIZE: limits.file_bytes,
        resource.RLIMIT_NOFILE: limits.files,
        resource.RLIMIT_NPROC: limits.processes,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    for name, most in bounds.items():
        resource.setrlimit(name, (most, most))


def address_space() -> int:
    """Bytes of address space of this process; asked while ``/proc`` can be seen."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _give_up_rights(*, may_be_watched: bool) -> None:
    for capability in range(_LAST_CAPABILITY + 1):
        _libc.prctl(_CAPBSET_DROP, capability, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    nothing = (ctypes.c_uint32 * 6)()
    _call("capset", header, nothing)
    if _libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise WallError("no_new_privs")
    # A job has no other process in sight, and whoever watches its memory must see into it. Rooms
    # of one box are of one user: there no process may look into another.
    _libc.prctl(_SET_DUMPABLE, int(may_be_watched), 0, 0, 0)


def die_with_parent() -> None:
    """Be killed when the parent ends, however it ends."""
    _libc.prctl(_SET_PDEATHSIG, 9, 0, 0, 0)


def close_all_but(kept: Sequence[int]) -> None:
    """Close every descriptor but these; input and output lead nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    low = 3
    for number in sorted(kept):
        os.closerange(low, number)
        low = number + 1
    os.closerange(low, 1 << 16)


def _call(name: str, *arguments: object) -> None:
    if getattr(_libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise WallError(f"{name}: {os.strerror(number)}")
