"""Formgrader: nbgrader's pages for trainers, in Chinese, with learners' work shown inert.

A Jupyter server extension in the place of ``nbgrader.server_extensions.formgrader``::

    --ServerApp.jpserver_extensions=nbgrader.server_extensions.formgrader=False
    --ServerApp.jpserver_extensions=grading.formgrader=True
"""

from __future__ import annotations

from typing import Any


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "grading.formgrader"}]


def _load_jupyter_server_extension(server: Any) -> None:
    """Add the pages to a running server."""
    from grading.formgrader.extension import load

    load(server)
