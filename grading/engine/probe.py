"""Probe: what a learner's job can reach; a grader whose probe gets out grades nothing.

The job is asked to get out in every way that needs no cleverness; what it tells is only ever used
against its own walls, so a lie can do no harm. The tricks that need cleverness are those of
``zhixing doctor --attack``.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from zhixing.kernels.box import python_folders
from zhixing.yard.yard import ENVIRON, Yard, YardError, wait_until_ready

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

_SOURCE = """
import ctypes, json, os, resource, socket, stat
libc = ctypes.CDLL(None)

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

GIVEN = %(given)r

def tried(attempt):
    def quietly(*arguments):
        try:
            return attempt(*arguments)
        except OSError:
            return False
    return quietly

known = dict(KNOWN=%(known)r, HIDDEN=%(hidden)r, SYSTEM=%(system)r, FAMILIES=%(families)r)
for one in (can_write, can_open, is_file, strange_in):
    known[one.__name__] = tried(one)
known.update(os=os, resource=resource, libc=libc)
found = {}
for name, source in %(probes)r.items():
    space = dict(known)
    try:
        exec(source, space)
    except Exception as error:
        space["out"] = [] if isinstance(error, OSError) else repr(error)
    found[name] = repr(space["out"])[:300] if space["out"] else ""
print(json.dumps(found))
"""


def escapes(yard: Yard, hidden: Sequence[Path] = ()) -> dict[str, str]:
    """Let a job try; name to what it got hold of, empty for every wall that held.

    Parameters
    ----------
    hidden
        Folders of ours that no job may see, beside the homes of this machine.

    Raises
    ------
    YardError
        If no job runs, or it does not tell.
    """
    # It brings pandas with it, which a grader needs only where there is code.
    from grading.engine.interpreter import Interpreter

    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            job = yard.start(theirs)
        try:
            wait_until_ready(ours)
            outputs = Interpreter(ours).run(_source(hidden), SECONDS)["outputs"]
        finally:
            yard.end(job)
    return _told(outputs)


def require_walls(yard: Yard, hidden: Sequence[Path] = ()) -> None:
    """Refuse to grade in a yard out of which the probe gets.

    Raises
    ------
    YardError
        With what it got hold of.
    """
    out = [f"{PROBES[name][0]}（{what}）" for name, what in escapes(yard, hidden).items() if what]
    if out:
        raise YardError(
            f"批改用的沙箱不严：试探程序能够{'、'.join(out)}。已停止批改，什么都没有写。"
            "请管理员运行 zhixing doctor 查看。"
        )


def _source(hidden: Sequence[Path]) -> str:
    homes = [Path.home(), Path("/home"), Path("/root"), Path("/var/lib"), Path("/etc/ssl/private")]
    system = ["/usr", "/etc", "/dev", "/run", "/var/tmp", sys.prefix, Path(os.__file__).parent]  # noqa: S108 - named, not used
    families = ["AF_INET", "AF_INET6", "AF_NETLINK", "AF_PACKET", "AF_VSOCK", "AF_ALG", "AF_CAN"]
    return _SOURCE % {
        "known": sorted({*ENVIRON, *_OF_PYTHON}),
        "hidden": [str(path) for path in (*hidden, *homes)],
        "given": [destination for _, destination in python_folders()],
        "system": [str(path) for path in system],
        "families": [int(getattr(socket, name)) for name in families if hasattr(socket, name)],
        "probes": {name: source for name, (_, source) in PROBES.items()},
    }


_OF_PYTHON = ("LC_CTYPE", "PWD", "OLDPWD", "SHLVL", "_", "COLUMNS", "LINES", "KMP_INIT_AT_FORK")
"""Variables that Python, a shell or a library sets by itself; none holds anything."""


def _told(outputs: Any) -> dict[str, str]:
    try:
        text = "".join(one["text"] for one in outputs if one["output_type"] == "stream")
        found = json.loads(text)
        return {name: str(found[name]) for name in PROBES}
    except (LookupError, TypeError, ValueError) as error:
        raise YardError(f"试探程序没有说清沙箱的情况：{outputs!r:.500}") from error
