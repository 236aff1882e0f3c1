"""Place: where the fork-server for a Python and a list of packages listens; starts it there."""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from jupyter_core.paths import jupyter_runtime_dir

from zhixing.errors import ZhixingError

SECONDS_TO_ANSWER = 10.0

SINGLE_THREADED = {
    **dict.fromkeys(
        ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1"
    ),
    "ARROW_IO_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    # Else the debugger prints advice when it is imported.
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
"""Read by libraries when they are imported; a process with threads cannot be forked safely."""

_keepers: dict[Path, socket.socket] = {}
"""One more connection for each fork-server this process has used, so that it stays until we end."""


class ForkServerError(ZhixingError):
    """A fork-server that does not start or does not answer."""


@dataclass(frozen=True)
class Place:
    """Where a fork-server is, and all that makes it this one.

    Parameters
    ----------
    folder
        Private folder of this user.
    command
        Python and its options.
    env
        The variables that Python itself reads at its start.
    preload
        Modules it imports before it forks.
    """

    folder: Path
    command: tuple[str, ...]
    env: Mapping[str, str]
    preload: tuple[str, ...]

    @cached_property
    def address(self) -> Path:
        """Where it listens: another for whatever would make it another server."""
        kind = [self.command, sorted(self.env.items()), self.preload, sys.version, _stamp()]
        digest = hashlib.sha256(json.dumps(kind).encode()).hexdigest()
        return self.folder / f"{digest[:16]}.sock"

    def connect(self) -> socket.socket:
        """Connect; start the server first where nobody listens.

        Raises
        ------
        ForkServerError
            If none can be started; the message says what it said.
        """
        connection = self.connect_if_there()
        if connection is not None:
            return connection
        _make_private(self.folder)
        with _locked(self.address.with_suffix(".lock")):
            # Somebody else may have started it while we waited.
            return self.connect_if_there() or self._start()

    def connect_if_there(self) -> socket.socket | None:
        """Connect to a running server; None if there is none."""
        connection = self._reach()
        if connection is not None and not _is_kept(self.address):
            keeper = self._reach()
            if keeper is not None:
                keeper.settimeout(0)
                _keepers[self.address] = keeper
        return connection

    def _reach(self) -> socket.socket | None:
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(SECONDS_TO_ANSWER)
        try:
            folder = os.open(self.folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                # A socket's path must be short, a folder's need not.
                connection.connect(f"/proc/self/fd/{folder}/{self.address.name}")
            finally:
                os.close(folder)
        except (FileNotFoundError, ConnectionRefusedError):
            connection.close()
            return None
        return connection

    def _start(self) -> socket.socket:
        heard, ready = os.pipe()
        program = ["-m", "zhixing.kernels.warm", str(self.address), json.dumps(self.preload)]
        with self.address.with_suffix(".log").open("wb") as log:
            # Not in a folder of the user's, whose files would be modules.
            streams = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log, "cwd": "/"}
            self._run([*self.command, *program, str(ready)], pass_fds=[ready], **streams)
        os.close(ready)
        with open(heard, "rb") as pipe:  # noqa: PTH123 - a descriptor
            said = pipe.read().decode(errors="replace")
        connection = self.connect_if_there() if said == "ready" else None
        if connection is None:
            said = said or self.address.with_suffix(".log").read_text(errors="replace")[-2000:]
            raise ForkServerError(f"预热内核的主进程没有启动起来：{said}")
        return connection

    def _run(self, program: list[str], **options: Any) -> None:
        """Run the program that becomes the server and returns."""
        environ = {**os.environ, **self.env, **SINGLE_THREADED}
        subprocess.run(program, env=environ, check=False, **options)  # noqa: S603 - the kernelspec's


def place_from_command(
    command: Sequence[str], env: Mapping[str, str], preload: Sequence[str]
) -> Place:
    """Place of the server for a kernel's command line (up to ``-m``) and environment."""
    python = {name: value for name, value in env.items() if name.startswith("PYTHON")}
    folder = Path(jupyter_runtime_dir()) / "zhixing-warm"
    return Place(folder, tuple(command), python, tuple(preload))


@cache
def _stamp() -> int:
    """Changes with the program, so that an upgrade never talks to the server of before."""
    return max(path.stat().st_mtime_ns for path in Path(__file__).parent.glob("*.py"))


def _make_private(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder.stat()
    if status.st_uid != os.geteuid() or status.st_mode & 0o022:
        raise ForkServerError(
            f"{folder} 必须属于当前用户，且别人不能写入（chmod 700）；请改好后重试。"
        )


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock file, which whoever held it last takes away."""
    while True:
        fd = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        fcntl.flock(fd, fcntl.LOCK_EX)
        with suppress(FileNotFoundError):
            if path.stat().st_ino == os.fstat(fd).st_ino:
                break
        os.close(fd)
    try:
        yield
    finally:
        path.unlink()
        os.close(fd)


def _is_kept(address: Path) -> bool:
    keeper = _keepers.get(address)
    if keeper is None:
        return False
    try:
        is_open = keeper.recv(1, socket.MSG_PEEK) != b""
    except BlockingIOError:
        return True
    except OSError:
        is_open = False
    if not is_open:
        _keepers.pop(address).close()
    return is_open


@atexit.register
def _let_servers_go() -> None:
    while _keepers:
        _keepers.popitem()[1].close()
