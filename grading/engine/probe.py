"""Probe: what a learner's job can reach; a grader whose probe gets out grades nothing.

The job is asked to get out in every way that needs no cleverness, and two jobs at once to reach
each other; what they tell is only ever used against their own walls, so a lie can do no harm. The
tricks that need cleverness are those of ``zhixing doctor --attack``.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zhixing.kernels.box import python_folders
from zhixing.yard.yard import ENVIRON, Yard, YardError, wait_until_ready

if TYPE_CHECKING:
    from grading.engine.interpreter import Interpreter

SECONDS = 15.0

PROBES: Mapping[str, tuple[str, str]] = {
    "files": (
        "看到别的文件夹",
        "out = [p for p in HIDDEN if strange_in(p)]",
    ),
    "write": ("写到自己的文件夹以外", "out = [p for p in ('/', *SYSTEM) if can_write(p)]"),
    "processes": ("看到别的进程", "out = [p for p in os.listdir('/proc') if p.isdigit()]"),
    "parent": ("看到上级进程", "out = os.getppid()"),
    "network": ("使用网络", "out = [f for f in FAMILIES if can_open(f)]"),
    "environment": ("读到环境变量里的秘密", "out = sorted(set(os.environ) - set(KNOWN))"),
    "descriptors": ("用到继承来的文件", "out = [fd for fd in range(3, 256) if is_file(fd)]"),
    "root": ("取得管理员身份", "os.setuid(0)\nout = os.getuid() == 0"),
    "rights": ("另建命名空间", "out = libc.unshare(0x10000000) == 0"),
    "memory": (
        "不限内存和进程",
        "out = [n for n in (resource.RLIMIT_AS, resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE)"
        " if resource.getrlimit(n)[1] == resource.RLIM_INFINITY]",
    ),
}
"""Name to what it would mean, and code that leaves in ``out`` what it got hold of."""

NEIGHBOUR: Mapping[str, tuple[str, str, str]] = {
    "sockets": (
        "与同时批改的作业通话",
        "held = socket.socket(socket.AF_UNIX)\nheld.bind(NAME)\nheld.listen()",
        "out = socket.socket(socket.AF_UNIX).connect(NAME) is None",
    ),
    "terminals": (
        "看到同时批改的作业开的终端",
        "held = os.open('/dev/ptmx', os.O_RDWR | os.O_NOCTTY)",
        "out = [n for n in os.listdir('/dev/pts') if n.isdigit()]",
    ),
    "locks": (
        "用文件锁与同时批改的作业打暗号",
        "held = open(SHARED)\nfcntl.flock(held, fcntl.LOCK_EX)",
        "held = open(SHARED)\ntry:\n    fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)\n"
        "    out = ''\nexcept BlockingIOError:\n    out = SHARED",
    ),
    "messages": (
        "与同时批改的作业共用内存和消息",
        "held = libc.shmget(KEY, 4096, 0o1666)",
        "out = libc.shmget(KEY, 4096, 0) != -1",
    ),
    "folders": (
        "看到同时批改的作业的文件",
        "for place in SPOOLS:\n    leave_in(place)",
        "out = [p for p in SPOOLS if is_left_in(p)]",
    ),
}
"""Name to what it would mean, what one job does, and what another leaves in ``out`` of it."""

_SOURCE = """
import ctypes, fcntl, json, os, resource, socket, stat
libc = ctypes.CDLL(None)
# Two jobs of one yard agree on these without a word.
NAME, KEY, SHARED, SPOOLS = "\\0zhixing-probe", 0x7A78, os.__file__, %(spools)r

def can_write(folder):
    path = os.path.join(folder, "zhixing-probe")
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY))
    os.unlink(path)
    return True

def can_open(family):
    socket.socket(family, socket.SOCK_DGRAM).close()
    return True

def is_file(number):
    return stat.S_ISREG(os.fstat(number).st_mode)

def strange_in(folder):
    if any((folder + "/").startswith(own + "/") for own in GIVEN):
        return False
    paths = [os.path.join(folder, name) for name in os.listdir(folder)]
    # What lies on the way to Python's own folders has a name here and nothing else in it.
    return [p for p in paths if not any((own + "/").startswith(p + "/") for own in GIVEN)]

def leave_in(folder):
    os.close(os.open(os.path.join(folder, "zhixing-left"), os.O_CREAT | os.O_WRONLY))

def is_left_in(folder):
    return os.path.exists(os.path.join(folder, "zhixing-left"))

GIVEN = %(given)r

def tried(attempt):
    def quietly(*arguments):
        try:
            return attempt(*arguments)
        except OSError:
            return False
    return quietly

known = dict(KNOWN=%(known)r, HIDDEN=%(hidden)r, SYSTEM=%(system)r, FAMILIES=%(families)r)
for one in (can_write, can_open, is_file, strange_in, leave_in, is_left_in):
    known[one.__name__] = tried(one)
known.update(os=os, resource=resource, libc=libc, socket=socket, fcntl=fcntl)
known.update(NAME=NAME, KEY=KEY, SHARED=SHARED, SPOOLS=SPOOLS)
found, kept = {}, []
for name, source in %(probes)r.items():
    space = dict(known)
    try:
        exec(source, space)
    except Exception as error:
        space["out"] = [] if isinstance(error, OSError) else repr(error)
    kept.append(space)  # what it holds open stays open
    found[name] = repr(space["out"])[:300] if space.get("out") else ""
print(json.dumps(found))
"""


def escapes(yard: Yard, hidden: Sequence[Path] = ()) -> dict[str, str]:
    """Let jobs try; name to what they got hold of, empty for every wall that held.

    Parameters
    ----------
    hidden
        Folders of ours that no job may see, beside the homes of this machine.

    Raises
    ------
    YardError
        If no job runs, or it does not tell.
    """
    with _job(yard) as alone:
        found = _told(alone.run(_source(hidden), SECONDS), PROBES)
    with _job(yard) as one, _job(yard) as other:
        _told(one.run(neighbour_source(place=1), SECONDS), NEIGHBOUR)
        return found | _told(other.run(neighbour_source(place=2), SECONDS), NEIGHBOUR)


@contextmanager
def _job(yard: Yard) -> Iterator[Interpreter]:
    # It brings pandas with it, which a grader needs only where there is code.
    from grading.engine.interpreter import Interpreter

    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            job = yard.start(theirs)
        try:
            wait_until_ready(ours)
            yield Interpreter(ours)
        finally:
            yard.end(job)


def require_walls(yard: Yard, hidden: Sequence[Path] = ()) -> None:
    """Refuse to grade in a yard out of which the probe gets.

    Raises
    ------
    YardError
        With what it got hold of.
    """
    words = {**PROBES, **NEIGHBOUR}
    out = [f"{words[name][0]}（{what}）" for name, what in escapes(yard, hidden).items() if what]
    if out:
        raise YardError(
            f"批改用的沙箱不严：试探程序能够{'、'.join(out)}。已停止批改，什么都没有写。"
            "请管理员运行 zhixing doctor 查看。"
        )


def _source(hidden: Sequence[Path]) -> str:
    return _filled({name: source for name, (_, source) in PROBES.items()}, hidden)


def neighbour_source(place: int) -> str:
    """What the first or the second of two jobs does at the same time."""
    return _filled({name: steps[place] for name, steps in NEIGHBOUR.items()}, ())


def _filled(probes: Mapping[str, str], hidden: Sequence[Path]) -> str:
    homes = [Path.home(), Path("/home"), Path("/root"), Path("/var/lib"), Path("/etc/ssl/private")]
    system = ["/usr", "/etc", "/dev", "/run", "/var/tmp", sys.prefix, Path(os.__file__).parent]  # noqa: S108 - named, not used
    families = ["AF_INET", "AF_INET6", "AF_NETLINK", "AF_PACKET", "AF_VSOCK", "AF_ALG", "AF_CAN"]
    return _SOURCE % {
        "known": sorted({*ENVIRON, *_OF_PYTHON}),
        "hidden": [str(path) for path in (*hidden, *homes)],
        "given": [destination for _, destination in python_folders()],
        "system": [str(path) for path in system],
        "families": [int(getattr(socket, name)) for name in families if hasattr(socket, name)],
        "spools": ["/tmp", "/var/tmp", "/dev/shm", "/run", "/dev", "/dev/mqueue"],  # noqa: S108 - named, not used
        "probes": dict(probes),
    }


_OF_PYTHON = ("LC_CTYPE", "PWD", "OLDPWD", "SHLVL", "_", "COLUMNS", "LINES", "KMP_INIT_AT_FORK")
"""Variables that Python, a shell or a library sets by itself; none holds anything."""


def _told(reply: Mapping[str, Any], probes: Iterable[str]) -> dict[str, str]:
    try:
        texts = [one["text"] for one in reply["outputs"] if one.get("name") == "stdout"]
        found = json.loads("".join(texts))
        return {name: str(found[name]) for name in probes}
    except (LookupError, TypeError, ValueError) as error:
        raise YardError(f"试探程序没有说清沙箱的情况：{reply!r:.500}") from error
