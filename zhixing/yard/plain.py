"""Plain data: the only thing that crosses between a learner's interpreter and the examiner's.

What arrives is rebuilt as exact built-in, numpy or pandas types by the receiver; never pickle.
A ``dict`` subclass with a lying ``__eq__`` arrives as a ``dict`` (sealed-grading.md, "Proxies").
The form is JSON: simple values as they are, everything else ``{"t": type, "v": value}``.
"""

from __future__ import annotations

import io
import math
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from collections.abc import Callable, ItemsView, Iterator, KeysView, Mapping, ValuesView
from functools import lru_cache
from itertools import islice
from typing import Any

from zhixing.yard.scalars import SCALARS, NotPlainError, scalar_to_plain, short
from zhixing.yard.tables import TABLES, table_from_plain, table_to_plain

__all__ = [
    "DEEPEST",
    "MOST_ITEMS",
    "REFERENCES",
    "NotPlainError",
    "from_plain",
    "roughly",
    "to_plain",
]

DEEPEST = 40
"""How many containers may lie in one another."""

MOST_ITEMS = 200_000
"""Items of one container; an endless iterator is cut off here and refused."""

MOST_ALIKE = 100
"""Keys of one set or dict with one hash: of more, each costs a look at all before it."""

MOST_FIELDS = 100
LONGEST_NAME = 200
_LARGEST_BARE = 2**53
"""Whole numbers that any reader of JSON keeps exactly."""

_NUMBER = 8
_LOOKED_AT = 32

REFERENCES = ("function", "exception", "iterator", "lent", "library")
"""Tags of what is no data: whoever rebuilds it says what stands for it."""

Other = Callable[[Any], dict[str, Any] | None]
"""What makes a reference of a value that is no data (a function), or None."""

Rebuild = Callable[[dict[str, Any]], Any]
Within = Callable[[Any], Any]


def to_plain(value: Any, other: Other = lambda _: None, depth: int = 0) -> Any:
    """Turn a value into JSON.

    Raises
    ------
    NotPlainError
        If it is, or holds, anything but plain data, or too much of it.
    """
    kind = type(value)
    if value is None or kind is bool or kind is str:
        return value
    if kind is int and -_LARGEST_BARE < value < _LARGEST_BARE:
        return value
    if kind is float and math.isfinite(value):
        return value
    if depth > DEEPEST:
        raise NotPlainError("nested too deeply")

    def within(item: Any) -> Any:
        return to_plain(item, other, depth + 1)

    if isinstance(value, TABLES):
        return table_to_plain(value, within)
    return _bare(value) if isinstance(value, str | float) else _tagged(value, other, within)


def _bare(value: Any) -> Any:
    """Turn a text or number of another class than Python's own into JSON."""
    if isinstance(value, str):
        return str.__str__(value)
    return float(value) if math.isfinite(value) else scalar_to_plain(value)


def _tagged(value: Any, other: Other, within: Within) -> Any:
    if isinstance(value, int) and -_LARGEST_BARE < value < _LARGEST_BARE:
        return int(value)
    reference = other(value) if callable(value) or isinstance(value, Iterator) else None
    found = reference or _container_to_plain(value, within) or scalar_to_plain(value)
    if found is None:
        raise NotPlainError(type(value).__name__)
    return found


def _container_to_plain(value: Any, within: Within) -> dict[str, Any] | None:
    if isinstance(value, dict):
        return _dict_to_plain(value, within)
    if isinstance(value, tuple) and _fields(value):
        told = {"name": type(value).__name__, "fields": list(_fields(value))}
        return {"t": "namedtuple", "v": _items(tuple.__iter__(value), within), **told}
    for tag, (kind, _) in _CONTAINERS.items():
        if isinstance(value, kind):
            return {"t": tag, "v": _items(value, within)}
    # An open file is an iterator too, of what lies in it.
    if isinstance(value, Iterator) and not isinstance(value, io.IOBase):
        return {"t": "iterator", "v": _items(value, within)}
    return None


def _dict_to_plain(value: Any, within: Within) -> dict[str, Any]:
    tag = next((name for name, (kind, _) in _DICTS.items() if isinstance(value, kind)), "dict")
    pairs = [[within(key), within(item)] for key, item in _few(dict.items(value))]
    told = {"t": tag, "v": pairs}
    return {**told, "f": within(value.default_factory)} if tag == "defaultdict" else told


def _fields(value: Any) -> tuple[str, ...]:
    """Fields of a named tuple; of other tuples none."""
    found = getattr(type(value), "_fields", ())
    is_named = isinstance(found, tuple) and all(isinstance(one, str) for one in found)
    return found if is_named and len(found) == len(value) else ()


def _items(value: Any, within: Within) -> list[Any]:
    return [within(item) for item in _few(value)]


def _few(items: Any) -> list[Any]:
    found = list(islice(iter(items), MOST_ITEMS + 1))
    if len(found) > MOST_ITEMS:
        raise NotPlainError(f"more than {MOST_ITEMS} items")
    return found


def roughly(plain: Any) -> int:
    """How many characters a message takes, about: long lists are taken for like all through."""
    if isinstance(plain, str):
        return len(plain)
    if isinstance(plain, dict):
        return sum(map(roughly, plain.values()))
    if isinstance(plain, list):
        few = len(plain) <= _LOOKED_AT
        return sum(map(roughly, plain)) if few else len(plain) * roughly(plain[0])
    return _NUMBER


def from_plain(plain: Any, other: Rebuild | None = None, depth: int = 0) -> Any:
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
    if plain is None or type(plain) in (bool, str, int, float):
        return plain
    if depth > DEEPEST:
        raise NotPlainError("nested too deeply")
    if type(plain) is not dict or type(plain.get("t")) is not str:
        raise NotPlainError("no tag")
    try:
        return _untagged(plain, other, lambda item: from_plain(item, other, depth + 1))
    except NotPlainError:
        raise
    except Exception as error:  # whatever a constructor makes of hostile content
        raise NotPlainError(f"{plain['t']:.40}: {type(error).__name__}") from error


def _untagged(plain: dict[str, Any], other: Rebuild | None, within: Within) -> Any:
    tag, value = plain["t"], plain.get("v")
    if tag in REFERENCES and other is not None and not (tag == "iterator" and "v" in plain):
        return other(plain)
    if tag in SCALARS:
        return SCALARS[tag].read(value)
    if tag in _CONTAINERS:
        return _CONTAINERS[tag][1]([within(item) for item in _listed(value)])
    if tag in _DICTS or tag == "dict":
        pairs = [(within(key), within(item)) for key, item in map(_pair, _listed(value))]
        factory = [within(plain.get("f"))] if tag == "defaultdict" else []
        return _DICTS[tag][1](*factory, _dict(pairs)) if tag in _DICTS else _dict(pairs)
    if tag == "namedtuple":
        return _named(plain)([within(item) for item in _listed(value)])
    if tag == "iterator":
        found = [within(item) for item in _listed(value)]
        return (item for item in found)
    return table_from_plain(plain, within)


def _named(plain: Mapping[str, Any]) -> Callable[[list[Any]], Any]:
    fields = [short(one, LONGEST_NAME) for one in _listed(plain["fields"])[:MOST_FIELDS]]
    made: Any = _named_class(short(plain["name"], LONGEST_NAME), tuple(fields))
    make: Callable[[list[Any]], Any] = made._make
    return make


@lru_cache(maxsize=256)
def _named_class(name: str, fields: tuple[str, ...]) -> type:
    # Refuses whatever is no name; the same names are the same class, so that values compare.
    return namedtuple(name, fields)


def _spread(keys: list[Any]) -> list[Any]:
    """Refuse keys that were chosen to fall on one another."""
    if len(keys) > MOST_ALIKE:
        [(_, most)] = Counter(map(hash, keys)).most_common(1)
        if most > MOST_ALIKE:
            raise NotPlainError("keys that are too much alike")
    return keys


def _dict(pairs: list[Any]) -> dict[Any, Any]:
    _spread([key for key, _ in pairs])
    return dict(pairs)


def _listed(value: Any) -> list[Any]:
    if type(value) is not list or len(value) > MOST_ITEMS:
        raise NotPlainError("no list, or too long")
    return value


def _pair(value: Any) -> list[Any]:
    if len(_listed(value)) != 2:
        raise NotPlainError("no pair")
    found: list[Any] = value
    return found


_CONTAINERS: Mapping[str, tuple[type, Callable[[list[Any]], Any]]] = {
    "list": (list, list),
    "tuple": (tuple, tuple),
    "set": (set, lambda items: set(_spread(items))),
    "frozenset": (frozenset, lambda items: frozenset(_spread(items))),
    "deque": (deque, deque),
    "keys": (KeysView, lambda items: dict.fromkeys(_spread(items)).keys()),
    "values": (ValuesView, lambda items: dict(enumerate(items)).values()),
    "items": (ItemsView, lambda items: _dict(items).items()),
}


_DICTS: Mapping[str, tuple[type, Callable[..., Any]]] = {
    "counter": (Counter, Counter),
    "odict": (OrderedDict, OrderedDict),
    "defaultdict": (defaultdict, defaultdict),
}
