"""Room kernel: a warm kernel that shares its box with others and sees none of them."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from traitlets import Unicode

from zhixing.kernels.boxedkernel import RoomKernel

KERNELSPEC = "zhixing-warm"


class WarmRoomKernel(RoomKernel):
    """Starts every kernel in a room of the provisioner's box.

    ``WarmProvisioner.rooms`` and ``WarmRoomKernel.rooms`` are one folder.
    """

    rooms = Unicode(help="Folder of the kernels' own folders.").tag(config=True)

    async def _async_pre_start_kernel(self, **kwargs: Any) -> tuple[list[str], dict[str, Any]]:
        # Whatever kernel a notebook names: no other lives in a room.
        self.kernel_name = KERNELSPEC
        command, kwargs = await super()._async_pre_start_kernel(**kwargs)
        kwargs["cwd"] = self._work
        return command, kwargs

    def _made_folder(self) -> Path:
        return Path(tempfile.mkdtemp(prefix="zx-", dir=self.rooms))
