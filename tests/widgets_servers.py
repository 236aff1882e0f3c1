"""Real JupyterLab and Voila servers for tests of the widgets, and the notebooks they open."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import nbformat

ROOT = Path(__file__).parents[1]
SECONDS_TO_START = 90
TOKEN = "widgets-test"


def write_notebook(path: Path, sources: Sequence[str]) -> Path:
    """Write a notebook of code cells."""
    book = nbformat.v4.new_notebook()
    book.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    book.cells = [nbformat.v4.new_code_cell(source) for source in sources]
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(book, path)
    return path


def question_cells(ids: Sequence[str]) -> list[str]:
    """Cells as a lesson notebook has them (ARCHITECTURE.md)."""
    return [f'from widgets.quiz import Question\n\nQuestion("{name}")' for name in ids]


def _environ(folder: Path, more: dict[str, str]) -> dict[str, str]:
    keep = ("PATH", "LANG", "LC_ALL", "TZ")
    home = folder / "home"
    home.mkdir(exist_ok=True)
    return {
        **{name: os.environ[name] for name in keep if name in os.environ},
        "HOME": str(home),
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "PYTHONPATH": str(ROOT),
        **more,
    }


def free_port() -> int:
    """Port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _server(
    command: Sequence[str], folder: Path, environ: dict[str, str], probe: str
) -> Iterator[None]:
    log = folder / "server.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=folder,
            env=_environ(folder, environ),
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait(process, probe, log)
            yield
        finally:
            process.terminate()
            process.wait(30)


def _wait(process: subprocess.Popen[bytes], probe: str, log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urlopen(probe, timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.3)
    raise AssertionError(f"no answer at {probe}:\n{log.read_text()[-3000:]}")


@contextmanager
def lab_server(folder: Path, environ: dict[str, str]) -> Iterator[str]:
    """Run JupyterLab over a folder; gives the address of its root."""
    port = free_port()
    command = [
        "jupyterlab",
        "--no-browser",
        "--allow-root",
        "--expose-app-in-browser",
        f"--port={port}",
        "--ServerApp.ip=127.0.0.1",
        f"--IdentityProvider.token={TOKEN}",
        f"--ServerApp.root_dir={folder}",
        "--LabApp.news_url=None",
    ]
    url = f"http://127.0.0.1:{port}"
    with _server(command, folder, environ, f"{url}/api"):
        yield url


@contextmanager
def voila_server(notebook: Path, environ: dict[str, str]) -> Iterator[str]:
    """Run Voila on one notebook; gives the address of its page."""
    port = free_port()
    command = [
        "voila",
        str(notebook),
        "--no-browser",
        f"--port={port}",
        "--Voila.ip=127.0.0.1",
        f"--token={TOKEN}",
    ]
    url = f"http://127.0.0.1:{port}"
    with _server(command, notebook.parent, environ, f"{url}/static/lab/index.html"):
        yield f"{url}/?token={TOKEN}"
