"""Tests that are sure to fail are known without running anything; all others are not."""

import pytest

from grading.engine.blankwork import holds_no_code, is_sure_to_fail
from grading.engine.examiner_kinds import GIVEN, SOLUTION, TEST

STUB = "def total(values):\n    '''和。'''\n    # YOUR CODE HERE\n    raise NotImplementedError()"
STOPS = "# YOUR CODE HERE\nraise NotImplementedError()\nnumber"

SURE = {
    "it calls a stub": (STUB, "assert total([1]) == 1"),
    "it calls a stub deep inside": (STUB, "found = sorted([abs(total([1]))])\nassert found"),
    "it names what nobody gives": ("", "assert number == 7"),
    "the cell stops before": (STOPS, "assert number == 7"),
    "the cell stops by its own stub": (f"{STUB}\n\nnumber = total([1])", "assert number == 7"),
    "one statement of many": (STUB, "import math\nx = 1\nfor n in total([1]):\n    pass"),
}

UNSURE = {
    "the name is there": (STUB, "assert callable(total)"),
    "the test catches it": (STUB, "try:\n    total([1])\nexcept NotImplementedError:\n    pass"),
    "only perhaps": (STUB, "assert True or total([1])"),
    "only when called": (STUB, "check = lambda: total([1])"),
    "only in a branch": (STUB, "if len('x') == 2:\n    total([1])"),
    "it has a way out": (
        STUB,
        "import contextlib\nwith contextlib.suppress(Exception):\n    total([1])",
    ),
    "it gives the name itself": ("", "number = 7\nassert number == 7"),
    "it gives another function": (STUB, "def total(v):\n    return 1\nassert total([1])"),
    "a magic may hide it": (STUB, "%time total([1])"),
    "a generator raises later": (
        "def total(values):\n    raise ValueError\n    yield 1",
        "assert total([1])",
    ),
    "code that works": ("def total(values):\n    return 1", "assert total([1]) == 1"),
}


@pytest.mark.parametrize(("handed_in", "test"), SURE.values(), ids=SURE)
def test_what_is_sure_to_fail_is_known(handed_in: str, test: str) -> None:
    assert is_sure_to_fail([(GIVEN, "import pandas"), (SOLUTION, handed_in), (TEST, test)], [2])


@pytest.mark.parametrize(("handed_in", "test"), UNSURE.values(), ids=UNSURE)
def test_what_may_be_met_is_run(handed_in: str, test: str) -> None:
    assert not is_sure_to_fail([(SOLUTION, handed_in), (TEST, test)], [1])


@pytest.mark.parametrize(
    "given", ["number = 7", "from math import *", "%run given.py", "globals()['number'] = 7"]
)
def test_what_the_course_may_give_is_not_missing(given: str) -> None:
    assert not is_sure_to_fail([(GIVEN, given), (SOLUTION, ""), (TEST, "assert number")], [2])


def test_a_later_cell_of_the_course_may_replace_a_stub() -> None:
    cells = [(SOLUTION, STUB), (GIVEN, "def total(v):\n    return 1"), (TEST, "assert total([1])")]
    assert not is_sure_to_fail(cells, [2])


def test_a_test_without_points_does_not_matter() -> None:
    cells = [(SOLUTION, STUB), (TEST, "assert True"), (TEST, "assert total([1]) == 1")]
    assert is_sure_to_fail(cells, [2])
    assert not is_sure_to_fail(cells, [1, 2])


def test_comments_are_no_code() -> None:
    assert holds_no_code("\n# 以后再写\n")
    assert not holds_no_code("x = 1")
    assert not holds_no_code("x = (")
