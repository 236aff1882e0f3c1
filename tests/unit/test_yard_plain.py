"""Plain data crosses as exact types; whatever else arrives is refused and nothing else happens."""

import json
import math
import time
from collections import Counter, OrderedDict, defaultdict, deque
from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate, chain
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhixing.yard.plain import DEEPEST, NotPlainError, from_plain, to_plain
from zhixing.yard.scalars import MOST_BITS

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary(max_size=40)
    | st.decimals(allow_nan=False)
    | st.fractions()
    | st.datetimes()
    | st.timedeltas()
)
PLAIN = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text() | st.integers(), inner, max_size=4)
    ),
    max_leaves=12,
)


def crossed(value: Any) -> Any:
    """As it is on the other side, by way of JSON."""
    return from_plain(json.loads(json.dumps(to_plain(value))))


@given(PLAIN)
@settings(max_examples=150, deadline=None)
def test_plain_data_arrives_as_it_was(value: Any) -> None:
    assert crossed(value) == value
    assert type(crossed(value)) is type(value)


TAGS = (
    *("list", "dict", "set", "int", "float", "bytes", "range", "slice", "iterator", "function"),
    *("frame", "series", "index", "array", "scalar", "decimal", "timedelta", "counter", "complex"),
    *(
        "namedtuple",
        "keys",
        "items",
        "defaultdict",
        "record",
        "masked",
        "period",
        "interval",
        "type",
    ),
    *("dtype", "column", "fraction", "path", "bytearray", "stamp", "delta", "frozenset", "deque"),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["t", "v", "d", "s", "name", "index", "names", "kind"]),
            inner,
            max_size=4,
        )
        | st.fixed_dictionaries(
            {
                "t": st.sampled_from(TAGS),
                "v": inner,
            }
        )
    ),
    max_leaves=10,
)


@given(JSON)
@settings(max_examples=300, deadline=None)
def test_any_message_is_rebuilt_or_refused(message: Any) -> None:
    with suppress(NotPlainError):
        from_plain(message)


class Liar(dict):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


class Sly(int):
    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0


def test_a_subclass_arrives_as_what_it_is_below() -> None:
    assert type(crossed(Liar(姓名="陶𠮷"))) is dict
    assert crossed(Liar(a=1)) != {"a": 2}
    assert type(crossed(Sly(5))) is int
    assert crossed(Sly(5)) != 6


@pytest.mark.parametrize(
    "value",
    [
        Counter("知行知"),
        OrderedDict([("乙", 2), ("甲", 1)]),
        deque([1, 2]),
        {1, "二"},
        frozenset({3}),
        range(2, 9, 3),
        slice(1, None),
        2**80,
        date(2026, 2, 28),
        datetime(2026, 2, 28, 23, 59),  # noqa: DTZ001 - as learners write it
        timedelta(days=1, microseconds=3),
        Decimal("1.10"),
        Fraction(1, 3),
        float("inf"),
        (),
        {},
        "龑\ud800",
        bytearray(b"a"),
        Path("表/底数.csv"),
        (2 + 3j),
        defaultdict(list, {"甲": [1]}),
        np.datetime64("2026-01-01"),
        np.timedelta64(3, "D"),
        pd.Timestamp("2026-01-01 08:00", tz="Asia/Shanghai"),
        pd.Timedelta("1 days 02:00:00"),
        pd.Period("2026-03", freq="M"),
        pd.Interval(0, 10, closed="left"),
        np.dtype("int64"),
        np.dtype("O"),
        pd.StringDtype(),
        int,
        bool,
        np.bool_,
        type(None),
        pd.DataFrame,
    ],
)
def test_each_known_type_crosses(value: Any) -> None:
    assert crossed(value) == value
    assert type(crossed(value)) is type(value)


def test_numpy_and_pandas_cross_with_their_types() -> None:
    assert math.isnan(crossed(float("nan")))
    array = np.array([[1, 2], [3, 4]], dtype="int16")
    assert crossed(array).dtype == array.dtype
    assert (crossed(array) == array).all()
    assert isinstance(crossed(np.float32(0.5)), np.float32)
    frame = pd.DataFrame(
        {"单位": ["甲街", "乙街"], "人数": [3, None], "日期": pd.to_datetime(["2026-01-01", None])},
        index=["一", "二"],
    )
    pd.testing.assert_frame_equal(crossed(frame), frame)
    series = frame.set_index("单位")["人数"]
    pd.testing.assert_series_equal(crossed(series), series)


def test_whole_numbers_have_no_limit_of_digits() -> None:
    assert crossed(math.factorial(3000)) == math.factorial(3000)
    assert crossed(-(3**20000)) == -(3**20000)
    with pytest.raises(NotPlainError, match="bits"):
        to_plain(1 << (MOST_BITS + 1))


MONTHS = pd.date_range("2026-01-01", periods=6, freq="ME")


@pytest.mark.parametrize(
    "series",
    [
        pd.Series(pd.to_datetime(["2026-01-03", None])) - pd.Timestamp("2026-01-01"),
        pd.cut(pd.Series([5, 15, None]), [0, 10, 20]),
        pd.Series([1, 2]).groupby(pd.cut(pd.Series([5, 15]), [0, 10, 20]), observed=False).sum(),
        pd.Series(pd.to_datetime(["2026-01-05", None])).dt.to_period("M"),
        pd.Series(pd.to_datetime(["2026-01-05", None])).dt.tz_localize("Asia/Shanghai"),
        pd.Series(pd.interval_range(0, 3)),
        pd.Series([1, None], dtype="Int64"),
        pd.Series(["甲", None], dtype="string"),
        pd.Series(["甲", "乙", "甲"], dtype="category"),
        pd.Series(range(6), index=MONTHS),
        pd.Series([1, 2], index=pd.to_timedelta(["1D", "2D"])),
        pd.Series([1, 2], index=pd.period_range("2026-01", periods=2, freq="Q")),
        pd.Series([pd.Timestamp("2026-01-01"), 3, None, [1]], name=("甲", 1)),
        pd.Series([1, 2, 3], index=pd.MultiIndex.from_tuples([("a", 1), ("a", 2), ("b", 1)])),
        pd.DataFrame({"a": [1], "b": ["x"], "c": [1.5]}).dtypes,
    ],
    ids=lambda series: str(series.dtype),
)
def test_columns_and_indexes_cross_with_their_types(series: "pd.Series[Any]") -> None:
    pd.testing.assert_series_equal(crossed(series), series, check_freq=True)
    pd.testing.assert_index_equal(crossed(series.index), series.index)
    pd.testing.assert_frame_equal(crossed(series.to_frame("甲")), series.to_frame("甲"))


def test_the_frequency_of_an_index_crosses() -> None:
    assert crossed(MONTHS).freq == MONTHS.freq
    told = to_plain(pd.DatetimeIndex(["2026-01-01", "2026-01-05"]))
    with pytest.raises(NotPlainError):
        from_plain({**told, "freq": "D"})


def test_arrays_with_fields_and_masks_cross() -> None:
    people = np.array(
        [(1, 2.0, "甲"), (3, 4.0, "乙")], dtype=[("a", "i4"), ("b", "f8"), ("c", "U1")]
    )
    assert (crossed(people) == people).all()
    assert crossed(people).dtype == people.dtype
    masked = np.ma.array([1, 2, 3], mask=[0, 1, 0])
    assert crossed(masked).sum() == 4
    assert crossed(masked).mask.tolist() == [False, True, False]
    assert crossed(np.ma.masked) is np.ma.masked


def test_views_of_a_dict_cross_as_views() -> None:
    known = {"甲": 1, "乙": 2}
    assert crossed(known.keys()) == known.keys()
    assert list(crossed(known.values())) == [1, 2]
    assert crossed(known.items()) == known.items()
    assert type(crossed(known.values())) is type(known.values())


class Point(NamedTuple):
    x: int
    y: int


def test_a_named_tuple_keeps_its_fields() -> None:
    found = crossed([Point(1, 2), Point(3, 4)])
    assert found[0].x == 1
    assert found == [(1, 2), (3, 4)]
    assert type(found[0]) is type(found[1])
    assert type(found[0]).__name__ == "Point"


@pytest.mark.parametrize(
    "chain", [chain([1], [2]), accumulate([1, 1]), iter([1, 2]), map(int, "12")]
)
def test_any_iterator_crosses_as_one(chain: Any) -> None:
    found = crossed(chain)
    assert list(found) == [1, 2]
    assert list(found) == []


COLLIDING = [{"t": "int", "v": hex(n * (2**61 - 1))} for n in range(5000)]


@pytest.mark.parametrize(
    "message",
    [
        {"t": "fraction", "v": "1e999999999"},
        {"t": "fraction", "v": ["0x1", "0x0"]},
        {"t": "fraction", "v": ["0x" + "f" * 40000, "0x3"]},
        {"t": "int", "v": "0x" + "f" * 500_000},
        {"t": "decimal", "v": "1" * 100_000},
        {"t": "set", "v": COLLIDING},
        {"t": "keys", "v": COLLIDING},
        {"t": "dict", "v": [[one, 1] for one in COLLIDING]},
        {"t": "items", "v": [{"t": "tuple", "v": [one, 1]} for one in COLLIDING]},
        {"t": "counter", "v": [[one, 1] for one in COLLIDING]},
        {"t": "namedtuple", "name": "x", "fields": ["__class__"], "v": [1]},
        {"t": "namedtuple", "name": "a, b): import os #", "fields": ["x"], "v": [1]},
        {"t": "array", "d": "(99999999,)f8", "s": [0], "v": ""},
        {"t": "array", "d": "O", "s": [0], "v": ""},
        {"t": "array", "d": "<f8", "s": [-1], "v": ""},
        {"t": "stamp", "v": "2026-01-01T00:00:00+00:00", "unit": "ns", "zone": "dateutil//etc/x"},
        {"t": "period", "v": 1, "freq": "import os"},
        {"t": "type", "v": "builtins.eval"},
        {"t": "type", "v": "builtins.Exception"},
        {"t": "extension", "d": "category", "v": []},
        {"t": "dtype", "v": "V99999999999"},
    ],
    ids=lambda message: f"{message['t']}-{str(message)[:40]}",
)
def test_what_would_stall_or_deceive_the_receiver_is_refused_at_once(message: Any) -> None:
    began = time.monotonic()
    with pytest.raises(NotPlainError):
        from_plain(message)
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("value", [object(), open, type, lambda: 1, Exception("x"), print])
def test_what_is_no_data_is_refused_by_its_type(value: Any) -> None:
    with pytest.raises(NotPlainError):
        to_plain(value)


def test_endless_and_bottomless_things_are_refused() -> None:
    deep: list[Any] = []
    for _ in range(DEEPEST + 2):
        deep = [deep]
    with pytest.raises(NotPlainError):
        to_plain(deep)
    with pytest.raises(NotPlainError):
        to_plain(iter(int, 1))
    own: list[Any] = []
    own.append(own)
    with pytest.raises(NotPlainError):
        to_plain(own)
