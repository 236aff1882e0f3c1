"""Provisioner: how jupyter_client gets a kernel from the fork-server, by kernelspec alone."""

from __future__ import annotations

import asyncio
import glob
import os
import signal
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Float, Integer, List, Unicode

from zhixing.errors import ZhixingError
from zhixing.kernels.warm.boxedplace import boxed_place
from zhixing.kernels.warm.client import PromptClient, prompt_client
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
ATTEMPTS = 3
_GONE = "预热内核的主进程在应答之前结束了，请再试一次。"


class ForkServerGoneError(ForkServerError):
    """A fork-server that ended before it answered."""


class TooManyKernelsError(ZhixingError):
    """No more kernels may live at once."""


class WarmProcess:
    """A kernel that somebody else forked, in the shape of :class:`subprocess.Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._ear = Ear()
        self._news: dict[str, Any] = {}
        self.returncode: int | None = None

    def ask(self, message: dict[str, Any], fds: Sequence[int]) -> None:
        """Ask for a kernel.

        Raises
        ------
        ForkServerGoneError
            If nobody listens any more.
        """
        try:
            say(self._connection, message, fds)
        except OSError as error:
            raise ForkServerGoneError(_GONE) from error
        self._connection.settimeout(0)

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
        ForkServerGoneError
            If the fork-server ended first.
        ForkServerError
            If the kernel ended first.
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
            if self.returncode is not None and "exit" not in self._news:
                raise ForkServerGoneError(self._news.get("refused", _GONE))
            if self.returncode is not None:
                raise ForkServerError(_stillborn(self.returncode))

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
        """Send to the kernel and all it started; nothing if it has ended, as with ``Popen``."""
        if self.poll() is None:
            with suppress(OSError):  # the fork-server ended at this moment, and the kernel with it
                say(self._connection, {"op": "signal", "number": number})

    def kill(self) -> None:
        """End it without asking."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def tidy(self) -> None:
        """Whoever launched it has cleaned up; the fork-server need not."""
        with suppress(OSError):  # then it does not listen either
            say(self._connection, {"op": "tidy"})
        self.close()

    def close(self) -> None:
        """Give the lease back: the kernel ends if it still lives."""
        self._connection.close()


def _full(living: int) -> str:
    return (
        f"已有 {living} 个内核在运行，达到上限，不能再开新的。"
        "请先关闭不用的页面或笔记本，过一会儿再试；管理员可以调大上限（ZHIXING_KERNELS）。"
    )


def _stillborn(code: int) -> str:
    return (
        f"预热内核没有启动起来（退出状态 {code}）。原因写在它的标准错误输出里，请查看服务的日志。"
    )


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

    rooms = Unicode(
        "", help="Folder of the kernels' own folders, where they live in one box; empty: in none."
    ).tag(config=True)
    room_read_only = List(Unicode(), help="More folders that kernels in rooms may read.").tag(
        config=True
    )

    process: Any
    _lease: WarmProcess | None = None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Prepare as for any local kernel; its clients need not wait for silence."""
        if self.parent is not None and not issubclass(self.parent.client_factory, PromptClient):
            self.parent.client_factory = prompt_client(self.parent.client_factory)
        return dict(await super().pre_launch(**kwargs))

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
            "room": self._room(),
        }
        place = place_from_command(python, env, self.preload)
        if self.rooms:
            place = boxed_place(place, Path(self.rooms), self.room_read_only)
        self.process = self._lease = await self._launched(place, message, kwargs)
        self.pid, self.cwd = self._lease.pid, message["cwd"]
        return self.connection_info

    async def _launched(
        self, place: Place, message: dict[str, Any], popen: dict[str, Any]
    ) -> WarmProcess:
        for attempt in range(ATTEMPTS):
            connection = place.connect_if_there()
            if connection is None:
                # Only a start takes long enough to be worth a thread.
                connection = await asyncio.to_thread(place.connect)
            process = WarmProcess(connection)
            try:
                with _standard_streams(popen) as fds:
                    process.ask(message, fds)
                await process.be_born()
            except ForkServerGoneError:
                # It ended, or was killed, while we asked; another is started.
                process.close()
                if attempt + 1 == ATTEMPTS:
                    raise
            except BaseException:
                process.close()
                raise
            else:
                return process
        raise AssertionError

    async def cleanup(self, restart: bool = False) -> None:  # noqa: FBT001, FBT002 - its base's
        """Give the lease back: whatever the kernel left has been cleaned up by its manager."""
        await super().cleanup(restart)
        self._give_back()

    def _give_back(self) -> None:
        if self._lease is not None:
            self._lease.tidy()
            self._lease = None

    def _room(self) -> str:
        """Folder that the kernel keeps to: where its manager has put its connection file."""
        if not self.rooms or self.parent is None:
            return ""
        return str(Path(self.parent.connection_file).parent)

    def _litter(self) -> list[str]:
        """Files that a manager which is killed cannot take away."""
        manager = self.parent
        if manager is None:
            return []
        # Both may be relative to our folder, and whoever sweeps stands in another.
        place = glob.escape(str(Path(manager.ip).absolute()))
        sockets = [f"{place}-[0-9]*"] if manager.transport == "ipc" else []
        return [glob.escape(str(Path(manager.connection_file).absolute())), *sockets]


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
    with Path(os.devnull).open("r+b") as nowhere:
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
