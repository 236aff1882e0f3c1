"""Preflight: what has to be true before anything is started, each with its next step."""

from __future__ import annotations

import os
import socket
from contextlib import closing
from pathlib import Path

import psutil

from zhixing.errors import ZhixingError
from zhixing.hub.services import Ports
from zhixing.settings import Settings

FOLDERS = ("hub", "records", "courses", "homes", "run", "log")


class CannotStartError(ZhixingError):
    """The platform cannot start; the message names the reason and the next step."""


def require_free_port(settings: Settings) -> None:
    """Refuse if something listens on the public port, naming it where the system tells."""
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise CannotStartError(
                f"端口 {settings.port} 不能用：{error.strerror}{_holder(settings.port)}。"
                f"下一步：停掉它，或换一个端口，如 scripts/up --port {settings.port + 1}。"
            ) from error


def _holder(port: int) -> str:
    try:
        connections = psutil.net_connections("tcp")
    except psutil.AccessDenied:
        return ""
    for connection in connections:
        is_listener = connection.status == psutil.CONN_LISTEN
        if is_listener and connection.laddr and connection.laddr.port == port and connection.pid:
            return f"（进程 {connection.pid} {psutil.Process(connection.pid).name()} 正在使用）"
    return ""


def make_folders(settings: Settings) -> None:
    """Make the data folder and its parts, or say why that cannot be done."""
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        for name in FOLDERS:
            folder = settings.data / name
            folder.mkdir(exist_ok=True)
        trial = settings.data / "run" / ".writable"
        trial.touch()
        trial.unlink()
    except OSError as error:
        raise CannotStartError(
            f"数据目录 {settings.data} 不能写：{error.strerror}。"
            "下一步：换一个目录（scripts/up --data 目录），或把它的权限给当前用户。"
        ) from error
    # Others on this machine need not know even the names in here; boxes bind what they need.
    settings.data.chmod(0o711)
    for name in ("hub", "homes", "log"):
        (settings.data / name).chmod(0o700)


def require_readable_courses(settings: Settings) -> None:
    """Refuse if the users that root starts services as cannot read the course files.

    A clone made under ``umask 077`` is such a folder.
    """
    if os.geteuid() != 0:
        return
    for path in (settings.courses, *settings.courses.rglob("*")):
        needed = 0o005 if path.is_dir() else 0o004
        if path.stat().st_mode & needed != needed:
            raise CannotStartError(
                f"课程文件 {path} 只有 root 能读，课堂服务以普通用户运行，读不到它。"
                f"下一步：运行 chmod -R o+rX {settings.courses}，再启动一次。"
            )


def require_alone(settings: Settings) -> None:
    """Refuse if another run uses this data folder."""
    pid_file = settings.data / "run" / "platform.pid"
    if not pid_file.exists():
        return
    pid = int(pid_file.read_text() or "0")
    if pid and psutil.pid_exists(pid) and _is_launcher(pid):
        raise CannotStartError(
            f"这个数据目录正由进程 {pid} 使用。"
            f"下一步：先停掉它（kill {pid}），或用 --data 换一个目录。"
        )


def _is_launcher(pid: int) -> bool:
    try:
        return "zhixing.hub.launcher" in psutil.Process(pid).cmdline()
    except psutil.Error:
        return False


def write_pid(settings: Settings) -> Path:
    """Note who runs on this data folder."""
    pid_file = settings.data / "run" / "platform.pid"
    pid_file.write_text(str(os.getpid()))
    return pid_file


def free_ports() -> Ports:
    """Loopback ports that were free a moment ago."""
    probes = [socket.socket() for _ in Ports.__dataclass_fields__]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    found = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return Ports(*found)
