"""Scalars as plain data: single values of Python's own types, each with its bounds.

Numbers cross in hexadecimal: it has no limit of digits and is read in time that grows with its
length and not with the square of it.
"""

from __future__ import annotations

import base64
import math
import pathlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

MOST_BITS = 1 << 20
"""Of a whole number: some 300,000 digits."""

MOST_FRACTION_BITS = 1 << 16
LONGEST_TEXT = 1 << 16
"""Characters of a number or moment that is written as text."""


class NotPlainError(Exception):
    """A value that is no plain data, named by its type; or a message that is no plain data."""


TYPES: Mapping[str, type] = {
    f"{kind.__module__}.{kind.__name__}": kind
    for kind in (
        *(int, float, str, bool, complex, bytes, bytearray, type(None)),
        *(list, dict, tuple, set, frozenset, range, slice),
        *(Decimal, Fraction, datetime, date, time, timedelta),
        *(np.ndarray, np.int64, np.int32, np.float64, np.float32, np.bool_, np.str_),
        *(pd.DataFrame, pd.Series, pd.Index, pd.Timestamp, pd.Timedelta),
    )
}
"""Types that cross as themselves, for ``type(x)`` as a result; no exception is among them."""


@dataclass(frozen=True)
class Scalar:
    """A type, how a value of it is written as JSON and how it is read."""

    kind: type
    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def _text(kind: type, write: Callable[[Any], str], read: Callable[[str], Any]) -> Scalar:
    return Scalar(kind, write, lambda told: read(short(told)))


def short(told: Any, most: int = LONGEST_TEXT) -> str:
    """Return a text that is not too long.

    Raises
    ------
    NotPlainError
        If it is none, or longer.
    """
    if type(told) is not str or len(told) > most:
        raise NotPlainError("no text, or too long")
    return told


def _bounded(value: int, bits: int) -> int:
    if value.bit_length() > bits:
        raise NotPlainError(f"int of more than {bits} bits")
    return value


def _whole(told: Any, bits: int = MOST_BITS) -> int:
    return _bounded(int(short(told, bits // 4 + len("-0x0")), 16), bits)


def _fraction(told: Any) -> Fraction:
    top, bottom = told
    return Fraction(_whole(top, MOST_FRACTION_BITS), _whole(bottom, MOST_FRACTION_BITS))


def _bytes(told: Any) -> bytes:
    return base64.b64decode(short(told, most=1 << 30), validate=True)


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _three(told: Any) -> list[Any]:
    if type(told) is not list or len(told) != 3:
        raise NotPlainError("not three parts")
    return told


def _part(value: Any) -> str | None:
    """Write a bound of a range or slice; one that is no number makes no plain slice."""
    return None if value is None else hex(_bounded(int(value), MOST_BITS))


def _parts(told: Any) -> list[int | None]:
    return [None if one is None else _whole(one) for one in _three(told)]


def _type_name(value: type) -> str:
    name = f"{value.__module__}.{value.__name__}"
    if TYPES.get(name) is not value:
        raise NotPlainError("type")
    return name


SCALARS: Mapping[str, Scalar] = {
    "float": Scalar(
        float,
        lambda value: repr(float(value)),
        lambda told: {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}[told],
    ),
    "int": Scalar(int, lambda value: hex(_bounded(int(value), MOST_BITS)), _whole),
    "bytes": Scalar(bytes, _base64, _bytes),
    "bytearray": Scalar(bytearray, _base64, lambda told: bytearray(_bytes(told))),
    "complex": _text(complex, complex.__repr__, complex),
    "decimal": _text(Decimal, Decimal.__str__, Decimal),
    "fraction": Scalar(
        Fraction,
        lambda value: [
            hex(_bounded(one, MOST_FRACTION_BITS)) for one in (value.numerator, value.denominator)
        ],
        _fraction,
    ),
    "datetime": _text(datetime, datetime.isoformat, datetime.fromisoformat),
    "date": _text(date, date.isoformat, date.fromisoformat),
    "time": _text(time, time.isoformat, time.fromisoformat),
    "timedelta": Scalar(
        timedelta,
        lambda value: [value.days, value.seconds, value.microseconds],
        lambda told: timedelta(*map(int, _three(told))),
    ),
    "range": Scalar(
        range,
        lambda value: [_part(one) for one in (value.start, value.stop, value.step)],
        lambda told: range(*(one or 0 for one in _parts(told))),
    ),
    "slice": Scalar(
        slice,
        lambda value: [_part(one) for one in (value.start, value.stop, value.step)],
        lambda told: slice(*_parts(told)),
    ),
    "path": _text(pathlib.Path, str, pathlib.Path),
    "type": Scalar(type, _type_name, lambda told: TYPES[told]),
}
"""By tag, in the order in which a value is tried: a ``datetime`` is a ``date`` too."""


def scalar_to_plain(value: Any) -> dict[str, Any] | None:
    """Turn a value into JSON; None where it is no scalar of this list."""
    for tag, scalar in SCALARS.items():
        if isinstance(value, scalar.kind):
            return {"t": tag, "v": scalar.write(value)}
    return None
