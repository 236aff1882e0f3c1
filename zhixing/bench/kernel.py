"""Kernel bench: a warm kernel against a stock one, in turn, on the same machine and client code.

``kernel`` is the time from the launch until ``import pandas`` is answered; ``kernel-memory`` is
what a kernel holds then that no other process shares (USS); ``voila`` is one whole page of stock
Voila, preheated for neither side: the kernelspec that the notebook names is the only difference.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

import click
import httpx
import nbformat
import psutil
from jupyter_client.manager import AsyncKernelManager

OURS, PEER = "zhixing-warm", "python3"
GOALS = {"kernel": 10.0, "kernel-memory": 1 / 0.35, "voila": 4.0}
"""Ratio of the peer to ours (issue 4)."""

SECONDS_TO_START = 60
T = TypeVar("T")
CELLS = (
    "import ipywidgets as ipw\nimport pandas as pd\ntable = pd.DataFrame({'单位': ['一街']})",
    "table",
    "ipw.IntSlider()",
)


@dataclass(frozen=True)
class Start:
    """One start of a kernel: seconds until it answers, seconds until it has pandas, bytes."""

    answers: float
    has_pandas: float
    bytes: float


@click.command()
@click.option("--rounds", default=7, show_default=True, help="Starts and pages of each side.")
@click.option("--json", "as_json", is_flag=True, help="Only JSON lines on standard output.")
def kernel(rounds: int, as_json: bool) -> None:  # noqa: FBT001 - a flag
    """A warm kernel's start, memory and Voila page."""
    with _own_folders():
        rows = [*asyncio.run(_kernel_rows(rounds)), _voila_row(rounds)]
    for row in rows:
        click.echo(json.dumps(row))
        if not as_json:
            goal = GOALS[row["name"]]
            word = "met" if row["ratio"] >= goal else "missed"
            click.echo(f"{row['name']}: goal of {goal:.1f} times {word}", err=True)


@contextmanager
def _own_folders() -> Iterator[None]:
    """Keep the history and connections of whoever runs this out of it."""
    before = dict(os.environ)
    # Installers compile; a development box that forbids it would measure the compiler.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as folder:
        for name in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR"):
            os.environ[name] = str(Path(folder) / name.lower())
            Path(os.environ[name]).mkdir(mode=0o700)
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


async def _kernel_rows(rounds: int) -> list[dict[str, Any]]:
    # The first of each pays for compiled files and for the fork-server, once.
    for name in (OURS, PEER):
        await _start(name)
    ours, peer = [], []
    for _ in range(rounds):
        ours.append(await _start(OURS))
        peer.append(await _start(PEER))
    return [
        {
            **_row("kernel", ours, peer, lambda start: start.has_pandas * 1000, "ms"),
            "ours_ready": _middle(ours, lambda start: start.answers * 1000),
            "peer_ready": _middle(peer, lambda start: start.answers * 1000),
        },
        _row("kernel-memory", ours, peer, lambda start: start.bytes / 1e6, "MB"),
    ]


async def _start(name: str) -> Start:
    begun = time.perf_counter()
    manager = AsyncKernelManager(kernel_name=name)
    await manager.start_kernel(stderr=subprocess.DEVNULL)
    client = manager.client()
    client.start_channels()
    try:
        client.kernel_info()
        await client.get_shell_msg(timeout=SECONDS_TO_START)
        answers = time.perf_counter() - begun
        client.execute("import pandas")
        await client.get_shell_msg(timeout=SECONDS_TO_START)
        has_pandas = time.perf_counter() - begun
        pid: int = getattr(manager.provisioner, "pid")  # noqa: B009 - both sides have it
        return Start(answers, has_pandas, psutil.Process(pid).memory_full_info().uss)
    finally:
        client.stop_channels()
        await manager.shutdown_kernel(now=True)


def _voila_row(rounds: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder, _voila(Path(folder)) as url:
        for name in (OURS, PEER):
            _page(url, name)
        ours, peer = [], []
        for _ in range(rounds):
            ours.append(_page(url, OURS))
            peer.append(_page(url, PEER))
    return _row("voila", ours, peer, lambda seconds: seconds * 1000, "ms")


@contextmanager
def _voila(folder: Path) -> Iterator[str]:
    for name in (OURS, PEER):
        metadata = {"kernelspec": {"name": name, "display_name": name, "language": "python"}}
        cells = [nbformat.v4.new_code_cell(cell) for cell in CELLS]
        nbformat.write(
            nbformat.v4.new_notebook(cells=cells, metadata=metadata), folder / f"{name}.ipynb"
        )
    port = _free_port()
    options = ["--no-browser", f"--port={port}", "--Voila.ip=127.0.0.1", str(folder)]
    server = subprocess.Popen(  # noqa: S603 - a fixed program
        [sys.executable, "-m", "voila", *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url, server)
        yield url
    finally:
        server.terminate()
        server.wait()


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and server.poll() is None:
        try:
            httpx.get(url)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise click.ClickException("Voila does not start here; try: python -m voila --no-browser")


def _page(url: str, name: str) -> float:
    begun = time.perf_counter()
    answer = httpx.get(f"{url}/voila/render/{name}.ipynb", timeout=SECONDS_TO_START)
    seconds = time.perf_counter() - begun
    # Voila puts outputs into the page as ASCII JSON.
    is_whole = "IntSlider(value=0)" in answer.text and json.dumps("一街")[1:-1] in answer.text
    if answer.status_code != 200 or not is_whole:
        raise click.ClickException(f"Voila answered {answer.status_code} without the page's table")
    return seconds


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _row(
    name: str, ours: list[T], peer: list[T], figure: Callable[[T], float], unit: str
) -> dict[str, Any]:
    mine, theirs = _middle(ours, figure), _middle(peer, figure)
    ratio = round(theirs / mine, 2)
    return {"name": name, "ours": mine, "peer": theirs, "ratio": ratio, "unit": unit}


def _middle(starts: list[T], figure: Callable[[T], float]) -> float:
    return round(median(figure(start) for start in starts), 1)
