"""Services: what the Hub starts beside itself, each in a box of its own."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhixing.hub.hostusers import CLASSROOM_UID, DASHBOARDS_UID
from zhixing.kernels.box import Box, command_from_box, python_folders, system_folders
from zhixing.settings import Settings, environ_from_settings


@dataclass(frozen=True)
class Ports:
    """Loopback ports of this run."""

    hub: int
    proxy_api: int
    classroom: int
    dashboards: int


def services(settings: Settings, ports: Ports, bwrap: str) -> list[dict[str, Any]]:
    """Services of this run as JupyterHub wants them."""
    return [
        _web_service(settings, "classroom", ports.classroom, _classroom_box(settings, bwrap)),
        _web_service(settings, "dashboards", ports.dashboards, _dashboards_box(settings, bwrap)),
        {"name": "culler", "command": _culler(settings.idle_seconds)},
    ]


def _culler(idle_seconds: int) -> list[str]:
    # It looks at least twelve times before the time is up, and not more than every second.
    every = max(1, idle_seconds // 12)
    options = [f"--timeout={idle_seconds}", f"--cull-every={every}"]
    return [sys.executable, "-m", "jupyterhub_idle_culler", *options]


def _web_service(settings: Settings, name: str, port: int, box: Box) -> dict[str, Any]:
    return {
        "name": name,
        "url": f"http://127.0.0.1:{port}",
        "command": command_from_box(
            sys.executable, box, [sys.executable, "-m", f"zhixing.hub.{name}_service"]
        ),
        "environment": {
            **environ_from_settings(settings),
            "HOME": box.home,
            "LANG": "C.UTF-8",
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        },
        "oauth_no_confirm": True,
        # A dashboard's kernel asks the classroom as the viewer, so its token must open that too.
        "oauth_client_allowed_scopes": ["access:services!service=classroom"],
        "display": False,
    }


def _classroom_box(settings: Settings, bwrap: str) -> Box:
    run, records = settings.data / "run", settings.data / "records"
    courses = settings.data / "courses"
    return Box(
        bwrap=bwrap,
        uid=CLASSROOM_UID,
        read_only=(*_base(), *_own(settings.courses), *_own(courses)),
        writable=(*_own(run), *_own(records)),
        name="classroom",
    )


def _dashboards_box(settings: Settings, bwrap: str) -> Box:
    dashboards = Path(__file__).resolve().parents[2] / "dashboards"
    return Box(
        bwrap=bwrap,
        uid=DASHBOARDS_UID,
        read_only=(*_base(), *_own(dashboards), *_own(settings.data / "run")),
        name="dashboards",
    )


def _base() -> tuple[tuple[str, str], ...]:
    return (*system_folders(), *python_folders())


def _own(folder: Path) -> tuple[tuple[str, str]]:
    return ((str(folder), str(folder)),)
