"""Box: start a program inside bubblewrap, as an ordinary user, with only what is named.

Runs as a program of its own (``python -I box.py SPEC COMMAND…``) and needs the standard library
alone: while it may still be root it gathers every folder under ``/mnt`` of a mount namespace of
its own, so that they may lie below a folder the user cannot enter (the home of root, say); then it
gives root up and becomes ``bwrap``.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

NAMESPACES = (
    "--unshare-user",
    "--unshare-pid",
    "--unshare-ipc",
    "--unshare-uts",
)

LARGEST_TMP = 512 * 1024 * 1024
"""Bytes of memory each temporary folder of a box may take."""

_CLONE_NEWNS = 0x20000
_MS_BIND, _MS_REC, _MS_PRIVATE = 4096, 16384, 1 << 18
_GATHERED = Path("/mnt")


@dataclass(frozen=True)
class Box:
    """What a boxed program has.

    Parameters
    ----------
    bwrap
        Path of the bubblewrap program.
    uid
        Host user the program runs as when we are root; else our own user stays.
    read_only, writable
        ``(source, destination)`` folders or files; a missing source is an error.
    folder
        Working folder inside the box.
    hostname
        Name of the box, shown by prompts.
    with_network
        Whether the host's network is shared; without it not even loopback is reachable.
    is_divisible
        Whether its programs may part themselves further; what runs there must then be kept from
        it by other means (:mod:`zhixing.yard.syscalls`).
    group
        Control group that the program is put into before anything else; empty for none.
    """

    bwrap: str
    uid: int
    read_only: tuple[tuple[str, str], ...]
    writable: tuple[tuple[str, str], ...] = ()
    folder: str = "/tmp"  # noqa: S108 - the box's own private one
    hostname: str = "zhixing"
    with_network: bool = True
    is_divisible: bool = False
    group: str = ""
    name: str = "user"
    home: str = "/tmp"  # noqa: S108 - the box's own private one


def command_from_box(python: str, box: Box, command: Sequence[str]) -> list[str]:
    """Command line that runs ``command`` inside the box."""
    return [python, "-I", str(Path(__file__)), json.dumps(asdict(box)), *command]


def system_folders() -> tuple[tuple[str, str], ...]:
    """Read-only parts of the system that Python programs need, and nothing private."""
    wanted = (
        *("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"),
        *("/etc/alternatives", "/etc/fonts", "/etc/hosts", "/etc/ld.so.cache", "/etc/localtime"),
        *("/etc/mime.types", "/etc/nsswitch.conf", "/etc/ssl/certs"),
    )
    return tuple((path, path) for path in wanted if Path(path).exists())


def python_folders() -> tuple[tuple[str, str], ...]:
    """Read-only folders of this Python, its environment and our packages."""
    import sysconfig

    root = Path(__file__).resolve().parents[2]
    ours = [root / name for name in ("grading", "widgets", "zhixing")]
    folders = [Path(sys.prefix), Path(sys.base_prefix), *(path for path in ours if path.is_dir())]
    library = sysconfig.get_config_var("LIBDIR")
    if library and not Path(library).is_relative_to("/usr"):
        folders.append(Path(library))
    outside = [str(path) for path in folders if not path.is_relative_to("/usr")]
    return tuple((path, path) for path in dict.fromkeys(outside))


def _arguments(box: Box, command: Sequence[str]) -> list[str]:
    arguments = ["bwrap", *NAMESPACES, "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    # Who divides its group further must see more of it than the place it stands in.
    arguments += [] if box.group else ["--unshare-cgroup-try"]
    if not box.with_network:
        # Whoever needs no network needs no box within the box either, unless it says so.
        arguments += ["--unshare-net", *([] if box.is_divisible else ["--disable-userns"])]
    arguments += ["--hostname", box.hostname, "--proc", "/proc", "--dev", "/dev"]
    for place in ("/tmp", "/run", "/dev/shm"):  # noqa: S108 - inside the box
        arguments += ["--size", str(LARGEST_TMP), "--tmpfs", place]
    for source, destination in box.read_only:
        arguments += ["--ro-bind", source, destination]
    for source, destination in box.writable:
        arguments += ["--bind", source, destination]
    for path, text in _identity(box):
        arguments += ["--ro-bind-data", str(_pipe(text)), path]
    # Else both would be memory without a bound.
    arguments += ["--remount-ro", "/dev", "--remount-ro", "/"]
    return [*arguments, "--chdir", box.folder, "--", *command]


def _gathered(box: Box) -> Box:
    """Bind every folder to ``/mnt/<number>``, seen by this process and its children only."""
    _system("unshare", _CLONE_NEWNS)
    _system("mount", b"none", b"/", None, _MS_REC | _MS_PRIVATE, None)
    _system("mount", b"tmpfs", str(_GATHERED).encode(), b"tmpfs", 0, b"mode=755,size=1m")
    return replace(
        box,
        read_only=tuple(_gather(f"r{place}", *pair) for place, pair in enumerate(box.read_only)),
        writable=tuple(_gather(f"w{place}", *pair) for place, pair in enumerate(box.writable)),
        bwrap=_gathered_program(box.bwrap),
    )


def _gathered_program(path: str) -> str:
    """Bubblewrap of the wheel finds its libraries beside its package, so gather both."""
    site_packages = Path(path).parents[2]
    place, _ = _gather("bwrap", str(site_packages), "")
    return str(Path(place) / Path(path).relative_to(site_packages))


def _gather(name: str, source: str, destination: str) -> tuple[str, str]:
    place = _GATHERED / name
    if Path(source).is_dir():
        place.mkdir()
    else:
        place.touch()
    _system("mount", source.encode(), str(place).encode(), None, _MS_BIND | _MS_REC, None)
    return str(place), destination


def _system(call: str, *arguments: object) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, call)(*arguments) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{call}{arguments}: {os.strerror(error)}")


def _identity(box: Box) -> list[tuple[str, str]]:
    """Name the user inside the box: nbgrader and ssh ask for it, the host may not know it."""
    uid, gid = os.getuid(), os.getgid()
    passwd = f"{box.name}:x:{uid}:{gid}::{box.home}:/bin/bash\nnobody:x:65534:65534::/:/bin/false\n"
    group = f"{box.name}:x:{gid}:\nnogroup:x:65534:\n"
    return [("/etc/passwd", passwd), ("/etc/group", group)]


def _pipe(text: str) -> int:
    reader, writer = os.pipe()
    os.write(writer, text.encode())
    os.close(writer)
    os.set_inheritable(reader, True)  # noqa: FBT003 - its only form
    return reader


def _give_up_root(uid: int) -> None:
    os.setgroups([])
    os.setgid(uid)
    os.setuid(uid)


def main(arguments: Sequence[str]) -> None:
    """Become the command inside the box."""
    fields = json.loads(arguments[0])
    fields["read_only"] = tuple(map(tuple, fields["read_only"]))
    fields["writable"] = tuple(map(tuple, fields["writable"]))
    box = Box(**fields)
    if box.group:
        Path(box.group, "cgroup.procs").write_text("0")
    if os.getuid() == 0:
        box = _gathered(box)
        _give_up_root(box.uid)
    line = _arguments(box, arguments[1:])
    os.execve(box.bwrap, line, dict(os.environ))  # noqa: S606 - no shell is the point


if __name__ == "__main__":
    main(sys.argv[1:])
