"""Yard: starts a fork-server in its box and jobs in it; ends both."""

from __future__ import annotations

import itertools
import json
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from zhixing.errors import ZhixingError
from zhixing.kernels.box import Box, command_from_box, python_folders, system_folders
from zhixing.kernels.bubblewrap import bubblewrap_program, require_isolation
from zhixing.kernels.walls import Limits
from zhixing.yard.cgroups import INSIDE, SERVER, NoGroupError, remove_group, yard_group
from zhixing.yard.frames import ChannelError, receive

SECONDS_TO_START = 60
SECONDS_TO_FORK = 20
SECONDS_TO_END = 3
UID = 19005
"""Host user of a yard when we are root."""

ENVIRON = {
    "HOME": "/tmp",  # noqa: S108 - the job's own
    "LANG": "C.UTF-8",
    "PATH": "/usr/bin:/bin",
    "TZ": "Asia/Shanghai",
    "IPYTHONDIR": "/tmp/.ipython",  # noqa: S108 - the job's own
    "MPLCONFIGDIR": "/tmp/.matplotlib",  # noqa: S108 - the job's own
    "MPLBACKEND": "agg",
    "PYTHONSAFEPATH": "1",
    # A process with threads cannot be forked safely.
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "ARROW_IO_THREADS"), "1"),
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}
"""All of a job's environment; nothing of ours is inherited."""


_yards = itertools.count(1)


class YardError(ZhixingError):
    """A yard that does not start or does not answer: the grader's fault, never a learner's."""


class Yard:
    """A fork-server in a box, one job at a time.

    Parameters
    ----------
    role
        Module with ``preload()`` and ``run(channels)``, e.g. ``zhixing.yard.learner``.
    """

    def __init__(self, role: str, limits: Limits | None = None) -> None:
        self._role, self._limits = role, limits or Limits()
        self._numbers = itertools.count(1)
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._is_ready = False
        self._group: Path | None = None

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def open(self) -> None:
        """Start the fork-server; returns at once, the first job waits for it.

        Raises
        ------
        NoIsolationError
            If this machine lets nobody make a box; there is no way round it.
        """
        require_isolation()
        with suppress(NoGroupError):  # then the fork-server watches
            self._group = yard_group(next(_yards), UID if os.getuid() == 0 else None)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                self._command(theirs.fileno()),
                env=ENVIRON,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
        self._control = ours
        self._is_ready = False

    def _command(self, number: int) -> list[str]:
        group = self._group
        box = Box(
            bwrap=bubblewrap_program(),
            uid=UID,
            read_only=(*system_folders(), *python_folders()),
            writable=((str(group), str(INSIDE)),) if group else (),
            hostname="yard",
            with_network=False,
            is_divisible=True,
            group=str(group / SERVER) if group else "",
            name="learner",
        )
        limits = json.dumps(asdict(self._limits))
        program = [sys.executable, "-P", "-m", "zhixing.yard.forkserver", str(number)]
        return command_from_box(sys.executable, box, [*program, self._role, limits])

    def branch(self) -> Yard:
        """Another way to the same fork-server, for another process of ours.

        Raises
        ------
        YardError
            If the fork-server is gone.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._ask({"op": "connect"}, [theirs.fileno()])
        branch = Yard(self._role, self._limits)
        branch._control, branch._is_ready = ours, True
        return branch

    def start(self, *channels: socket.socket) -> int:
        """Fork a job that has these sockets; returns its number once its walls stand.

        Raises
        ------
        YardError
            If it does not come about.
        """
        number = next(self._numbers)
        descriptors = [channel.fileno() for channel in channels]
        reply = self._ask({"op": "start", "job": number}, descriptors)
        if reply.get("started") != number:
            raise YardError(f"批改用的沙箱没有建成：{reply.get('error', reply)}。请再试一次。")
        return number

    def end(self, number: int) -> str:
        """Kill a job with all it started; returns why the yard ended it earlier, if it did."""
        return str(self._ask({"op": "end", "job": number}).get("why", ""))

    def _ask(self, request: dict[str, Any], descriptors: Sequence[int] = ()) -> dict[str, Any]:
        control = self._control
        if control is None:
            raise YardError("批改用的沙箱没有启动。")
        try:
            if not self._is_ready:
                self._packet(control, SECONDS_TO_START)
                self._is_ready = True
            socket.send_fds(control, [json.dumps(request).encode()], list(descriptors))
            return self._packet(control, SECONDS_TO_FORK)
        except (OSError, ValueError) as error:
            raise YardError(
                f"批改用的沙箱停了（{error or type(error).__name__}）。{self._said()}"
            ) from error

    def _packet(self, control: socket.socket, seconds: float) -> dict[str, Any]:
        control.settimeout(seconds)
        content = control.recv(65536)
        if not content:
            raise OSError("no answer")
        reply: dict[str, Any] = json.loads(content)
        return reply

    def _said(self) -> str:
        process = self._process
        if process is None or process.stderr is None or process.poll() is None:
            return ""
        return process.stderr.read()[-2000:].decode(errors="replace")

    def close(self) -> None:
        """End the fork-server with all its jobs."""
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            # It ends by itself once its control is closed, and all of its jobs with it.
            try:
                self._process.wait(SECONDS_TO_END)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            if self._process.stderr is not None:
                self._process.stderr.close()
            self._process = None
        if self._group is not None:
            remove_group(self._group)
            self._group = None


def wait_until_ready(channel: socket.socket, seconds: float = SECONDS_TO_FORK) -> None:
    """Wait for a job's word that its walls stand.

    Raises
    ------
    YardError
        If it says that one does not, or nothing.
    """
    try:
        message = receive(channel, seconds)
    except ChannelError as error:
        raise YardError(f"批改用的沙箱没有建成（{error}）。请再试一次。") from error
    if message.get("ready") is not True:
        raise YardError(f"批改用的沙箱没有建成：{message.get('failed', '')}。请再试一次。")
