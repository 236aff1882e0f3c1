"""Lent: functions that a test gives to a learner's, and how those are called from over there.

What Python's own library has goes over by its name. What the test itself wrote stays here: the
learner's side may call it with plain values while it works on a call, as it may in one interpreter.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

from zhixing.yard.handles import Handles
from zhixing.yard.raised import told_error
from zhixing.yard.timelimit import CellTimeoutError

LIBRARIES = frozenset({*sys.stdlib_module_names, "numpy", "pandas", "scipy"})


class Lent:
    """Functions of tests, by number.

    Parameters
    ----------
    read, write
        Make values of plain data, and plain data of values.
    """

    def __init__(self, read: Callable[[Any], Any], write: Callable[[Any], Any]) -> None:
        self._read, self._write = read, write
        self._handles = Handles()

    def reference(self, value: Any) -> dict[str, Any] | None:
        """What the learner's side is told of a function; None where it can be told nothing."""
        if not callable(value):
            return None
        library = _library_name(value)
        if library is not None:
            return {"t": "library", "module": library[0], "name": library[1]}
        # A class of the test's would have to cross with its instances.
        number = None if isinstance(value, type) else self._handles.number_of(value)
        name = str(getattr(value, "__name__", "function"))
        return None if number is None else {"t": "lent", "v": number, "name": name}

    def at(self, told: Mapping[str, Any]) -> Any:
        """Return a function that comes back.

        Raises
        ------
        KeyError
            If it was never lent.
        """
        return self._handles.at(told.get("v"))

    def answer(self, told: Mapping[str, Any]) -> dict[str, Any]:
        """Call what the learner's side asks for; what comes of it, in plain data.

        Raises
        ------
        CellTimeoutError
            If the test's own time is over.
        """
        try:
            args = [self._read(one) for one in told["args"]]
            kwargs = {str(name): self._read(one) for name, one in told["kwargs"].items()}
            return {"value": self._write(self._handles.at(told["lent"])(*args, **kwargs))}
        except CellTimeoutError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever the test's function makes of it
            return {"error": told_error(error, self._write)}


def _library_name(value: Any) -> tuple[str, str] | None:
    """Module and name under which Python's own library, numpy or pandas has this very value."""
    owner = getattr(value, "__objclass__", value)
    module = str(getattr(owner, "__module__", "") or "")
    name = str(getattr(value, "__qualname__", None) or getattr(value, "__name__", ""))
    for place in (module, module.partition(".")[0], "numpy"):
        if place.partition(".")[0] in LIBRARIES and _found(place, name) is value:
            return place, name
    return None


def _found(module: str, name: str) -> Any:
    first, *rest = name.split(".")
    # Looked up in the module's own names: asking the module might make it import something.
    found = vars(sys.modules[module]).get(first) if module in sys.modules else None
    for part in rest:
        found = getattr(found, part, None)
    return found
