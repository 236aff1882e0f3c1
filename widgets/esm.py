"""ES modules and style sheets as one text each, as anywidget hands a page a text and no address.

The light page loads the same files as they lie, by their relative imports.
A plain join does for Jupyter, under three rules that :func:`module_text` checks: imports are
named and at the head of a file, they are not renamed, and no two files of one widget declare
the same name.
"""

from __future__ import annotations

import re
from pathlib import Path

_IMPORT = re.compile(r'^import \{[^}]*\} from "(\.[^"]+)";\n', re.MULTILINE)
_ANY_IMPORT = re.compile(r"^import\b.*$", re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default\b)", re.MULTILINE)
_DECLARED = re.compile(r"^(?:async )?(?:function|const|let|class) (\w+)", re.MULTILINE)
_STYLE_IMPORT = re.compile(r'^@import url\("([^"]+)"\);\n', re.MULTILINE)


def module_text(entry: Path) -> str:
    """Join a module and everything it imports, each file once and after what it needs.

    Raises
    ------
    ValueError
        If a file breaks one of the rules above.
    """
    parts: dict[Path, str] = {}
    _collect(entry.resolve(), parts)
    _refuse_twice_declared(parts)
    return "\n".join(parts.values())


def _collect(path: Path, parts: dict[Path, str]) -> None:
    if path in parts:
        return
    source = path.read_text(encoding="utf-8")
    for address in _IMPORT.findall(source):
        _collect((path.parent / address).resolve(), parts)
    text = _EXPORT.sub("", _IMPORT.sub("", source))
    if left := _ANY_IMPORT.search(text):
        raise ValueError(
            f'{path.name}: {left.group()!r}; expected import {{ name }} from "./x.js";'
        )
    parts[path] = text


def _refuse_twice_declared(parts: dict[Path, str]) -> None:
    owners: dict[str, str] = {}
    for path, text in parts.items():
        for name in _DECLARED.findall(text):
            if name in owners:
                raise ValueError(f"{path.name}: {name} is also in {owners[name]}; rename one")
            owners[name] = path.name


def style_text(entry: Path) -> str:
    """Join a style sheet and those it imports."""

    def imported(found: re.Match[str]) -> str:
        return style_text(entry.parent / found.group(1))

    return _STYLE_IMPORT.sub(imported, entry.read_text(encoding="utf-8"))
