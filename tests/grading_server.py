"""A real Jupyter server with formgrader over a course, as a trainer's JupyterLab has it."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.running_platform import free_port

TOKEN = "gei-ceshi-yong-2026"


@dataclass(frozen=True)
class FormgraderServer:
    """Where it listens, and over which course."""

    url: str
    course_dir: Path

    def address(self, path: str) -> str:
        return f"{self.url}/formgrader/{path}?token={TOKEN}"

    def get(self, path: str) -> httpx.Response:
        return httpx.get(self.address(path), follow_redirects=True, timeout=60)


@contextmanager
def formgrader_server(course_dir: Path) -> Iterator[FormgraderServer]:
    home = course_dir.parent
    port = free_port()
    with (home / "server.log").open("wb") as log:
        process = subprocess.Popen(
            _command(home, port), cwd=home, env=_environ(home), stdout=log, stderr=log
        )
        try:
            yield _ready(FormgraderServer(f"http://127.0.0.1:{port}", course_dir), process, home)
        finally:
            process.terminate()
            process.wait(30)


def _command(home: Path, port: int) -> list[str]:
    return [
        *(sys.executable, "-m", "jupyter_server", "--allow-root"),
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={TOKEN}",
        f"--ServerApp.root_dir={home}",
        "--ServerApp.open_browser=False",
        "--ServerApp.jpserver_extensions=nbgrader.server_extensions.formgrader=False",
        "--ServerApp.jpserver_extensions=grading.formgrader=True",
    ]


def _environ(home: Path) -> dict[str, str]:
    settings = home / ".jupyter"
    settings.mkdir(exist_ok=True)
    (settings / "nbgrader_config.py").write_text(
        "from pathlib import Path\n"
        "from grading.configuration import configure\n"
        f"configure(get_config(), Path({str(home)!r}) / 'shujiketang')\n"
    )
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {
        "PATH": path,
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(settings),
        "LANG": "C.UTF-8",
    }


def _ready(
    server: FormgraderServer, process: subprocess.Popen[bytes], home: Path
) -> FormgraderServer:
    for _ in range(300):
        try:
            if httpx.get(f"{server.url}/api/status?token={TOKEN}").is_success:
                return server
        except httpx.TransportError:
            pass
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise AssertionError((home / "server.log").read_text())
