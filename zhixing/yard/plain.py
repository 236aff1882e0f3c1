"""Plain data: the only thing that crosses between a learner's interpreter and the examiner's.

What arrives is rebuilt as exact built-in, numpy or pandas types by the receiver; never pickle.
A ``dict`` subclass with a lying ``__eq__`` arrives as a ``dict`` (sealed-grading.md, "Proxies").
The form is JSON: scalars as they are, everything else ``{"t": type, "v": value}``.
"""

from __future__ import annotations

import base64
import math
import types
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from typing import Any

from zhixing.yard.tables import TABLES, table_from_plain, table_to_plain

DEEPEST = 40
"""How many containers may lie in one another."""

MOST_ITEMS = 200_000
"""Items of one container; an endless iterator is cut off here and refused."""

_ITERATORS = (types.GeneratorType, map, filter, zip, enumerate, reversed)
_SEQUENCES: dict[str, Callable[[Any], Any]] = {
    "list": list,
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "deque": deque,
}
_MAPPINGS: dict[str, Callable[[Any], Any]] = {
    "dict": dict,
    "counter": lambda pairs: Counter(dict(pairs)),
    "odict": OrderedDict,
}
_TEXTS: dict[str, tuple[type, Callable[[Any], str], Callable[[str], Any]]] = {
    "int": (int, int.__repr__, int),
    "datetime": (datetime, datetime.isoformat, datetime.fromisoformat),
    "date": (date, date.isoformat, date.fromisoformat),
    "time": (time, time.isoformat, time.fromisoformat),
    "decimal": (Decimal, Decimal.__str__, Decimal),
    "fraction": (Fraction, Fraction.__str__, Fraction),
    "bytes": (bytes, lambda value: base64.b64encode(value).decode(), base64.b64decode),
    "complex": (complex, complex.__repr__, complex),
}


REFERENCES = ("function", "exception")
"""Tags of what is no data: whoever rebuilds it says what stands for it."""


class NotPlainError(Exception):
    """A value that is no plain data, named by its type; or a message that is no plain data."""


Other = Callable[[Any], dict[str, Any] | None]
"""What makes a reference of a value that is no data (a function), or None."""


def to_plain(value: Any, other: Other = lambda _: None, depth: int = 0) -> Any:
    """Turn a value into JSON.

    Raises
    ------
    NotPlainError
        If it is, or holds, anything but plain data, or too much of it.
    """
    if depth > DEEPEST:
        raise NotPlainError("nested too deeply")
    if value is None or type(value) in (bool, str):
        return value
    if isinstance(value, TABLES):
        return table_to_plain(value, lambda item: to_plain(item, other, depth + 1))
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, float):
        return _float_to_plain(float(value))
    if isinstance(value, int) and -(2**53) < value < 2**53:
        return int(value)
    return _tagged(value, other, depth)


def _float_to_plain(value: float) -> Any:
    return value if math.isfinite(value) else {"t": "float", "v": repr(value)}


def _tagged(value: Any, other: Other, depth: int) -> dict[str, Any]:
    for tag, (kind, write, _) in _TEXTS.items():
        if isinstance(value, kind):
            return {"t": tag, "v": write(value)}
    if isinstance(value, timedelta):
        return {"t": "timedelta", "v": [value.days, value.seconds, value.microseconds]}
    if isinstance(value, range | slice):
        return {"t": type(value).__name__, "v": [value.start, value.stop, value.step]}
    container = _container_to_plain(value, other, depth)
    reference = other(value) if container is None else container
    if reference is None:
        raise NotPlainError(type(value).__name__)
    return reference


def _container_to_plain(value: Any, other: Other, depth: int) -> dict[str, Any] | None:
    if isinstance(value, dict):
        known = {Counter: "counter", OrderedDict: "odict"}
        tag = next((name for kind, name in known.items() if isinstance(value, kind)), "dict")
        pairs = [
            [to_plain(item, other, depth + 1) for item in pair]
            for pair in islice(dict.items(value), MOST_ITEMS + 1)
        ]
        return {"t": tag, "v": _bounded(pairs)}
    for tag, kind in _SEQUENCES.items():
        if isinstance(value, kind):  # type: ignore[arg-type]
            return {"t": tag, "v": _items(value, other, depth)}
    if isinstance(value, _ITERATORS) or type(value).__name__.endswith("_iterator"):
        return {"t": "iterator", "v": _items(value, other, depth)}
    return None


def _items(value: Any, other: Other, depth: int) -> list[Any]:
    found = [to_plain(item, other, depth + 1) for item in islice(iter(value), MOST_ITEMS + 1)]
    return _bounded(found)


def _bounded(items: list[Any]) -> list[Any]:
    if len(items) > MOST_ITEMS:
        raise NotPlainError(f"more than {MOST_ITEMS} items")
    return items


def from_plain(
    plain: Any, other: Callable[[dict[str, Any]], Any] | None = None, depth: int = 0
) -> Any:
    """Rebuild a value.

    Parameters
    ----------
    other
        What makes a value of a reference (``{"t": "function", ...}``); without it there are none.

    Raises
    ------
    NotPlainError
        If the message is no plain data, whatever is wrong with it.
    """
    if depth > DEEPEST:
        raise NotPlainError("nested too deeply")
    if plain is None or type(plain) in (bool, str, int, float):
        return plain
    if type(plain) is not dict or type(plain.get("t")) is not str:
        raise NotPlainError("no tag")
    try:
        return _untagged(plain, other, depth)
    except NotPlainError:
        raise
    except Exception as error:  # whatever a constructor makes of hostile content
        raise NotPlainError(f"{plain['t']}: {type(error).__name__}") from error


def _untagged(
    plain: Mapping[str, Any], other: Callable[[dict[str, Any]], Any] | None, depth: int
) -> Any:
    tag, value = plain["t"], plain.get("v")

    def within(item: Any) -> Any:
        return from_plain(item, other, depth + 1)

    if tag in _SEQUENCES:
        return _SEQUENCES[tag]([within(item) for item in _listed(value)])
    if tag in _MAPPINGS:
        pairs = [[within(key), within(item)] for key, item in map(_pair, _listed(value))]
        return _MAPPINGS[tag](pairs)
    if tag == "iterator":
        found = [within(item) for item in _listed(value)]
        return (item for item in found)
    if tag == "float":
        return {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}[str(value)]
    if tag in _TEXTS:
        return _TEXTS[tag][2](_text(value))
    if tag == "timedelta":
        return timedelta(*map(int, _listed(value)))
    if tag in ("range", "slice"):
        return (range if tag == "range" else slice)(*map(within, _listed(value)))
    return _reference(plain, other, within)


def _reference(
    plain: Mapping[str, Any],
    other: Callable[[dict[str, Any]], Any] | None,
    within: Callable[[Any], Any],
) -> Any:
    if plain["t"] in REFERENCES and other is not None:
        return other(dict(plain))
    return table_from_plain(plain, within)


def _listed(value: Any) -> list[Any]:
    if type(value) is not list or len(value) > MOST_ITEMS:
        raise NotPlainError("no list, or too long")
    return value


def _pair(value: Any) -> list[Any]:
    if len(_listed(value)) != 2:
        raise NotPlainError("no pair")
    found: list[Any] = value
    return found


def _text(value: Any) -> str:
    if type(value) is not str:
        raise NotPlainError("no text")
    return value
