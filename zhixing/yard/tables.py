"""Tables as plain data: numpy and pandas values, by dtypes of a closed list."""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

MISSING = {"nat": pd.NaT, "na": pd.NA}
TABLES = (
    *(np.generic, np.ndarray),
    *(pd.DataFrame, pd.Series, pd.Index, pd.Timestamp, pd.Timedelta, pd.Categorical),
    *map(type, MISSING.values()),
)
"""Types this module knows."""

MOST_CELLS = 2_000_000
"""Cells of one array; a table of a data task has some thousands."""

_KINDS = "biufcMmSU"
"""Kinds of numpy dtypes that are plain bytes."""

_EXTENSIONS = ("Int", "UInt", "Float", "boolean", "str", "string", "datetime64[", "period[")

Write = Callable[[Any], Any]


def table_to_plain(value: Any, within: Write) -> dict[str, Any]:
    """Turn a numpy or pandas value into JSON; items of object columns go through ``within``."""
    if value is pd.NaT or value is pd.NA:
        return {"t": "nat" if value is pd.NaT else "na"}
    if isinstance(value, pd.DataFrame):
        columns = [_series_values(value.iloc[:, place], within) for place in range(value.shape[1])]
        return {"t": "frame", "columns": _index(value.columns, within), "v": columns} | {
            "index": _index(value.index, within)
        }
    if isinstance(value, pd.Series):
        name = within(value.name)
        index = _index(value.index, within)
        return {"t": "series", "name": name, "index": index, "v": _series_values(value, within)}
    if isinstance(value, pd.Index):
        return _index(value, within)
    if isinstance(value, pd.Timestamp | pd.Timedelta):
        return {"t": "stamp" if isinstance(value, pd.Timestamp) else "delta"} | {
            "v": value.isoformat(),
            "unit": value.unit,
            "zone": str(getattr(value, "tz", None) or ""),
        }
    if isinstance(value, pd.Categorical):
        return _values(value, within)
    found = _array(np.asarray(value), within)
    return {"t": "scalar", "v": found} if isinstance(value, np.generic) else found


def _series_values(series: Any, within: Write) -> dict[str, Any]:
    return _values(series.array, within)


def _values(array: Any, within: Write) -> dict[str, Any]:
    if isinstance(array, pd.Categorical):
        categories = _index(array.categories, within)
        codes = _array(np.asarray(array.codes), within)
        return {"t": "category", "categories": categories, "v": codes, "o": bool(array.ordered)}
    if isinstance(array, pd.arrays.NumpyExtensionArray | np.ndarray):
        return _array(np.asarray(array), within)
    dtype = str(array.dtype)
    if not dtype.startswith(_EXTENSIONS):
        raise TypeError(f"column of type {dtype}")
    return {"t": "extension", "d": dtype, "v": [_item(one, within) for one in array]}


def _item(value: Any, within: Write) -> Any:
    if value is pd.NaT or value is pd.NA:
        return {"t": "nat" if value is pd.NaT else "na"}
    return within(value)


def _array(array: np.ndarray[Any, Any], within: Write) -> dict[str, Any]:
    if array.size > MOST_CELLS:
        raise TypeError(f"array of more than {MOST_CELLS} cells")
    shape = [int(length) for length in array.shape]
    if array.dtype == object:
        items = [_item(one, within) for one in array.ravel().tolist()]
        return {"t": "objects", "s": shape, "v": items}
    if array.dtype.kind not in _KINDS:
        raise TypeError(f"array of type {array.dtype}")
    content = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
    return {"t": "array", "d": array.dtype.str, "s": shape, "v": content}


def _index(index: Any, within: Write) -> dict[str, Any]:
    names = [within(name) for name in index.names]
    if isinstance(index, pd.RangeIndex):
        bounds = [int(index.start), int(index.stop), int(index.step)]
        return {"t": "index", "kind": "range", "names": names, "v": bounds}
    if isinstance(index, pd.MultiIndex):
        levels = [_values(index.get_level_values(n).array, within) for n in range(index.nlevels)]
        return {"t": "index", "kind": "multi", "names": names, "v": levels}
    return {"t": "index", "kind": "flat", "names": names, "v": _values(index.array, within)}


def table_from_plain(plain: Mapping[str, Any], within: Callable[[Any], Any]) -> Any:
    """Rebuild a numpy or pandas value.

    Raises
    ------
    Exception
        Whatever numpy or pandas says of content that does not fit; the caller takes it as refused.
    """
    tag = plain["t"]
    if tag in MISSING:
        return MISSING[tag]
    if tag in ("array", "objects", "extension", "category"):
        return _column(plain, within)
    if tag == "scalar":
        return _column(plain["v"], within)[()]
    if tag in ("stamp", "delta"):
        return _moment(plain)
    if tag == "index":
        return _rebuilt_index(plain, within)
    if tag == "series":
        index = _rebuilt_index(plain["index"], within)
        values = _column(plain["v"], within)
        return pd.Series(values, index=index, name=within(plain["name"]))
    if tag == "frame":
        return _frame(plain, within)
    raise ValueError(f"unknown tag {tag!r:.40}")


def _frame(plain: Mapping[str, Any], within: Callable[[Any], Any]) -> pd.DataFrame:
    index, columns = (_rebuilt_index(plain[name], within) for name in ("index", "columns"))
    values = [_column(one, within) for one in plain["v"]]
    if len(values) != len(columns):
        raise ValueError("columns do not fit")
    # By number first: names may stand twice.
    frame = pd.DataFrame(dict(enumerate(values)), index=index)
    frame.columns = columns
    return frame


def _moment(plain: Mapping[str, Any]) -> Any:
    unit = str(plain["unit"])
    if plain["t"] == "delta":
        return pd.Timedelta(str(plain["v"])).as_unit(unit)  # type: ignore[arg-type]
    moment = pd.Timestamp(str(plain["v"])).as_unit(unit)  # type: ignore[arg-type]
    return moment.tz_convert(str(plain["zone"])) if plain.get("zone") else moment


def _column(plain: Mapping[str, Any], within: Callable[[Any], Any]) -> Any:
    tag = plain["t"]
    if tag == "category":
        categories = _rebuilt_index(plain["categories"], within)
        codes = _column(plain["v"], within)
        return pd.Categorical.from_codes(codes, categories=categories, ordered=bool(plain["o"]))
    if tag == "extension":
        dtype = str(plain["d"])
        if not dtype.startswith(_EXTENSIONS) or len(plain["v"]) > MOST_CELLS:
            raise ValueError(f"column of type {dtype!r:.40}")
        return pd.array([within(item) for item in plain["v"]], dtype=dtype)  # type: ignore[call-overload]
    shape = tuple(int(length) for length in plain["s"])
    if not all(length >= 0 for length in shape) or math.prod(shape) > MOST_CELLS:
        raise ValueError("array too large")
    if tag == "objects":
        array = np.empty(len(plain["v"]), dtype=object)
        for place, item in enumerate(plain["v"]):
            array[place] = within(item)
        return array.reshape(shape)
    dtype = np.dtype(str(plain["d"]))  # type: ignore[assignment]
    if dtype.kind not in _KINDS:  # type: ignore[attr-defined]
        raise ValueError(f"array of type {dtype}")
    content = base64.b64decode(plain["v"], validate=True)
    return np.frombuffer(content, dtype=dtype).reshape(shape).copy()


def _rebuilt_index(plain: Mapping[str, Any], within: Callable[[Any], Any]) -> Any:
    names = [within(name) for name in plain["names"]]
    if plain["kind"] == "range":
        return pd.RangeIndex(range(*map(int, plain["v"])), name=names[0])
    if plain["kind"] == "multi":
        return pd.MultiIndex.from_arrays([_column(one, within) for one in plain["v"]], names=names)
    return pd.Index(_column(plain["v"], within), name=names[0])
