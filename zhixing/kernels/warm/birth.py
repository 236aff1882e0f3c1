"""Birth: what a fork does to become the kernel that was asked for."""

from __future__ import annotations

import ctypes
import gc
import locale
import os
import random
import signal
import socket
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing import current_process
from typing import Any

from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp

from zhixing.kernels.warm.pulse import Pulse
from zhixing.kernels.warm.wire import say

_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Birth:
    """One launch, as the fork sees it.

    Parameters
    ----------
    server
        Process id of the fork-server.
    connection
        Where whoever launched waits for the word that the kernel can be reached.
    argv, env, cwd
        Of the kernel, whole; nothing of the fork-server's is kept.
    pulse
        Where the kernel notes when it is used.
    fds
        Its standard input, output and error.
    """

    server: int
    connection: socket.socket
    pulse: Pulse
    argv: Sequence[str]
    env: dict[str, str]
    cwd: str
    fds: Sequence[int]


class WarmKernel(IPythonKernel):
    """The stock kernel, which notes when it is used."""

    pulse: Pulse

    def pre_handler_hook(self) -> None:
        """Note that a message is being handled."""
        self.pulse.begin()
        super().pre_handler_hook()

    def post_handler_hook(self) -> None:
        """Note that it is done."""
        try:
            super().post_handler_hook()
        finally:  # in a subshell's thread it always fails, as in a stock kernel
            self.pulse.end()


class WarmKernelApp(IPKernelApp):
    """The stock kernel, which says when it can be reached."""

    name = "ipython-kernel"

    def __init__(self, birth: Birth, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._birth = birth
        # Else it prints, for a terminal nobody looks at, how to connect.
        self.parent_handle = birth.server

    def init_poller(self) -> None:
        """Watch nobody: the system ends this process with the fork-server."""

    def init_io(self) -> None:
        """Say that every port is bound: whoever connects now waits for no second try."""
        say(self._birth.connection, {"ready": True})
        self._birth.connection.close()
        super().init_io()


def live(birth: Birth) -> None:
    """Be the kernel until it is told to end; the interpreter then ends as any other."""
    _leave_the_parent(birth)
    _take_over(birth)
    _start_afresh()
    WarmKernel.pulse = birth.pulse
    app = WarmKernelApp.instance(birth)
    app.kernel_class = WarmKernel
    app.initialize(list(birth.argv))
    app.start()


def _leave_the_parent(birth: Birth) -> None:
    os.setsid()
    _libc.prctl(_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != birth.server:  # it ended before that word
        os._exit(1)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _take_over(birth: Birth) -> None:
    for number, fd in enumerate(birth.fds):
        os.dup2(fd, number)
    kept = birth.connection.fileno()
    os.closerange(3, kept)
    os.closerange(kept + 1, 1 << 16)
    os.environ.clear()
    os.environ.update(birth.env)
    os.chdir(birth.cwd)
    time.tzset()
    locale.setlocale(locale.LC_CTYPE, "")


def _start_afresh() -> None:
    """Have nothing in common with the other forks that must differ."""
    random.seed()
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed()
    current_process().authkey = os.urandom(32)
    gc.enable()
