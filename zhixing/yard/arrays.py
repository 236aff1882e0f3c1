"""Arrays as plain data: numpy's, by dtypes of a closed list, as bytes."""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

MOST_CELLS = 2_000_000
"""Cells of one array; a table of a data task has some thousands."""

MOST_FIELDS = 200
_KINDS = "biufcMmSU"
"""Kinds of numpy dtypes that are plain bytes."""

_DTYPE = re.compile(r"[<>|=](?:[biufc]\d{1,2}|[SU]\d{1,6}|[mM]8(?:\[\d{0,6}[a-zA-Z]{1,2}\])?)")

Within = Callable[[Any], Any]
ARRAYS = ("array", "objects", "record", "masked")
"""Tags of arrays."""


def array_to_plain(array: Any, within: Within) -> dict[str, Any]:
    """Turn an array into JSON; items of object arrays go through ``within``.

    Raises
    ------
    TypeError
        If it has a type that does not cross, or too many cells.
    """
    if isinstance(array, np.ma.MaskedArray):
        return _masked(array, within)
    array = np.asarray(array)
    if array.size > MOST_CELLS:
        raise TypeError(f"array of more than {MOST_CELLS} cells")
    shape = [int(length) for length in array.shape]
    if array.dtype == object:
        items = items_through(within, array.ravel().tolist())
        return {"t": "objects", "s": shape, "v": items}
    if array.dtype.names:
        fields = [array_to_plain(array[name], within) for name in array.dtype.names]
        return {"t": "record", "s": shape, "names": list(array.dtype.names), "v": fields}
    if array.dtype.kind not in _KINDS:
        raise TypeError(f"array of type {array.dtype}")
    content = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
    return {"t": "array", "d": array.dtype.str, "s": shape, "v": content}


def items_through(within: Within, items: list[Any]) -> list[Any]:
    """Write or read items one by one; texts, which most are, stay as they are."""
    return [item if type(item) is str else within(item) for item in items]


def _masked(array: Any, within: Within) -> dict[str, Any]:
    if array is np.ma.masked:
        return {"t": "masked"}
    mask = array_to_plain(np.ma.getmaskarray(array), within)
    return {"t": "masked", "v": array_to_plain(np.asarray(array.data), within), "m": mask}


def array_from_plain(plain: Mapping[str, Any], within: Within) -> Any:
    """Rebuild an array.

    Raises
    ------
    Exception
        Whatever numpy says of content that does not fit; the caller takes it as refused.
    """
    if plain["t"] == "masked":
        return _masked_from_plain(plain, within)
    shape = tuple(int(length) for length in plain["s"])
    if not all(length >= 0 for length in shape) or math.prod(shape) > MOST_CELLS:
        raise ValueError("array too large")
    if plain["t"] == "record":
        return _record(plain, shape, within)
    if plain["t"] == "objects":
        array = np.empty(len(plain["v"]), dtype=object)
        for place, item in enumerate(items_through(within, plain["v"])):
            array[place] = item
        return array.reshape(shape)
    content = base64.b64decode(plain["v"], validate=True)
    return np.frombuffer(content, dtype=dtype_from_text(plain["d"])).reshape(shape).copy()


def dtype_from_text(text: Any) -> np.dtype[Any]:
    """Dtype of the closed list, by numpy's own short name of it.

    Raises
    ------
    ValueError
        If it is none of them.
    """
    if type(text) is not str or not _DTYPE.fullmatch(text):
        raise ValueError(f"no dtype {text!r:.40}")
    return np.dtype(text)


def _masked_from_plain(plain: Mapping[str, Any], within: Within) -> Any:
    if "v" not in plain:
        return np.ma.masked
    data, mask = (array_from_plain(plain[name], within) for name in ("v", "m"))
    if mask.dtype != bool or mask.shape != data.shape:
        raise ValueError("mask does not fit")
    return np.ma.MaskedArray(data, mask)


def _record(plain: Mapping[str, Any], shape: tuple[int, ...], within: Within) -> Any:
    """Rebuild an array with named fields, each of which is an array of its own."""
    fields = [array_from_plain(one, within) for one in plain["v"][:MOST_FIELDS]]
    names = [str(name) for name in plain["names"][:MOST_FIELDS]]
    parts = [
        (name, one.dtype, one.shape[len(shape) :]) for name, one in zip(names, fields, strict=True)
    ]
    array = np.empty(shape, dtype=parts)
    for name, one in zip(names, fields, strict=True):
        array[name] = one
    return array
