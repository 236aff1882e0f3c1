"""Platform: the Hub's process with everything below it, watched and stopped as one."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

import httpx
import psutil

from zhixing.hub.preflight import CannotStartError
from zhixing.settings import Settings

CONFIG = Path(__file__).resolve().parents[2] / "deploy" / "jupyterhub_config.py"
ANSWERING = {"登录": "/hub/login", "课堂": "/services/classroom/", "看板": "/services/dashboards/"}
SECONDS_TO_START = 120
SECONDS_TO_STOP = 20
_PR_SET_CHILD_SUBREAPER = 36


class Platform:
    """The running platform, as a context: leaving it leaves no process behind."""

    def __init__(self, settings: Settings, environ: Mapping[str, str]) -> None:
        self.settings = settings
        self.environ = environ
        self.log = settings.data / "log" / "hub.log"
        self.is_stopping = False

    def __enter__(self) -> Self:
        # What loses its parent below us comes to us, so that we can end it too.
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)
        with self.log.open("ab") as log:
            self.hub = subprocess.Popen(  # noqa: S603 - a fixed command
                [sys.executable, "-m", "jupyterhub", "-f", str(CONFIG)],
                env=dict(self.environ),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Its own session: Ctrl-C reaches us alone, and we stop the rest in order.
                start_new_session=True,
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.hub.terminate()
        try:
            self.hub.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            self.hub.kill()
        _end(psutil.Process().children(recursive=True))

    def wait_until_ready(self, tell: Callable[[str], None]) -> None:
        """Return when every part answers through the public port."""
        deadline = time.monotonic() + SECONDS_TO_START
        for name, path in ANSWERING.items():
            while not self._answers(path):
                self._require_running(deadline, name)
                time.sleep(0.2)
            tell(f"{name}已就绪")

    def wait(self) -> None:
        """Stay until told to stop, or until the Hub ends by itself."""
        while not self.is_stopping:
            if self.hub.poll() is not None:
                raise CannotStartError(f"Hub 已退出（代码 {self.hub.returncode}）。{self._tail()}")
            time.sleep(0.2)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.is_stopping = True

    def _answers(self, path: str) -> bool:
        try:
            answer = httpx.get(f"{self.settings.public_url}{path}", timeout=5)
        except httpx.TransportError:
            return False
        return answer.status_code < 400

    def _require_running(self, deadline: float, name: str) -> None:
        if self.is_stopping:
            raise CannotStartError("启动时被停止。")
        if self.hub.poll() is not None:
            raise CannotStartError(f"Hub 没有起来（代码 {self.hub.returncode}）。{self._tail()}")
        if time.monotonic() > deadline:
            raise CannotStartError(f"等了 {SECONDS_TO_START} 秒，{name}仍没有应答。{self._tail()}")

    def _tail(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-15:]
        return "\n".join([f"日志 {self.log} 的最后几行：", *lines])


def _end(processes: list[psutil.Process]) -> None:
    for process in processes:
        _signal(process, "terminate")
    _, alive = psutil.wait_procs(processes, timeout=3)
    for process in alive:
        _signal(process, "kill")
    psutil.wait_procs(alive, timeout=3)


def _signal(process: psutil.Process, how: str) -> None:
    try:
        getattr(process, how)()
    except psutil.NoSuchProcess:
        return
