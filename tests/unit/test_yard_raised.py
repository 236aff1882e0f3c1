"""Exceptions cross by the names of their classes, and nothing that ends an iteration does."""

import json
from typing import Any

import numpy as np
import pytest
from pandas._libs.tslibs.parsing import DateParseError

from zhixing.yard.plain import from_plain, to_plain
from zhixing.yard.raised import Rebuilder, told_class, told_error


class UnknownError(Exception):
    pass


class NegativeError(ValueError):
    def __init__(self, amount: int) -> None:
        super().__init__(f"少了 {amount}")
        self.amount = amount


class BothError(KeyError, ValueError):
    def __str__(self) -> str:
        return "两样都是"


def crossed(error: BaseException, rebuilder: Rebuilder | None = None) -> Exception:
    told = json.loads(json.dumps(told_error(error, to_plain)))
    return (rebuilder or Rebuilder(UnknownError)).error(told, from_plain)


@pytest.mark.parametrize(
    "error",
    [
        ValueError("不对"),
        KeyError("甲"),
        KeyError(3),
        FileNotFoundError(2, "没有", "a.csv"),
        ZeroDivisionError("division by zero"),
        np.linalg.LinAlgError("Singular matrix"),
        DateParseError("Unknown datetime string"),
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "坏"),
    ],
)
def test_a_class_that_both_sides_know_arrives_as_itself(error: Exception) -> None:
    found = crossed(error)
    assert type(found) is type(error)
    assert found.args == error.args
    assert str(found) == str(error)


def test_an_error_of_json_keeps_where_it_was() -> None:
    with pytest.raises(json.JSONDecodeError) as raised:
        json.loads("{")
    found = crossed(raised.value)
    assert isinstance(found, json.JSONDecodeError)
    assert (found.pos, str(found)) == (raised.value.pos, str(raised.value))


def test_an_own_class_arrives_below_the_nearest_that_is_known() -> None:
    found = crossed(NegativeError(3))
    assert isinstance(found, ValueError)
    assert isinstance(found, UnknownError)
    assert (type(found).__name__, str(found)) == ("NegativeError", "少了 3")
    assert found.amount == 3  # type: ignore[attr-defined]
    both = crossed(BothError("甲"))
    assert isinstance(both, KeyError)
    assert isinstance(both, ValueError)
    assert str(both) == "两样都是"


def test_an_own_class_catches_its_own_and_nothing_else() -> None:
    rebuilder = Rebuilder(UnknownError)
    kind = rebuilder.kind(told_class(NegativeError), is_own=True)
    assert isinstance(crossed(NegativeError(3), rebuilder), kind)
    assert not isinstance(ValueError("x"), kind)
    posing = rebuilder.kind(told_class(Exception), is_own=True)
    assert not isinstance(AssertionError("检查没有通过"), posing)


class EndError(StopIteration):
    pass


class EndsError(ValueError, StopIteration):
    pass


@pytest.mark.parametrize(
    "error",
    [
        StopIteration(),
        StopAsyncIteration(),
        EndError(),
        EndsError(),
        GeneratorExit(),
        SystemExit(0),
    ],
)
def test_what_ends_an_iteration_or_a_program_does_not_arrive_as_that(error: Any) -> None:
    found = crossed(error)
    assert isinstance(found, UnknownError)
    assert not isinstance(found, StopIteration | StopAsyncIteration)


def test_an_iteration_does_not_end_with_what_is_rebuilt() -> None:
    def fails(_: int) -> bool:
        raise crossed(StopIteration())

    with pytest.raises(UnknownError):
        all(map(fails, [1]))


@pytest.mark.parametrize(
    "told",
    [
        None,
        {},
        {"mro": 3, "args": 4, "parts": 5, "text": 6, "type": 7},
        {"type": "class", "mro": [["builtins", "type"], ["builtins", "eval"]]},
        {"type": "x" * 999, "mro": [["os", "system"]], "text": "x"},
        {"type": "BdbQuit", "mro": [["bdb", "BdbQuit"], ["builtins", "Exception"]]},
        {"type": "E", "mro": [["builtins", "ValueError"]], "parts": {"__class__": 1, "_x": 2}},
        {"type": "O", "mro": [["__main__", "O"], ["builtins", "OSError"], ["queue", "Empty"]]},
        {"type": "E", "mro": [["builtins", "OSError"]], "args": [{"t": "int", "v": "x"}]},
    ],
)
def test_whatever_is_told_becomes_an_ordinary_exception(told: Any) -> None:
    found = Rebuilder(UnknownError).error(told, from_plain)
    assert isinstance(found, Exception)
    assert type(found).__module__ in ("builtins", "__main__", __name__)
    assert isinstance(str(found), str)
