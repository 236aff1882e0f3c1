"""Proxies: what stands in a test for a learner's functions and iterators.

They are functions and generators of the examiner's own, so that ``inspect`` and ``isinstance`` say
of them what they say of others; each call and each item goes over.
"""

from __future__ import annotations

import ast
import linecache
from collections.abc import Callable, Generator, Sequence
from typing import Any, Protocol

from grading.engine.names import parsed
from zhixing.yard.functions import LONGEST_DOC, told_signature
from zhixing.yard.plain import NotPlainError

LONGEST_NAME = 200
MOST_AHEAD = 1000
"""Items of an iterator that are fetched at once."""


class Remote(Protocol):
    """Whoever reaches the learner's side."""

    def call(
        self, number: int, changes: Sequence[str], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """Call a function; some of its arguments may come back changed."""

    def next_items(self, number: int, most: int) -> tuple[list[Any], Exception | None, bool]:
        """Take items of an iterator; what it raised after them, and whether it is over."""


class Proxies:
    """Makes proxies; the same function or iterator over there is always the same here."""

    def __init__(self, remote: Remote) -> None:
        self._remote = remote
        self._functions: dict[tuple[int, tuple[str, ...]], Any] = {}
        self._iterators: dict[int, Generator[Any]] = {}
        self._numbers: dict[int, dict[str, Any]] = {}
        self._sources: list[str] = []
        self._places: dict[str, tuple[str, int]] = {}

    def know_source(self, source: str) -> None:
        """Take the source of a learner's cell, for tests that look at how a function is written."""
        self._sources.append(source)
        self._places = {}

    def function(self, told: dict[str, Any], read: Callable[[Any], Any]) -> Any:
        """Stand for a function.

        Raises
        ------
        NotPlainError
            If what was told of it is none.
        """
        number, name = told.get("v"), told.get("name")
        if type(number) is not int or type(name) is not str:
            raise NotPlainError("no function")
        known = self._functions.get((number, ()))
        if known is None:
            known = self._made(number, (), name[:LONGEST_NAME])
            doc = told.get("doc")
            known.__doc__ = doc[:LONGEST_DOC] if type(doc) is str else None
            signature = told_signature(told.get("parameters"), read)
            if signature is not None:
                known.__signature__ = signature
        return known

    def with_changes(self, value: Any, changes: Sequence[str]) -> Any:
        """Return the value; where it is a function, one that may change these arguments."""
        reference = self.reference(value)
        if not changes or reference is None or reference["t"] != "function":
            return value
        key = (reference["v"], tuple(changes))
        if key not in self._functions:
            made = self._made(*key, value.__name__)
            made.__doc__ = value.__doc__
            made.__dict__.update(value.__dict__)
        return self._functions[key]

    def _made(self, number: int, changes: tuple[str, ...], name: str) -> Any:
        remote = self._remote

        def function(*args: Any, **kwargs: Any) -> Any:
            return remote.call(number, changes, args, kwargs)

        function.__name__ = function.__qualname__ = name
        function.__module__ = "__main__"
        self._place(function, name)
        self._functions[number, changes] = function
        self._numbers[id(function)] = {"t": "function", "v": number}
        return function

    def iterator(self, told: dict[str, Any]) -> Generator[Any]:
        """Stand for an iterator: nothing is taken from it before it is asked for.

        Raises
        ------
        NotPlainError
            If what was told of it is none.
        """
        number = told.get("n")
        if type(number) is not int:
            raise NotPlainError("no iterator")
        if number not in self._iterators:
            found = self._iterators[number] = self._items(number)
            self._numbers[id(found)] = {"t": "iterator", "n": number}
        return self._iterators[number]

    def _items(self, number: int) -> Generator[Any]:
        most = 1
        while True:
            items, error, is_over = self._remote.next_items(number, most)
            yield from items
            if error is not None:
                raise error
            if is_over:
                return
            most = min(2 * most, MOST_AHEAD)

    def reference(self, value: Any) -> dict[str, Any] | None:
        """Return what the learner's side knows a proxy by; None for anything else."""
        return self._numbers.get(id(value))

    def _place(self, function: Any, name: str) -> None:
        """Let ``inspect.getsource`` find the learner's own lines."""
        if self._sources and not self._places:
            self._places = dict(_places(self._sources))
        if name in self._places:
            file, line = self._places[name]
            function.__code__ = function.__code__.replace(co_filename=file, co_firstlineno=line)


def _places(sources: Sequence[str]) -> Generator[tuple[str, tuple[str, int]]]:
    """Functions of the cells, with the file that stands for the cell and the line they begin in."""
    for place, source in enumerate(sources):
        file = f"<learner-{place}>"
        linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
        tree = parsed(source)
        for node in ast.walk(tree) if tree else ():
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = [node.lineno, *(one.lineno for one in node.decorator_list)]
                yield node.name, (file, min(lines))
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        yield target.id, (file, node.lineno)
