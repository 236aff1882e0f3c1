"""App: Voila as a service of the Hub, with every door that is not needed taken out."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import FileFindHandler
from jupyter_server.utils import url_path_join
from jupyterhub.singleuser.extension import JupyterHubAuthorizer, JupyterHubIdentityProvider
from tornado.ioloop import IOLoop
from traitlets.config import Config
from voila.app import Voila, _kernel_id_regex
from voila.static_file_handler import MultiStaticFileHandler, TemplateStaticFileHandler

from zhixing.hub.boards.catalogue import BOARDS
from zhixing.hub.boards.handlers import (
    BoardHandler,
    LandingHandler,
    OwnedKernelHandler,
    OwnedShutdownHandler,
    OwnedWebsocketHandler,
)
from zhixing.hub.boards.kernels import BoardKernels, warm_up

IDLE_SECONDS = 1800
EXTENSIONS = (
    "@jupyter-widgets/jupyterlab-manager",
    "@voila-dashboards/widgets-manager8",
    "anywidget",
)
"""Front-end extensions of JupyterLab that a board needs; all others stay out."""


class BoardIdentityProvider(JupyterHubIdentityProvider):
    """Hub log-in whose handlers stand below the service's prefix, which Voila leaves out."""

    def get_handlers(self) -> list[tuple[Any, ...]]:
        """Handlers of log-out and OAuth, at their full addresses."""
        prefix = os.environ["JUPYTERHUB_SERVICE_PREFIX"]
        return [(url_path_join(prefix, path), *rest) for path, *rest in super().get_handlers()]


class Boards(Voila):
    """The application; all it serves is in :meth:`init_handlers`."""

    def listen(self) -> None:
        """Serve; meanwhile the fork-server imports what kernels need, so that nobody waits."""
        c = self.config.WarmProvisioner
        loop = IOLoop.current()
        loop.add_callback(loop.run_in_executor, None, self._warm_up, c.rooms, c.room_read_only)
        super().listen()

    def _warm_up(self, rooms: str, read_only: list[str]) -> None:
        # Kept: without a connection the fork-server would end after a quiet moment.
        self.fork_server = warm_up(rooms, read_only)

    def init_settings(self) -> dict[str, Any]:
        """Add where the classroom is asked."""
        settings: dict[str, Any] = super().init_settings()
        return settings | {
            "zhixing_api_url": os.environ["ZHIXING_API_URL"],
            "zhixing_api_socket": os.environ["ZHIXING_API_SOCKET"],
            "static_path": None,
            "headers": {"Content-Security-Policy": "frame-ancestors 'none'"},
        }

    def init_handlers(self) -> list[tuple[Any, ...]]:
        """Name every address there is: no tree, no contents, no files, no list of kernels."""
        voila_own = {
            "template_paths": self.template_paths,
            "config": self.config,
            "voila_configuration": self.voila_configuration,
        }
        boards = [(board.name, BoardHandler, {"board": board, **voila_own}) for board in BOARDS]
        handlers: list[tuple[Any, ...]] = [
            *boards,
            (rf"api/kernels/{_kernel_id_regex}", OwnedKernelHandler),
            (rf"api/kernels/{_kernel_id_regex}/channels", OwnedWebsocketHandler),
            (rf"voila/api/shutdown/{_kernel_id_regex}", OwnedShutdownHandler),
            (r"voila/templates/(.*)", TemplateStaticFileHandler),
            (r"voila/static/(.*)", MultiStaticFileHandler, _statics(self.static_paths)),
            (r"voila/labextensions/(.*)", FileFindHandler, {"path": self.labextensions_path}),
        ]
        full = [(url_path_join(self.server_url, path), *rest) for path, *rest in handlers]
        own = self.identity_provider.get_handlers()
        return [(self.server_url, LandingHandler), *full, *own]


def _statics(paths: list[str]) -> dict[str, Any]:
    return {"paths": paths, "default_filename": "index.html"}


def configured(folder: Path, port: int, prefix: str, run: Path, *, most_kernels: int) -> Boards:
    """Return the application for a folder of boards.

    Parameters
    ----------
    folder
        Where the notebooks are.
    run
        Folder with the classroom's socket; bound into the kernels' box.
    most_kernels
        Kernels of all viewers together.
    """
    c = Config()
    c.Voila.root_dir = str(folder)
    c.Voila.ip = "127.0.0.1"
    c.Voila.port = port
    c.Voila.base_url = c.Voila.server_url = prefix
    c.Voila.open_browser = False
    c.Voila.auto_token = True
    c.Voila.identity_provider_class = BoardIdentityProvider
    c.Voila.authorizer_class = JupyterHubAuthorizer
    c.VoilaConfiguration.multi_kernel_manager_class = BoardKernels
    c.VoilaConfiguration.template = "zhixing"
    c.VoilaConfiguration.allow_template_override = "NO"
    c.VoilaConfiguration.allow_theme_override = "NO"
    c.VoilaConfiguration.show_tracebacks = False
    c.VoilaConfiguration.preheat_kernel = False
    c.VoilaConfiguration.http_header_envs = []
    c.VoilaConfiguration.extension_allowlist = list(EXTENSIONS)
    c.BoardKernels.kernel_manager_class = "zhixing.hub.boards.kernels.BoardKernelManager"
    c.BoardKernels.cull_idle_timeout = IDLE_SECONDS
    c.BoardKernels.cull_interval = 60
    c.BoardKernels.cull_connected = True
    rooms = tempfile.mkdtemp(prefix="zx-rooms-")
    c.WarmRoomKernel.rooms = c.WarmProvisioner.rooms = rooms
    c.WarmProvisioner.room_read_only = [str(folder), str(run)]
    c.WarmProvisioner.most_idle = IDLE_SECONDS
    c.BoardKernels.most_kernels = c.WarmProvisioner.most_kernels = most_kernels
    return Boards(config=c)
