"""Translation: nbgrader's own templates and scripts, with English parts replaced as they load.

``chinese.toml`` holds, file by file (``*.js``: every script), exact pieces of nbgrader 0.9 and what
to put there. Nothing of nbgrader is copied; a test fails where a piece is no longer found, so an
upgrade cannot go quietly back to English or lose a safety patch.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import jinja2

FOLDER = Path(__file__).parent


@cache
def pieces_by_file() -> Mapping[str, Mapping[str, str]]:
    """File name to pieces and their replacements."""
    table: Mapping[str, Mapping[str, str]] = tomllib.loads((FOLDER / "chinese.toml").read_text())
    return table


def translated(name: str, text: str) -> str:
    """Text of one of nbgrader's files, in Chinese; a file that the table lacks stays."""
    table = pieces_by_file()
    pieces = {**table.get(f"*{Path(name).suffix}", {}), **table.get(name, {})}
    # The longest first: a short piece may be part of a long one.
    for piece in sorted(pieces, key=len, reverse=True):
        text = text.replace(piece, pieces[piece])
    return text


class TranslatedLoader(jinja2.BaseLoader):
    """Loads what another loader loads, translated."""

    def __init__(self, inner: jinja2.BaseLoader) -> None:
        self._inner = inner

    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        """Load and translate."""
        source, filename, is_fresh = self._inner.get_source(environment, template)
        name = template if filename is None else _name_from_path(Path(filename), template)
        return translated(name, source), filename, is_fresh

    def list_templates(self) -> list[str]:
        """Names of all templates."""
        return self._inner.list_templates()


def _name_from_path(path: Path, template: str) -> str:
    # nbconvert calls both exporters' main template index.html.j2; their folders differ.
    return f"{path.parent.name}/{path.name}" if path.name == "index.html.j2" else template
