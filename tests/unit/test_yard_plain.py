"""Plain data crosses as exact types; whatever else arrives is refused and nothing else happens."""

import json
import math
from collections import Counter, OrderedDict, deque
from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhixing.yard.plain import DEEPEST, NotPlainError, from_plain, to_plain

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
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["t", "v", "dtype", "name", "index"]), inner, max_size=4)
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
