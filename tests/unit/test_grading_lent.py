"""Functions that a test lends: named where Python has them, called back where the test has them."""

import math
import random
from typing import Any

import numpy as np
import pytest

from grading.engine.lent import Lent
from zhixing.yard.plain import from_plain, to_plain
from zhixing.yard.timelimit import CellTimeoutError


@pytest.fixture
def lent() -> Lent:
    return Lent(from_plain, to_plain)


@pytest.mark.parametrize(
    ("value", "module", "name"),
    [
        (len, "builtins", "len"),
        (eval, "builtins", "eval"),
        (int, "builtins", "int"),
        (str.upper, "builtins", "str.upper"),
        (np.mean, "numpy", "mean"),
        (np.sqrt, "numpy", "sqrt"),
        (math.sqrt, "math", "sqrt"),
    ],
)
def test_what_python_has_goes_over_by_name_and_is_never_called_here(
    lent: Lent, value: Any, module: str, name: str
) -> None:
    assert lent.reference(value) == {"t": "library", "module": module, "name": name}


def test_what_the_test_wrote_is_called_with_plain_values(lent: Lent) -> None:
    told = lent.reference(lambda a, b=1: [a, b])
    assert told is not None
    assert told["t"] == "lent"
    assert lent.answer({"lent": told["v"], "args": [3], "kwargs": {"b": 4}}) == {
        "value": {"t": "list", "v": [3, 4]}
    }
    assert lent.at(told)(5) == [5, 1]


def test_what_is_no_function_of_the_test_is_not_lent(lent: Lent) -> None:
    assert lent.reference(object()) is None
    assert lent.reference(type("Own", (), {})) is None
    for number in (0, -1, "0", None, 10**9):
        assert "error" in lent.answer({"lent": number, "args": [], "kwargs": {}})
    assert lent.reference(random.random) is not None


@pytest.mark.parametrize(
    "told",
    [{}, {"lent": 0, "args": 3, "kwargs": 4}, {"lent": 0, "args": [{"t": "x"}], "kwargs": {}}],
)
def test_whatever_is_asked_gets_an_answer(lent: Lent, told: Any) -> None:
    lent.reference(lambda *_: object())
    assert set(lent.answer(told)) == {"error"}


def test_the_tests_own_time_ends_what_it_lent(lent: Lent) -> None:
    def late() -> None:
        raise CellTimeoutError

    told = lent.reference(late)
    assert told is not None
    with pytest.raises(CellTimeoutError):
        lent.answer({"lent": told["v"], "args": [], "kwargs": {}})
