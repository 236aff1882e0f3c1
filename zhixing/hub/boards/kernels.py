"""Kernels of boards: warm, in a box without network, told only who looks; each has one owner."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.services.kernels.kernelmanager import (
    AsyncMappingKernelManager,
    ServerKernelManager,
)
from tornado.web import HTTPError
from traitlets import Integer

from zhixing.hub.boards.viewer import CURRENT
from zhixing.kernels.warm.boxedplace import boxed_place
from zhixing.kernels.warm.place import place_from_command
from zhixing.kernels.warm.provisioner import PRELOAD
from zhixing.kernels.warm.roomkernel import WarmRoomKernel

SECONDS_TO_START = 40
PASSED_ON = ("ZHIXING_API_URL", "ZHIXING_API_SOCKET", "ZHIXING_API_TOKEN", "ZHIXING_COURSE")
VOILA_OWN = ("VOILA_BASE_URL", "VOILA_SERVER_URL", "VOILA_PREHEAT")


class BoardKernelManager(WarmRoomKernel, ServerKernelManager):
    """A kernel that runs our own notebook: it may reach the classroom as the viewer."""

    def _environment(self, given: Mapping[str, str]) -> dict[str, str]:
        own = {name: given[name] for name in (*PASSED_ON, *VOILA_OWN) if name in given}
        return super()._environment(given) | own


def warm_up(rooms: str, read_only: list[str]) -> socket.socket:
    """Start the fork-server of the boards' kernels; it stays for as long as this is kept open."""
    python = {"PYTHONSAFEPATH": "1"}  # of RoomKernel's environment what Python itself reads
    place = place_from_command([sys.executable], python, PRELOAD)
    return boxed_place(place, Path(rooms), read_only).connect()


class BoardKernels(AsyncMappingKernelManager):
    """Starts kernels only for a viewer, remembers whose they are, and bounds their number."""

    most_kernels = Integer(40, help="Live kernels at once.").tag(config=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.owners: dict[str, str] = {}

    async def start_kernel(self, **kwargs: Any) -> str:  # type: ignore[override]
        """Start a kernel for the viewer of this request and wait until it answers."""
        viewer = CURRENT.get()
        if viewer is None:
            raise HTTPError(403, reason="no viewer")
        if len(self) >= self.most_kernels:
            raise HTTPError(503, reason="busy")
        kwargs["env"] = {
            **{name: os.environ[name] for name in PASSED_ON if name in os.environ},
            **{name: value for name, value in kwargs.get("env", {}).items() if name in VOILA_OWN},
            "ZHIXING_API_TOKEN": viewer.token,
        }
        kernel_id: str = await super().start_kernel(**kwargs)
        self.owners[kernel_id] = viewer.username
        try:
            await asyncio.wait_for(self._ready(kernel_id), SECONDS_TO_START)
        except (TimeoutError, RuntimeError) as error:
            # Stock Voila would wait for this kernel for ever, and so would the browser.
            await ensure_async(self.shutdown_kernel(kernel_id, now=True))
            raise HTTPError(503, reason="kernel did not start") from error
        return kernel_id

    async def _ready(self, kernel_id: str) -> None:
        client: Any = self.get_kernel(kernel_id).client()
        client.start_channels()
        try:
            await client.wait_for_ready(timeout=SECONDS_TO_START)
        finally:
            client.stop_channels()

    def remove_kernel(self, kernel_id: str) -> Any:
        """Forget the owner together with the kernel."""
        self.owners.pop(kernel_id, None)
        return super().remove_kernel(kernel_id)
