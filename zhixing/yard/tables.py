"""Tables as plain data: pandas values, and numpy's single ones, by dtypes of a closed list."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from zhixing.yard.arrays import (
    ARRAYS,
    MOST_CELLS,
    array_from_plain,
    array_to_plain,
    dtype_from_text,
    items_through,
)

MISSING = {"nat": pd.NaT, "na": pd.NA}
TABLES = (
    *(np.generic, np.ndarray, np.dtype, pd.api.extensions.ExtensionDtype),
    *(pd.DataFrame, pd.Series, pd.Index, pd.api.extensions.ExtensionArray),
    *(pd.Timestamp, pd.Timedelta, pd.Period, pd.Interval, *map(type, MISSING.values())),
)
"""Types this module knows."""

_EXTENSION = re.compile(r"U?Int(8|16|32|64)|Float(32|64)|boolean|str|string(\[(python|pyarrow)\])?")
"""Dtypes whose items cross one by one."""

_FREQUENCY = re.compile(r"[-\w]{1,40}")
_ZONE = re.compile(r"(?!dateutil)[\w+\-/:]{1,64}")
"""Names of time zones; pandas takes some others for files."""

_UNIT = re.compile(r"s|ms|us|ns")
_SIDES = ("left", "right", "both", "neither")

Within = Callable[[Any], Any]


def table_to_plain(value: Any, within: Within) -> dict[str, Any]:
    """Turn a numpy or pandas value into JSON; items of object columns go through ``within``."""
    if value is pd.NaT or value is pd.NA:
        return {"t": "nat" if value is pd.NaT else "na"}
    if isinstance(value, pd.DataFrame):
        columns = [_values(value.iloc[:, place].array, within) for place in range(value.shape[1])]
        names = {name: _index(getattr(value, name), within) for name in ("columns", "index")}
        return {"t": "frame", "v": columns, **names}
    if isinstance(value, pd.Series):
        told = {"name": within(value.name), "index": _index(value.index, within)}
        return {"t": "series", "v": _values(value.array, within), **told}
    if isinstance(value, pd.Index):
        return _index(value, within)
    if isinstance(value, pd.api.extensions.ExtensionArray):
        return {"t": "column", "v": _values(value, within)}
    if isinstance(value, np.dtype | pd.api.extensions.ExtensionDtype):
        return {"t": "dtype", "v": value.str if isinstance(value, np.dtype) else str(value)}
    return _single(value, within)


def _single(value: Any, within: Within) -> dict[str, Any]:
    if isinstance(value, pd.Timestamp | pd.Timedelta):
        return {"t": "stamp" if isinstance(value, pd.Timestamp) else "delta"} | {
            "v": value.isoformat(),
            "unit": value.unit,
            "zone": str(getattr(value, "tz", None) or ""),
        }
    if isinstance(value, pd.Period):
        return {"t": "period", "v": int(value.ordinal), "freq": str(value.freqstr)}
    if isinstance(value, pd.Interval):
        ends = [within(value.left), within(value.right)]
        return {"t": "interval", "v": ends, "closed": str(value.closed)}
    found = array_to_plain(value, within)
    return {"t": "scalar", "v": found} if isinstance(value, np.generic) else found


def _values(array: Any, within: Within) -> dict[str, Any]:
    """Turn the values of a column or index into JSON."""
    if isinstance(array, pd.Categorical):
        told = {"categories": _index(array.categories, within), "o": bool(array.ordered)}
        return {"t": "category", "v": array_to_plain(np.asarray(array.codes), within), **told}
    if isinstance(array, pd.arrays.DatetimeArray) and array.tz is not None:
        told = {"zone": str(array.tz), "unit": str(array.unit)}
        return {"t": "zoned", "v": array_to_plain(_numbers(array), within), **told}
    if isinstance(array, pd.arrays.PeriodArray):
        told = {"freq": str(array.freqstr)}
        return {"t": "periods", "v": array_to_plain(_numbers(array), within), **told}
    if isinstance(array, pd.arrays.IntervalArray):
        ends = [_values(pd.Index(one).array, within) for one in (array.left, array.right)]
        return {"t": "intervals", "v": ends, "closed": str(array.closed)}
    dtype = str(array.dtype)
    # Before the next: pandas keeps some texts in a kind of numpy array.
    if not isinstance(array, np.ndarray) and _EXTENSION.fullmatch(dtype):
        items = array.tolist()
        return {"t": "extension", "d": dtype, "v": items_through(within, items)}
    if isinstance(array, _NUMPYS):
        return array_to_plain(np.asarray(array), within)
    raise TypeError(f"column of type {dtype}")


_NUMPYS = (
    *(np.ndarray, pd.arrays.NumpyExtensionArray),
    *(pd.arrays.DatetimeArray, pd.arrays.TimedeltaArray),
)
"""Columns that are numpy arrays below."""


def _numbers(array: Any) -> Any:
    """Moments or periods, as pandas counts them."""
    return array.asi8


def _index(index: Any, within: Within) -> dict[str, Any]:
    names = [within(name) for name in index.names]
    if isinstance(index, pd.RangeIndex):
        bounds = [int(index.start), int(index.stop), int(index.step)]
        return {"t": "index", "kind": "range", "names": names, "v": bounds}
    if isinstance(index, pd.MultiIndex):
        levels = [_values(index.get_level_values(n).array, within) for n in range(index.nlevels)]
        return {"t": "index", "kind": "multi", "names": names, "v": levels}
    told = {"t": "index", "kind": "flat", "names": names, "v": _values(index.array, within)}
    is_timed = isinstance(index, pd.DatetimeIndex | pd.TimedeltaIndex)
    return {**told, "freq": index.freqstr} if is_timed and index.freqstr else told


def table_from_plain(plain: Mapping[str, Any], within: Within) -> Any:
    """Rebuild a numpy or pandas value.

    Raises
    ------
    Exception
        Whatever numpy or pandas says of content that does not fit; the caller takes it as refused.
    """
    tag = plain["t"]
    if tag in MISSING:
        return MISSING[tag]
    if tag in ARRAYS:
        return array_from_plain(plain, within)
    if tag in _SINGLES:
        return _SINGLES[tag](plain, within)
    raise ValueError(f"unknown tag {tag!r:.40}")


def _series(plain: Mapping[str, Any], within: Within) -> pd.Series[Any]:
    index = _index_from_plain(plain["index"], within)
    return pd.Series(_column(plain["v"], within), index=index, name=within(plain["name"]))


def _frame(plain: Mapping[str, Any], within: Within) -> pd.DataFrame:
    index, columns = (_index_from_plain(plain[name], within) for name in ("index", "columns"))
    values = [_column(one, within) for one in plain["v"]]
    if len(values) != len(columns):
        raise ValueError("columns do not fit")
    # By number first: names may stand twice.
    frame = pd.DataFrame(dict(enumerate(values)), index=index)
    frame.columns = columns
    return frame


def _stamp(plain: Mapping[str, Any], _: Within) -> Any:
    moment = pd.Timestamp(str(plain["v"])).as_unit(_known(_UNIT, plain["unit"]))  # type: ignore[arg-type]
    return moment.tz_convert(_known(_ZONE, plain["zone"])) if plain.get("zone") else moment


def _delta(plain: Mapping[str, Any], _: Within) -> Any:
    return pd.Timedelta(str(plain["v"])).as_unit(_known(_UNIT, plain["unit"]))  # type: ignore[arg-type]


def _interval(plain: Mapping[str, Any], within: Within) -> Any:
    left, right = (within(one) for one in plain["v"])
    return pd.Interval(left, right, closed=_side(plain))


def _dtype(plain: Mapping[str, Any], _: Within) -> Any:
    text = str(plain["v"])
    if text in ("|O", "category") or _EXTENSION.fullmatch(text):
        return pd.api.types.pandas_dtype("object" if text == "|O" else text)
    return dtype_from_text(text)


def _column(plain: Mapping[str, Any], within: Within) -> Any:
    """Rebuild the values of a column or index."""
    tag = plain["t"]
    if tag in ARRAYS:
        return array_from_plain(plain, within)
    return _COLUMNS[tag](plain, within)


def _category(plain: Mapping[str, Any], within: Within) -> Any:
    categories = _index_from_plain(plain["categories"], within)
    codes = _column(plain["v"], within)
    return pd.Categorical.from_codes(codes, categories=categories, ordered=bool(plain["o"]))


def _extension(plain: Mapping[str, Any], within: Within) -> Any:
    dtype = _known(_EXTENSION, plain["d"])
    if len(plain["v"]) > MOST_CELLS:
        raise ValueError("column too long")
    return pd.array(items_through(within, plain["v"]), dtype=dtype)  # type: ignore[call-overload]


def _zoned(plain: Mapping[str, Any], within: Within) -> Any:
    moments = _column(plain["v"], within).view(f"M8[{_known(_UNIT, plain['unit'])}]")
    return pd.DatetimeIndex(moments, tz="UTC").tz_convert(_known(_ZONE, plain["zone"])).array


def _periods(plain: Mapping[str, Any], within: Within) -> Any:
    make: Any = pd.PeriodIndex
    frequency = _known(_FREQUENCY, plain["freq"])
    return make.from_ordinals(_column(plain["v"], within), freq=frequency).array


def _intervals(plain: Mapping[str, Any], within: Within) -> Any:
    left, right = (_column(one, within) for one in plain["v"])
    return pd.arrays.IntervalArray.from_arrays(left, right, closed=_side(plain))


def _side(plain: Mapping[str, Any]) -> Any:
    return _SIDES[_SIDES.index(plain["closed"])]


def _known(pattern: re.Pattern[str], text: Any) -> str:
    if type(text) is not str or not pattern.fullmatch(text):
        raise ValueError(f"unknown {text!r:.40}")
    return text


def _index_from_plain(plain: Mapping[str, Any], within: Within) -> Any:
    names = [within(name) for name in plain["names"]]
    if plain["kind"] == "range":
        return pd.RangeIndex(range(*map(int, plain["v"])), name=names[0])
    if plain["kind"] == "multi":
        return pd.MultiIndex.from_arrays([_column(one, within) for one in plain["v"]], names=names)
    index = pd.Index(_column(plain["v"], within), name=names[0])
    if plain.get("freq"):
        # pandas refuses one that the values do not have, and takes it only where there may be one.
        setattr(index, "freq", _known(_FREQUENCY, plain["freq"]))  # noqa: B010 - typed read-only
    return index


_COLUMNS: Mapping[str, Callable[[Mapping[str, Any], Within], Any]] = {
    "category": _category,
    "extension": _extension,
    "zoned": _zoned,
    "periods": _periods,
    "intervals": _intervals,
}
_SINGLES: Mapping[str, Callable[[Mapping[str, Any], Within], Any]] = {
    "frame": _frame,
    "series": _series,
    "index": _index_from_plain,
    "column": lambda plain, within: _column(plain["v"], within),
    "dtype": _dtype,
    "stamp": _stamp,
    "delta": _delta,
    "period": lambda plain, _: pd.Period(
        ordinal=int(plain["v"]), freq=_known(_FREQUENCY, plain["freq"])
    ),
    "interval": _interval,
    "scalar": lambda plain, within: _column(plain["v"], within)[()],
}
