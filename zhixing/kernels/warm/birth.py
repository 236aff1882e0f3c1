"""Birth: what a fork does to become the kernel that was asked for."""

from __future__ import annotations

import gc
import locale
import os
import random
import signal
import socket
import sqlite3
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import current_process
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

from ipykernel import ipkernel
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from traitlets.config import Config

from zhixing.kernels.walls import Limits, die_with_parent, keep_to_room
from zhixing.kernels.warm.orphans import adopt_orphans
from zhixing.kernels.warm.pulse import Pulse
from zhixing.kernels.warm.wire import say

ROOM_LIMITS = Limits(
    memory_bytes=4 << 30, cpu_seconds=600, file_bytes=256 << 20, files=1024, processes=256
)
"""Of a kernel in a room, as of one in a box of its own; pandas reserves far more than it uses."""


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
    room
        Folder to keep to, in a box of several kernels; empty where it is in none.
    """

    server: int
    connection: socket.socket
    pulse: Pulse
    argv: Sequence[str]
    env: dict[str, str]
    cwd: str
    fds: Sequence[int]
    room: str = ""


class WarmKernel(IPythonKernel):
    """The stock kernel, which notes when it is used."""

    pulse: Pulse
    modules: ClassVar[list[str]] = []

    def __init__(self, **kwargs: Any) -> None:
        # The stock list of every module's file, for the debugger, touches 2,000 pages: half of the
        # kernel's own memory and a third of its start. The fork-server made it once.
        with _without_modules():
            super().__init__(**kwargs)
        self._kernel_modules = self.debugger.kernel_modules = self.modules

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


class HistoryConnection(sqlite3.Connection):
    """A connection to IPython's history that waits for no disk.

    The first write of a session stands in the way of the first answer. A power cut may cost the
    last inputs; IPython sets a broken file aside.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute("PRAGMA synchronous=OFF")


class WarmKernelApp(IPKernelApp):
    """The stock kernel, which says when it can be reached."""

    name = "ipython-kernel"

    def __init__(self, birth: Birth, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._birth = birth
        # Else it prints, for a terminal nobody looks at, how to connect.
        self.parent_handle = birth.server

    def parse_command_line(self, argv: list[str] | None = None) -> None:
        """Read the one argument every launch has without building a parser for all there are."""
        if argv and len(argv) == 2 and argv[0] == "-f":
            self.connection_file = argv[1]
        else:
            super().parse_command_line(argv)

    def init_poller(self) -> None:
        """Watch nobody: the system ends this process with the fork-server."""

    def init_io(self) -> None:
        """Say that every port is bound: whoever connects now waits for no second try."""
        say(self._birth.connection, {"ready": True})
        self._birth.connection.close()
        super().init_io()


@contextmanager
def _without_modules() -> Iterator[None]:
    """Let :mod:`ipykernel.ipkernel`, and nobody else, see no modules."""
    few = ModuleType("sys")
    few.__dict__.update(sys.__dict__, modules={})
    stock: Any = ipkernel
    stock.sys = few
    try:
        yield
    finally:
        stock.sys = sys


def remember_modules() -> None:
    """Note which modules belong to a kernel itself, as the debugger wants to know."""
    files = [getattr(module, "__file__", None) for module in sys.modules.values()]
    WarmKernel.modules = [file for file in files if file]


def live(birth: Birth) -> None:
    """Be the kernel until it is told to end; the interpreter then ends as any other."""
    _leave_the_parent(birth)
    _take_over(birth)
    if birth.room:
        keep_to_room(Path(birth.room), ROOM_LIMITS)
    os.chdir(birth.cwd)
    _start_afresh()
    WarmKernel.pulse = birth.pulse
    app = WarmKernelApp.instance(birth)
    app.kernel_class = WarmKernel
    options = {"check_same_thread": False, "factory": HistoryConnection}
    app.update_config(Config({"HistoryAccessor": {"connection_options": options}}))
    app.initialize(list(birth.argv))
    app.start()


def _leave_the_parent(birth: Birth) -> None:
    os.setsid()
    die_with_parent()
    adopt_orphans()
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
    time.tzset()
    locale.setlocale(locale.LC_CTYPE, "")


def _start_afresh() -> None:
    """Have nothing in common with the other forks that must differ."""
    random.seed()
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed()
    current_process().authkey = os.urandom(32)
    gc.enable()
