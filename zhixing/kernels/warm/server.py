"""Fork-server: holds what kernels need in memory and forks one for each launch.

It never starts a thread and never runs code of a notebook. A connection is a lease: whoever holds
it wants a kernel (or the server) to live; when it closes, the kernel ends with all it started, and
when none is left, so does the server.
"""

from __future__ import annotations

import glob
import math
import os
import selectors
import signal
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zhixing.kernels.warm.birth import Birth
from zhixing.kernels.warm.orphans import end_orphans
from zhixing.kernels.warm.pulse import Pulse
from zhixing.kernels.warm.wire import Ear, WireError, say

LINGER_SECONDS = 3.0
"""How long the server stays when nobody holds a connection; the next launch may be near."""

LONGEST_LOOK_SECONDS = 60.0
SHORTEST_LOOK_SECONDS = 0.5
"""Bounds of how long it waits before it looks again for kernels that nobody has used."""


@dataclass(eq=False)
class Lease:
    """One connection; ``litter`` is what its kernel leaves behind should its owner not tidy up."""

    connection: socket.socket
    ear: Ear = field(default_factory=Ear)
    litter: Sequence[str] = ()


@dataclass(frozen=True)
class Kernel:
    """A fork: its process, the descriptor that tells when it ends, and whose it is."""

    pid: int
    pidfd: int
    pulse: Pulse
    most_idle_seconds: float
    lease: Lease

    @property
    def seconds_left(self) -> float:
        """Until nobody has used it for as long as its launch allowed; 0 allows any time."""
        if self.most_idle_seconds == 0:
            return math.inf
        return self.most_idle_seconds - self.pulse.idle_seconds()

    def signal(self, number: int) -> None:
        """Send a signal to it and to all it started."""
        with suppress(ProcessLookupError):  # it ends on its own at this moment
            os.killpg(self.pid, number)


class ForkServer:
    """Serves launches over a listening socket until nobody is left."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self._leases: set[Lease] = set()
        self._kernels: dict[Lease, Kernel] = {}
        self._selector = selectors.DefaultSelector()
        self._selector.register(listener, selectors.EVENT_READ, None)

    def serve(self) -> Birth | None:
        """Serve until nobody is left; in a fork, return what it is to become."""
        while True:
            ready = self._selector.select(self._patience())
            if not ready and not self._leases:
                return None
            for key, _ in ready:
                birth = self._turn_to(key.data)
                if birth is not None:
                    return birth
            self._end_unused()

    def _patience(self) -> float:
        if not self._leases:
            return LINGER_SECONDS
        left = min((kernel.seconds_left for kernel in self._kernels.values()), default=math.inf)
        return min(max(left, SHORTEST_LOOK_SECONDS), LONGEST_LOOK_SECONDS)

    def _turn_to(self, subject: Lease | Kernel | None) -> Birth | None:
        if subject is None:
            self._accept()
        elif isinstance(subject, Kernel):
            self._bury(subject)
        elif subject in self._leases:
            return self._listen_to(subject)
        return None

    def _accept(self) -> None:
        connection, _ = self._listener.accept()
        connection.settimeout(0)
        lease = Lease(connection)
        self._leases.add(lease)
        self._selector.register(connection, selectors.EVENT_READ, lease)

    def _listen_to(self, lease: Lease) -> Birth | None:
        try:
            for message in lease.ear.hear(lease.connection):
                birth = self._answer(lease, message)
                if birth is not None:
                    return birth
        except (WireError, LookupError, TypeError) as error:
            _tell(lease, {"refused": f"not understood: {error!r}"})
            lease.ear.is_over = True
        if lease.ear.is_over:
            self._end(lease)
        return None

    def _answer(self, lease: Lease, message: dict[str, Any]) -> Birth | None:
        if message["op"] == "launch":
            return self._launch(lease, message)
        if message["op"] == "tidy":
            lease.litter = ()
        elif message["op"] == "signal" and lease in self._kernels:
            self._kernels[lease].signal(message["number"])
        return None

    def _launch(self, lease: Lease, message: dict[str, Any]) -> Birth | None:
        fds, lease.ear.fds = lease.ear.fds, []
        if len(self._kernels) >= message["most"]:
            _tell(lease, {"full": len(self._kernels)})
        else:
            pulse = Pulse()
            server, pid = os.getpid(), os.fork()
            if pid == 0:
                self._let_go(lease)
                launch = {name: message[name] for name in ("argv", "env", "cwd", "room")}
                return Birth(server, lease.connection, pulse, fds=tuple(fds), **launch)
            self._watch(Kernel(pid, os.pidfd_open(pid), pulse, message["most_idle"], lease))
            lease.litter = message["litter"]
        for fd in fds:
            os.close(fd)
        return None

    def _watch(self, kernel: Kernel) -> None:
        self._kernels[kernel.lease] = kernel
        self._selector.register(kernel.pidfd, selectors.EVENT_READ, kernel)
        _tell(kernel.lease, {"pid": kernel.pid})

    def _let_go(self, kept: Lease) -> None:
        """Close, in a fork, what is the server's; objects too, lest they close a stranger later."""
        self._selector.close()
        self._listener.close()
        for lease in self._leases - {kept}:
            lease.connection.close()
        for kernel in self._kernels.values():
            os.close(kernel.pidfd)
            kernel.pulse.close()

    def _bury(self, kernel: Kernel) -> None:
        """Reap a kernel that ended, end what it left running, and tell its owner."""
        kernel.signal(signal.SIGKILL)  # before the reaping its number cannot be another's
        _, status = os.waitpid(kernel.pid, 0)
        self._selector.unregister(kernel.pidfd)
        os.close(kernel.pidfd)
        kernel.pulse.close()
        del self._kernels[kernel.lease]
        end_orphans({other.pid for other in self._kernels.values()})
        if kernel.lease in self._leases:
            _tell(kernel.lease, {"exit": os.waitstatus_to_exitcode(status)})
        else:
            _sweep(kernel.lease)

    def _end(self, lease: Lease) -> None:
        """Whoever held it is done, or dead: then nobody else ends its kernel and tidies up."""
        self._selector.unregister(lease.connection)
        lease.connection.close()
        for fd in lease.ear.fds:
            os.close(fd)
        self._leases.discard(lease)
        if lease in self._kernels:
            self._kernels[lease].signal(signal.SIGKILL)
        else:
            _sweep(lease)

    def _end_unused(self) -> None:
        for kernel in self._kernels.values():
            if kernel.seconds_left <= 0:
                kernel.signal(signal.SIGKILL)


def _tell(lease: Lease, message: dict[str, Any]) -> None:
    with suppress(OSError):  # it is gone, and its end is the next thing heard of it
        say(lease.connection, message)


def _sweep(lease: Lease) -> None:
    for pattern in lease.litter:
        for path in glob.glob(pattern):  # noqa: PTH207 - the folder is part of the pattern
            Path(path).unlink(missing_ok=True)
