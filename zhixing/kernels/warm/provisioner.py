"""Provisioner: how jupyter_client gets a kernel from the fork-server, by kernelspec alone."""

from __future__ import annotations

import asyncio
import glob
import os
import signal
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner
from traitlets import Float, Integer, List, Unicode

from zhixing.errors import ZhixingError
from zhixing.kernels.warm.place import ForkServerError, Place, place_from_command
from zhixing.kernels.warm.wire import Ear, say

LAUNCHER = ("-m", "ipykernel_launcher")
PRELOAD = (
    "numpy",
    "pandas",
    "pandas.io.formats.style",
    "ipywidgets",
    "anywidget",
    "matplotlib.pyplot",
    "matplotlib_inline.backend_inline",
    "plotly.graph_objects",
)
SECONDS_TO_BE_BORN = 30.0


class TooManyKernelsError(ZhixingError):
    """No more kernels may live at once."""


class WarmProcess:
    """A kernel that somebody else forked, in the shape of :class:`subprocess.Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        self._connection = connection
        self._ear = Ear()
        self._news: dict[str, Any] = {}
        self.returncode: int | None = None

    @property
    def pid(self) -> int:
        """Process id, as the fork-server sees it."""
        return int(self._news["pid"])

    async def be_born(self) -> None:
        """Wait until the kernel can be reached.

        Raises
        ------
        TooManyKernelsError
            If as many live as may.
        ForkServerError
            If it ended first.
        """
        loop = asyncio.get_running_loop()
        while "ready" not in self._news:
            heard = asyncio.Event()
            loop.add_reader(self._connection, heard.set)
            try:
                await asyncio.wait_for(heard.wait(), SECONDS_TO_BE_BORN)
            finally:
                loop.remove_reader(self._connection)
            self.poll()
            if "full" in self._news:
                raise TooManyKernelsError(_full(self._news["full"]))
            if self.returncode is not None:
                raise ForkServerError(_stillborn(self._news, self.returncode))

    def poll(self) -> int | None:
        """Exit status, negative for a signal; None while it lives."""
        while self.returncode is None:
            messages = self._ear.hear(self._connection)
            for message in messages:
                self._news.update(message)
            if "exit" in self._news:
                self.returncode = int(self._news["exit"])
            elif self._ear.is_over:
                # The fork-server is gone, and its kernels with it.
                self.returncode = -signal.SIGKILL
            elif not messages:
                break
        return self.returncode

    def wait(self) -> int | None:
        """Exit status; only called when it has ended."""
        return self.poll()

    def send_signal(self, number: int) -> None:
        """Send to the kernel and all it started.

        Raises
        ------
        ProcessLookupError
            If it has ended.
        """
        try:
            say(self._connection, {"op": "signal", "number": number})
        except OSError as error:
            raise ProcessLookupError from error

    def kill(self) -> None:
        """End it without asking."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def tidy(self) -> None:
        """Whoever launched it has cleaned up; the fork-server need not."""
        try:
            say(self._connection, {"op": "tidy"})
        except OSError:
            pass  # then it does not listen either
        self._connection.close()


def _full(living: int) -> str:
    return (
        f"已有 {living} 个内核在运行，达到上限，不能再开新的。"
        "请先关闭不用的页面或笔记本，过一会儿再试；管理员可以调大上限（ZHIXING_KERNELS）。"
    )


def _stillborn(news: dict[str, Any], code: int) -> str:
    why = news.get("refused") or f"退出状态 {code}"
    return f"预热内核没有启动起来：{why}。详情见服务的日志。"


class WarmProvisioner(LocalProvisioner):
    """Launches kernels by fork; everything else is as with any local kernel."""

    most_kernels = Integer(40, help="Kernels of one fork-server that may live at once.").tag(
        config=True
    )
    most_idle = Float(
        8 * 3600, help="Seconds after which a kernel that nobody used is ended; 0: never."
    ).tag(config=True)
    preload = List(Unicode(), list(PRELOAD), help="Modules imported before the fork.").tag(
        config=True
    )

    process: Any
    _lease: WarmProcess | None = None

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork a kernel and wait until its ports are bound."""
        self._give_back()
        python, arguments = _divided(cmd)
        env = dict(kwargs["env"])
        message = {
            "op": "launch",
            "argv": arguments,
            "env": env,
            "cwd": os.fspath(kwargs.get("cwd") or Path.cwd()),
            "most": self.most_kernels,
            "most_idle": self.most_idle,
            "litter": self._litter(),
        }
        place = place_from_command(python, env, self.preload)
        self.process = self._lease = await self._launched(place, message, kwargs)
        self.pid, self.cwd = self._lease.pid, message["cwd"]
        return self.connection_info

    async def _launched(
        self, place: Place, message: dict[str, Any], popen: dict[str, Any]
    ) -> WarmProcess:
        # Only a start takes long enough to be worth a thread.
        connection = place.connect_if_there() or await asyncio.to_thread(place.connect)
        process = WarmProcess(connection)
        try:
            with _standard_streams(popen) as fds:
                say(connection, message, fds)
            await process.be_born()
        except BaseException:
            connection.close()
            raise
        return process

    async def cleanup(self, restart: bool = False) -> None:  # noqa: FBT001, FBT002 - its base's
        """Give the lease back: whatever the kernel left has been cleaned up by its manager."""
        await super().cleanup(restart)
        self._give_back()

    def _give_back(self) -> None:
        if self._lease is not None:
            self._lease.tidy()
            self._lease = None

    def _litter(self) -> list[str]:
        """Files that a manager which is killed cannot take away."""
        manager = self.parent
        if manager is None:
            return []
        sockets = [glob.escape(manager.ip) + "-[0-9]*"] if manager.transport == "ipc" else []
        return [glob.escape(manager.connection_file), *sockets]


def _divided(command: Sequence[str]) -> tuple[list[str], list[str]]:
    """Python with its options, and the kernel's own arguments.

    Raises
    ------
    ForkServerError
        If the kernelspec starts something else than ipykernel.
    """
    for place in range(1, len(command)):
        if tuple(command[place : place + 2]) == LAUNCHER:
            return list(command[:place]), list(command[place + 2 :])
    raise ForkServerError(
        f"kernelspec 的 argv 是 {list(command)}；预热内核只能启动 ipykernel，"
        "请写成 python -m ipykernel_launcher -f {connection_file}"
    )


@contextmanager
def _standard_streams(popen: dict[str, Any]) -> Iterator[list[int]]:
    """Descriptors for input, output and error as ``Popen`` would have given them."""
    with open(os.devnull, "r+b") as nowhere:
        given = [popen.get(name) for name in ("stdout", "stderr")]
        out, err = (_descriptor(stream, 1 + n, nowhere.fileno()) for n, stream in enumerate(given))
        yield [nowhere.fileno(), out, out if given[1] == subprocess.STDOUT else err]


def _descriptor(stream: Any, own: int, nowhere: int) -> int:
    if stream is None:
        return own
    if stream in (subprocess.DEVNULL, subprocess.STDOUT):
        return nowhere
    if stream == subprocess.PIPE:
        raise ForkServerError("预热内核的输出不能接管道（PIPE）；请给文件或 DEVNULL")
    return int(stream if isinstance(stream, int) else stream.fileno())
