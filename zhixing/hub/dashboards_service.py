"""The dashboards as a service of the Hub: ``python -m zhixing.hub.dashboards_service``."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlparse

from zhixing.hub.boards.app import configured
from zhixing.hub.classroom_service import SOCKET
from zhixing.settings import settings_from_environ

FOLDER = Path(__file__).resolve().parents[2] / "dashboards"


def main() -> None:
    """Serve until stopped."""
    settings = settings_from_environ(os.environ)
    run = settings.data / "run"
    # The host in it is never looked up: the socket is where it goes.
    os.environ["ZHIXING_API_URL"] = "http://classroom/services/classroom/api"
    os.environ["ZHIXING_API_SOCKET"] = str(run / SOCKET)
    os.environ["JUPYTER_PATH"] = str(FOLDER / "share" / "jupyter")
    port = urlparse(os.environ["JUPYTERHUB_SERVICE_URL"]).port or 0
    prefix = os.environ["JUPYTERHUB_SERVICE_PREFIX"]
    app = configured(FOLDER, port, prefix, run, most_kernels=settings.kernels)
    app.initialize([])
    app.start()


if __name__ == "__main__":
    main()
