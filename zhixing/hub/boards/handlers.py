"""Handlers: the pages of boards and the few doors to their kernels, each with its owner's lock."""

from __future__ import annotations

from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.services.kernels.handlers import KernelHandler
from tornado import web
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler
from voila.tornado.handler import TornadoVoilaHandler
from voila.tornado.kernel_websocket_handler import (
    VoilaKernelWebsocketHandler,
    read_header_from_binary_message,
)

from zhixing.hub.boards.catalogue import BOARDS, Board
from zhixing.hub.boards.page import landing_page, problem_page
from zhixing.hub.boards.viewer import CURRENT, BoardViewer, roles_of

SHOWN_MESSAGES = frozenset(
    {
        "clear_output",
        "comm_close",
        "comm_info_reply",
        "comm_msg",
        "comm_open",
        "display_data",
        "execute_result",
        "kernel_info_reply",
        "shutdown_reply",
        "status",
        "stream",
        "update_display_data",
    }
)
"""What a kernel may say to a browser; tracebacks with source text are not among it."""


class PoliteHandler(JupyterHandler):
    """Says errors in Chinese, with nothing of our insides."""

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Write the error page."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(problem_page(status_code))

    async def viewer(self) -> BoardViewer:
        """Name and token of whoever is logged in here."""
        hub_auth = self.settings["identity_provider"].hub_auth
        return BoardViewer(self.current_user.username, hub_auth.get_token(self) or "")

    async def roles(self, viewer: BoardViewer) -> frozenset[str]:
        """Roles by the classroom's word at this moment."""
        return await roles_of(
            self.settings["zhixing_api_url"], self.settings["zhixing_api_socket"], viewer.token
        )


class LandingHandler(PoliteHandler):
    """Which boards this viewer may open."""

    @web.authenticated
    async def get(self) -> None:
        """Show the landing page."""
        roles = await self.roles(await self.viewer())
        boards = [board for board in BOARDS if board.is_for(roles)]
        self.set_header("Cache-Control", "no-store")
        self.finish(landing_page(self.settings["base_url"], boards))


class BoardHandler(PoliteHandler, TornadoVoilaHandler):
    """One board, rendered by a kernel of the viewer's own."""

    def initialize(self, board: Board, **kwargs: Any) -> None:
        """Keep which board this is; the address holds no file name."""
        super().initialize(notebook_path=board.notebook, **kwargs)
        self.board = board

    @web.authenticated
    async def get(self, path: str | None = None) -> None:
        """Render the board for those it is for."""
        viewer = await self.viewer()
        if not self.board.is_for(await self.roles(viewer)):
            raise web.HTTPError(403)
        mark = CURRENT.set(viewer)
        try:
            await super().get()  # type: ignore[misc]
        finally:
            CURRENT.reset(mark)


class OwnerLock(JupyterHandler):
    """Lets only the owner of a kernel near it; for anybody else it does not exist."""

    async def prepare(self) -> None:  # type: ignore[override]
        """Check before anything else is done with the request."""
        await super().prepare()
        # Jupyter names the group in the address, Voila does not.
        kernel_id = [*self.path_args, *self.path_kwargs.values()][0]
        user = self.current_user
        owners: dict[str, str] = getattr(self.kernel_manager, "owners", {})
        if user is None or owners.get(kernel_id) != user.username:
            raise web.HTTPError(404)


class OwnedKernelHandler(OwnerLock, KernelHandler):
    """State of one's own kernel."""


class OwnedShutdownHandler(OwnerLock, VoilaShutdownKernelHandler):
    """End one's own kernel when its page is closed."""


class OwnedWebsocketHandler(OwnerLock, VoilaKernelWebsocketHandler):
    """Talk to one's own kernel; of what it says only what a page needs comes through."""

    def write_message(self, message: Any, binary: bool = False) -> Any:  # noqa: FBT001, FBT002
        """Pass on a message whose type is on the list."""
        is_binary = isinstance(message, bytes)
        header = read_header_from_binary_message(message) if is_binary else _header(message)
        if not header or header.get("msg_type") not in SHOWN_MESSAGES:
            return None
        return super().write_message(message, binary)


def _header(message: Any) -> Any:
    return message.get("header") if isinstance(message, dict) else None
