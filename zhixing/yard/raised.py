"""Raised: exceptions as they cross between interpreters, by the names of their classes.

The receiver raises a class that it knows itself, or one of its own making with the same name and
the nearest class above that it knows. What ends an iteration is never rebuilt: ``all(map(...))``
would take a learner's ``raise StopIteration`` for the end of its cases.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

KNOWN = (
    *("builtins", "json.decoder", "decimal", "statistics", "re", "csv", "_csv", "sqlite3"),
    *("zoneinfo._common", "binascii", "struct", "configparser", "zipfile", "queue", "_queue"),
    *("subprocess", "numpy.linalg", "numpy.exceptions", "pandas.errors"),
    *("pandas._libs.tslibs.parsing", "pandas._libs.tslibs.np_datetime"),
)
"""Modules whose exceptions are the same on both sides and only hold what they are given."""

_NEVER = {"StopIteration", "StopAsyncIteration"}
_MOST_CLASSES = 50
_MOST_PARTS = 20
_LONGEST_NAME = 200
_LONGEST_TEXT = 2000

Plain = Callable[[Any], Any]


def told_class(kind: type[BaseException]) -> dict[str, Any]:
    """Say of a class of exceptions what its like can be made from."""
    above = [[str(one.__module__), str(one.__name__)] for one in kind.__mro__[:_MOST_CLASSES]]
    return {"type": kind.__name__[:_LONGEST_NAME], "mro": above}


def told_error(error: BaseException, write: Plain | None = None) -> dict[str, Any]:
    """Say of an exception what its like can be made from.

    Parameters
    ----------
    write
        Makes plain data; parts of which it makes none are left out, and without it all are.
    """
    try:
        text = str(error)[:_LONGEST_TEXT]
    except Exception:  # noqa: BLE001 - a learner's exception may fail to say what it is
        text = ""
    told = {**told_class(type(error)), "text": text}
    if write is None:
        return told
    with suppress(Exception):  # then the text is all there is
        told["args"] = [write(one) for one in _arguments(error)[:_MOST_PARTS]]
    with suppress(Exception):
        told["parts"] = _written(vars(error), write)
    return told


def _arguments(error: BaseException) -> tuple[Any, ...]:
    """What it was made with; of a file that was not found ``args`` leaves the name out."""
    if isinstance(error, OSError) and error.filename is not None:
        return (*error.args, error.filename)
    return error.args


def _written(parts: Mapping[str, Any], write: Plain) -> dict[str, Any]:
    found = {}
    for name, value in list(parts.items())[:_MOST_PARTS]:
        with suppress(Exception):
            found[name] = write(value)
    return found


class Rebuilder:
    """Makes exceptions of what the other side told.

    Parameters
    ----------
    unknown
        What stands above every class of its own making.
    """

    def __init__(self, unknown: type[Exception]) -> None:
        self._unknown = unknown
        self._made: dict[tuple[str, tuple[type[Exception], ...]], type[Exception]] = {}

    def error(self, told: Any, read: Plain) -> Exception:
        """Rebuild an exception; whatever is wrong with what was told, it is one."""
        if not isinstance(told, dict):
            return self._unknown("")
        kind = self.kind(told)
        text = str(told.get("text", ""))[:_LONGEST_TEXT]
        try:
            args = [read(one) for one in told["args"]][:_MOST_PARTS]
        except Exception:  # noqa: BLE001 - absent, or no plain data
            args = [text]
        error = _raisable(kind, args)
        if kind in self._made.values():
            error.__dict__["_text"] = text
        error.__dict__.update(_parts(told.get("parts"), read))
        return error

    def kind(self, told: Mapping[str, Any], *, is_own: bool = False) -> type[Exception]:
        """Rebuild a class of exceptions.

        Parameters
        ----------
        is_own
            Whether it must be one of its own making: a learner's ``except`` in a test is to catch
            what the learner raises and nothing that the test raises itself.
        """
        above = [pair for pair in _pairs(told.get("mro")) if pair[1] not in _NEVER]
        if len(above) < len(_pairs(told.get("mro"))):
            return self._unknown
        known = [kind for kind in map(_known, above) if kind is not None]
        if known and _known(above[0]) and not is_own:
            return known[0]
        nearest = [
            kind
            for place, kind in enumerate(known)
            if not any(issubclass(lower, kind) for lower in known[:place])
        ]
        return self._own(str(told.get("type", "")), tuple(nearest))

    def _own(self, name: str, nearest: tuple[type[Exception], ...]) -> type[Exception]:
        name = name if name.isidentifier() and len(name) <= _LONGEST_NAME else "LearnerError"
        if (name, nearest) not in self._made:
            above = tuple(kind for kind in nearest if kind is not Exception)
            self._made[name, nearest] = self._class(name, above)
        return self._made[name, nearest]

    def _class(self, name: str, above: tuple[type[Exception], ...]) -> type[Exception]:
        content = {"__str__": _text_of, "__module__": "__main__"}
        for bases in ((self._unknown, *above), (self._unknown, *above[:1])):
            with suppress(TypeError):  # some built-in exceptions do not go together
                return type(name, bases, content)
        return self._unknown


def _text_of(error: Exception) -> str:
    told = error.__dict__.get("_text")
    return told if isinstance(told, str) else Exception.__str__(error)


def _pairs(told: Any) -> list[tuple[str, str]]:
    pairs = told if isinstance(told, list) else []
    return [
        (pair[0], pair[1])
        for pair in pairs[:_MOST_CLASSES]
        if isinstance(pair, list) and len(pair) == 2 and all(type(one) is str for one in pair)
    ]


def _known(pair: tuple[str, str]) -> type[Exception] | None:
    """Class of this name, if it is one of the known modules' that this process has loaded."""
    module, name = pair
    if module not in KNOWN or module not in sys.modules:
        return None
    # Looked up in the module's own names: asking the module might make it import something.
    found = vars(sys.modules[module]).get(name)
    return found if isinstance(found, type) and issubclass(found, Exception) else None


def _raisable(kind: type[Exception], args: list[Any]) -> Exception:
    try:
        error = kind(*args)
    except Exception:  # noqa: BLE001 - some want more than their arguments say afterwards
        error = kind.__new__(kind, *args)
        error.args = tuple(args)
    return error if isinstance(error, Exception) else Exception(*args)


def _parts(told: Any, read: Plain) -> dict[str, Any]:
    """Attributes of an exception; none that Python or IPython would take for its own."""
    found = {}
    for name, plain in list(told.items())[:_MOST_PARTS] if isinstance(told, dict) else ():
        if name.isidentifier() and not name.startswith("_"):
            with suppress(Exception):
                found[name] = read(plain)
    return found
