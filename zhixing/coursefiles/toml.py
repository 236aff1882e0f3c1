"""TOML files with the line of every item, which tomllib itself does not tell."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zhixing.coursefiles.finding import Finding
from zhixing.coursefiles.textfile import read_text

Where = tuple[str | int, ...]

_QUOTED_OR_COMMENT = re.compile(
    r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*', re.DOTALL
)
_HEADER = re.compile(r"\s*(\[\[?)\s*([\w.-]+)\s*\]\]?\s*$")
_KEY = re.compile(r"\s*([\w.-]+)\s*=")
_PLACE = re.compile(r"\(at line (\d+), column \d+\)")


@dataclass(frozen=True)
class TomlFile:
    """A parsed file and where its items stand.

    Parameters
    ----------
    name
        How reports call the file.
    lines
        Path of an item, e.g. ``("question", 2, "options", 0)``, to its line from 1.
    """

    name: str
    data: dict[str, Any]
    lines: dict[Where, int] = field(default_factory=dict)

    def line(self, where: Where) -> int | None:
        """Line of an item, or of the nearest thing around it."""
        for length in range(len(where), 0, -1):
            if where[:length] in self.lines:
                return self.lines[where[:length]]
        return None


def read_toml(path: Path, name: str) -> TomlFile | Finding:
    """Parse a file, or say in which line it breaks."""
    text = read_text(path, name)
    if isinstance(text, Finding):
        return text
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return _syntax_finding(name, text, str(error))
    read = TomlFile(name, data, dict(_positions(text)))
    return next(_endless_numbers(read, data), read)


def _endless_numbers(file: TomlFile, value: Any, where: Where = ()) -> Iterator[Finding]:
    """TOML has nan and inf; no question can be answered with them and no page can show them."""
    if isinstance(value, float) and not math.isfinite(value):
        field = ".".join(str(part) for part in where)
        found, expected = str(value), "一个确定的数"
        yield Finding(file.name, file.line(where) or 1, field, found, expected, "请改正。")
    items = value.items() if isinstance(value, dict) else ()
    inside = enumerate(value) if isinstance(value, list) else items
    for name, part in inside:
        yield from _endless_numbers(file, part, (*where, name))


def _syntax_finding(name: str, text: str, message: str) -> Finding:
    place = _PLACE.search(message)
    line = int(place.group(1)) if place else text.count("\n") + 1
    found = f"无法解析（{_PLACE.sub('', message).strip()}）"
    return Finding(
        name, line, "TOML 语法", found, "合法的 TOML", "请检查这一行的引号、括号和等号。"
    )


def _positions(text: str) -> Iterator[tuple[Where, int]]:
    """Walk the text line by line; strings and comments are blanked out before."""
    walk = _Walk()
    for number, line in enumerate(_QUOTED_OR_COMMENT.sub(_blank, text).split("\n"), start=1):
        for where in walk.items(line):
            yield where, number


def _blank(match: re.Match[str]) -> str:
    filler = " " if match.group().startswith("#") else "x"
    return re.sub(r"[^\n]", filler, match.group())


class _Walk:
    """Where in the tree the next line of a TOML text stands."""

    def __init__(self) -> None:
        self.table: Where = ()
        self.counts: dict[Where, int] = {}
        self.key: Where = ()
        self.depth = 0
        self.element = -1
        self.is_fresh = False

    def items(self, line: str) -> Iterator[Where]:
        """Paths of the items that begin on this line."""
        if self.depth:
            yield from self._elements(line)
        elif header := _HEADER.match(line):
            self.table = self._header(header.group(2).split("."), is_array=header.group(1) == "[[")
            yield self.table
        elif key := _KEY.match(line):
            self.key = (*self.table, *key.group(1).split("."))
            self.element, self.is_fresh = -1, False
            yield self.key
            yield from self._elements(line[key.end() :])

    def _header(self, names: list[str], *, is_array: bool) -> Where:
        where: Where = ()
        for name in names[:-1]:
            where = (*where, name)
            if where in self.counts:
                where = (*where, self.counts[where])
        where = (*where, names[-1])
        if is_array:
            self.counts[where] = self.counts.get(where, -1) + 1
            return (*where, self.counts[where])
        return where

    def _elements(self, text: str) -> Iterator[Where]:
        """Elements of the array that a key opened; brackets inside an element only nest."""
        for char in text:
            if self.is_fresh and self.depth == 1 and not char.isspace() and char not in ",]}":
                self.element, self.is_fresh = self.element + 1, False
                yield (*self.key, self.element)
            if char in "[{":
                self.depth += 1
                self.is_fresh = self.depth == 1
            elif char in "]}":
                self.depth -= 1
            elif char == "," and self.depth == 1:
                self.is_fresh = True
