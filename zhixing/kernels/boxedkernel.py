"""Boxed kernel: a Jupyter kernel inside bubblewrap, without network, with bounded memory.

It is reached over unix sockets in a folder of its own: with a network namespace of its own no TCP
port of the kernel exists, and in a shared folder one kernel could read another's key.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_client.manager import AsyncKernelManager
from traitlets import Dict, Integer, List, Unicode

from zhixing.kernels.box import Box, command_from_box, python_folders, system_folders
from zhixing.kernels.bubblewrap import bubblewrap_program, require_isolation

MEMORY_BYTES = 4 * 1024**3
"""Address space of one process; pandas with its threads reserves far more than it uses."""

FILE_BYTES = 256 * 1024**2
CPU_SECONDS = 600


class RoomKernel(AsyncKernelManager):
    """Gives every kernel a folder of its own, the only place where it can be reached."""

    _folder: Path | None = None

    async def _async_pre_start_kernel(self, **kwargs: Any) -> tuple[list[str], dict[str, Any]]:
        require_isolation()
        if self._folder is None:  # after a restart it is reached where it was
            self._folder = self._made_folder()
            Path(self._work).mkdir()
        self.transport = "ipc"
        self.ip = f"{self._folder}/k"
        self.connection_file = f"{self._folder}/connection.json"
        # A folder that it cannot see is no concern of its.
        kwargs.pop("cwd", None)
        given = dict(kwargs.get("env") or {})
        command, kwargs = await super()._async_pre_start_kernel(**kwargs)
        kwargs["env"] = self._environment(given)
        # What code writes past its kernel must not reach the terminal or log of whoever runs it.
        kwargs["stdout"] = kwargs["stderr"] = subprocess.DEVNULL
        return command, kwargs

    def _made_folder(self) -> Path:
        return Path(tempfile.mkdtemp(prefix="zx-"))

    async def _async_cleanup_resources(self, restart: bool = False) -> None:  # noqa: FBT001, FBT002
        await super()._async_cleanup_resources(restart=restart)
        if not restart and self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _environment(self, given: Mapping[str, str]) -> dict[str, str]:
        """Return the kernel's whole environment; nothing of ``given`` gets in unless named here."""
        return {
            "HOME": self._work,
            "IPYTHONDIR": f"{self._work}/.ipython",
            "LANG": "C.UTF-8",
            "PATH": "/usr/bin:/bin",
            # A file named like a module must not become that module (conventions.md, 3.3).
            "PYTHONSAFEPATH": "1",
        }

    @property
    def _work(self) -> str:
        return f"{self._folder}/work"


class BoxedKernel(RoomKernel):
    """Starts every kernel in a box that has its folder and nothing else to write to."""

    box_uid = Integer(19004, help="Host user of the kernel when we are root.").tag(config=True)
    box_read_only = List(Unicode(), help="More folders the kernel may read.").tag(config=True)
    box_env = Dict(help="All of the kernel's environment beside what Python needs.").tag(
        config=True
    )

    async def _async_pre_start_kernel(self, **kwargs: Any) -> tuple[list[str], dict[str, Any]]:
        command, kwargs = await super()._async_pre_start_kernel(**kwargs)
        # A signal would end the box instead of the cell.
        if self.kernel_spec is not None:
            self.kernel_spec.interrupt_mode = "message"
        self._give_folder()
        return self._boxed(command), kwargs

    def _give_folder(self) -> None:
        """Let the kernel's own user have its folder where we are root."""
        if os.getuid() == 0 and self._folder is not None:
            for place in (self._folder, *self._folder.iterdir()):
                os.chown(place, self.box_uid, self.box_uid)

    def _environment(self, given: Mapping[str, str]) -> dict[str, str]:
        return {**super()._environment(given), **self.box_env}

    def _boxed(self, command: list[str]) -> list[str]:
        folder = str(self._folder)
        box = Box(
            bwrap=bubblewrap_program(),
            uid=self.box_uid,
            read_only=(
                *system_folders(),
                *python_folders(),
                *((path, path) for path in self.box_read_only),
            ),
            writable=((folder, folder),),
            folder=self._work,
            hostname="kernel",
            with_network=False,
            name="learner",
            home=self._work,
        )
        limits = [f"--as={MEMORY_BYTES}", f"--fsize={FILE_BYTES}", f"--cpu={CPU_SECONDS}"]
        # jupyter_client names itself as the parent, which no kernel in a box can see alive.
        start = ["/usr/bin/env", "-u", "JPY_PARENT_PID", "/usr/bin/prlimit", *limits, "--"]
        return command_from_box(sys.executable, box, [*start, *command])


class BoxedKernelManager(BoxedKernel):
    """For nbclient and nbgrader."""
