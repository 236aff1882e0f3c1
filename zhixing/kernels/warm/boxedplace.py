"""Boxed place: a fork-server inside a box without network, whose kernels each keep to a room.

Bubblewrap starts a program, it cannot wrap a fork (design.md, "Kernels"): the box is the house of
all kernels of one service, and each parts itself from the others before it runs anything.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhixing.kernels.box import Box, command_from_box, python_folders, system_folders
from zhixing.kernels.bubblewrap import bubblewrap_program
from zhixing.kernels.warm.place import SINGLE_THREADED, ForkServerError, Place

SERVER = ".server"
"""Folder of its socket and log, beside the rooms and out of every kernel's sight."""

_boxes: list[subprocess.Popen[bytes]] = []
"""Boxes end with this process; kept, so that their ends are noticed and nobody complains."""


@dataclass(frozen=True)
class BoxedPlace(Place):
    """Where a fork-server in a box is; it ends with whoever started it."""

    rooms: Path
    read_only: tuple[str, ...]

    def _run(self, program: list[str], **options: Any) -> None:
        if os.getuid() == 0:
            raise ForkServerError("同住一个沙箱的内核不能由 root 启动；请用普通用户运行这个服务。")
        box = Box(
            bwrap=bubblewrap_program(),
            uid=os.getuid(),
            read_only=(
                *system_folders(),
                *python_folders(),
                *((path, path) for path in self.read_only),
            ),
            writable=((str(self.rooms), str(self.rooms)),),
            hostname="kernels",
            with_network=False,
            # Each kernel parts itself from the others; then it has no right left to do it again.
            is_divisible=True,
            name="kernels",
        )
        environ = {"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin", **self.env, **SINGLE_THREADED}
        _boxes[:] = [one for one in _boxes if one.poll() is None]
        _boxes.append(
            subprocess.Popen(  # noqa: S603 - our own box
                command_from_box(sys.executable, box, [*program, "--stay"]),
                env=environ,
                **options,
            )
        )


def boxed_place(place: Place, rooms: Path, read_only: Sequence[str]) -> BoxedPlace:
    """Return the same kind of server, in a box that has these rooms."""
    fields = {**vars(place), "folder": rooms / SERVER}
    return BoxedPlace(**fields, rooms=rooms, read_only=tuple(read_only))
