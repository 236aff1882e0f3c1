"""Shared files: those that a test gives to a learner's function, and those that come back.

A test gives a file by naming it as an argument; no other file of the examiner's goes over. What
the learner's code writes comes back, but never in the place of a file of the course or the test:
a test that compares two files is to find its own.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from zhixing.yard.folder import LONGEST_NAME, MOST_FILES, Files, Folder, is_name

MOST_NAMES = 50
"""Of a list of names that is given as one argument."""


class SharedFiles:
    """Files of the examiner's folder.

    Parameters
    ----------
    root
        Where it is.
    courses
        Names of the course's side files, which both sides have.
    """

    def __init__(self, root: Path, courses: Iterable[str]) -> None:
        self._root, self._folder = root, Folder(root)
        self._courses = frozenset(courses)

    def given(self, arguments: Iterable[Any]) -> Files:
        """Files and folders that these arguments name."""
        names = [name for one in arguments for name in self._names(one)]
        return self._folder.files(name for name in names if name not in self._courses)

    def _names(self, value: Any) -> Iterator[str]:
        if isinstance(value, list | tuple):
            for one in value[:MOST_NAMES]:
                yield from self._names(one) if isinstance(one, str | Path) else ()
        elif isinstance(value, str | Path) and len(str(value)) <= LONGEST_NAME:
            name = os.path.relpath(self._root / value, self._root)
            if is_name(name) and self._folder.has(name):
                yield from self._folder.below(name)
            elif is_name(name) and self._folder.has(os.path.dirname(name) or name):  # noqa: PTH120
                # A file to be written is written into a folder.
                yield os.path.dirname(name)  # noqa: PTH120 - of a name, not of a place

    def take(self, told: Any, given: Mapping[str, Any] = MappingProxyType({})) -> None:
        """Take files that the learner's side told of.

        Parameters
        ----------
        given
            Files that its function was given, and may change or remove.
        """
        files = told.get("files") if isinstance(told, Mapping) else None
        self._folder.take(files, lambda name: self._may_come(name, given))
        gone = told.get("gone") if isinstance(told, Mapping) else None
        for name in gone[:MOST_FILES] if isinstance(gone, list) else ():
            if type(name) is str and name in given:
                self._folder.remove(name)

    def _may_come(self, name: str, given: Mapping[str, Any]) -> bool:
        if name in self._courses:
            return False
        # One that the test wrote anew since is the test's own.
        return name in given or not self._folder.has(name) or self._folder.is_as_taken(name)
