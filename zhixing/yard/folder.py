"""Folder: files as they cross between the two sides, by name, in bounds, as bytes."""

from __future__ import annotations

import base64
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

MOST_FILES = 200
LARGEST_TOTAL = 8 << 20
"""Bytes of all files that cross at once."""

MOST_SEEN = 2000
"""Files that are looked at; a learner's folder may hold more, none of which is missed."""

MOST_PARTS = 8
LONGEST_NAME = 200

Files = dict[str, str | None]
"""Content by name, base64; None of a folder."""


class Folder:
    """A job's own folder, and what of it the other side was told already.

    Parameters
    ----------
    root
        Where it is.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._told: dict[str, tuple[int, int]] = {}

    def has(self, name: str) -> bool:
        """Whether something of this name is there."""
        return os.path.lexists(self._root / name)

    def is_as_taken(self, name: str) -> bool:
        """Whether a file is as it came from the other side."""
        try:
            status = (self._root / name).lstat()
        except OSError:
            return False
        return self._told.get(name) == (status.st_size, status.st_mtime_ns)

    def remove(self, name: str) -> None:
        """Remove a file."""
        with suppress(OSError):
            (self._root / name).unlink()

    def remember(self) -> None:
        """Take everything that is there for known."""
        self._told = dict(self._found())

    def news(self) -> Files:
        """Files that are new or changed since; what is too much is left out."""
        found = dict(self._found())
        names = [name for name, seen in found.items() if self._told.get(name) != seen]
        self._told = found
        return self.files(names)

    def files(self, names: Iterable[str]) -> Files:
        """These files and folders; what is too much is left out."""
        told: Files = {}
        room = LARGEST_TOTAL
        for name in names:
            path = self._root / name
            with suppress(OSError):
                if path.is_dir() and not path.is_symlink():
                    told[name] = None
                elif path.is_file() and path.stat().st_size <= room and len(told) < MOST_FILES:
                    content = path.read_bytes()
                    room -= len(content)
                    told[name] = base64.b64encode(content).decode()
        return told

    def below(self, name: str) -> list[str]:
        """Names of what is in a folder of it, or of the one file."""
        path = self._root / name
        if not path.is_dir():
            return [name]
        return [name, *(found for found, _ in self._found() if found.startswith(f"{name}/"))]

    def _found(self) -> Iterator[tuple[str, tuple[int, int]]]:
        """Plain files below it, each with what changes when it does; nothing hidden."""
        return islice(self._walked("", self._root.stat().st_dev), MOST_SEEN)

    def _walked(self, place: str, device: int) -> Iterator[tuple[str, tuple[int, int]]]:
        with suppress(OSError), os.scandir(self._root / place) as entries:
            for entry in entries:
                name = f"{place}/{entry.name}".lstrip("/")
                if not is_name(name):
                    continue
                status = entry.stat(follow_symlinks=False)
                # What is mounted below it (Python itself, at times) is no work of the job's.
                if stat.S_ISDIR(status.st_mode) and status.st_dev == device:
                    yield from self._walked(name, device)
                elif stat.S_ISREG(status.st_mode):
                    yield name, (status.st_size, status.st_mtime_ns)

    def take(self, told: Any, may: Callable[[str], bool] = lambda _: True) -> None:
        """Write files of the other side's.

        Parameters
        ----------
        may
            Whether a file of this name may be written.
        """
        room = LARGEST_TOTAL
        items = list(told.items())[:MOST_FILES] if isinstance(told, Mapping) else []
        for name, content in items:
            if not is_name(name) or not may(name):
                continue
            path = self._root / name
            with suppress(OSError, ValueError):  # a name that is a folder here, or no base64
                if content is None:
                    path.mkdir(parents=True, exist_ok=True)
                elif type(content) is str and len(content) <= 2 * room:
                    plain = base64.b64decode(content, validate=True)
                    room -= len(plain)
                    _write(path, plain)
                    status = path.stat()
                    self._told[name] = (status.st_size, status.st_mtime_ns)


def is_name(name: Any) -> bool:
    """Whether it names something below the folder, and nothing hidden."""
    if type(name) is not str or not 0 < len(name) <= LONGEST_NAME or "\0" in name:
        return False
    parts = PurePosixPath(name).parts
    is_plain = all(part not in ("", ".", "..", "/") for part in parts)
    is_hidden = any(part.startswith((".", "__")) for part in parts)
    return is_plain and not is_hidden and 0 < len(parts) <= MOST_PARTS


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # A link there is followed nowhere: it would have been made by somebody else.
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(number, "wb") as file:
        file.write(content)
