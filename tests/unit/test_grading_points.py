"""Points of a test cell, and what its names tell."""

from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from grading.engine.names import names_of
from grading.engine.showing import points_from

SHOWN = [{"output_type": "execute_result"}]


@pytest.mark.parametrize(
    ("value", "points"),
    [
        (2, 2.0),
        (1.5, 1.5),
        (0, 0.0),
        (4, 4.0),
        (True, 4.0),
        (False, 0.0),
        (np.True_, 4.0),
        (np.False_, 0.0),
        (np.float64(1.5), 1.5),
        (-1, 0.0),
        (4.001, 0.0),
        (float("nan"), 0.0),
        (float("inf"), 0.0),
        ("4", 0.0),
        ([4], 0.0),
        (4 + 0j, 0.0),
        (Decimal(4), 0.0),
    ],
)
def test_a_shown_value_counts_only_between_nothing_and_all(value: Any, points: float) -> None:
    assert points_from(value, SHOWN, 4.0) == points


def test_a_cell_that_shows_nothing_and_fails_nothing_earns_all() -> None:
    assert points_from(None, [], 4.0) == 4.0
    assert points_from(3, [], 4.0) == 4.0, "a value that is not shown is no partial score"


@pytest.mark.parametrize(
    ("source", "read", "bound"),
    [
        ("y = f(x)", {"f", "x"}, {"y"}),
        ("import pandas as pd\npd.concat([a])", {"pd", "a"}, {"pd"}),
        ("def f(x):\n    return x + k", {"x", "k"}, {"f"}),
        ("[n for n in names]", {"n", "names"}, set()),
        ("table['列'] = 1", {"table"}, {"table"}),
        ("%time total = 求和(数)", {"get_ipython"}, set()),
        ("这不是 Python", set(), set()),
    ],
)
def test_names_of_a_cell(source: str, read: set[str], bound: set[str]) -> None:
    found = names_of(source)
    assert read <= set(found.read)
    assert set(found.bound) == bound


def test_names_in_bodies_are_needed_later() -> None:
    assert "k" in names_of("def f(x):\n    return x + k").later
    assert "k" not in names_of("f = k").later
