"""Forging: what a learner's code says of itself never makes a test pass."""

from pathlib import Path

import pytest

from grading.doctor.course import check, code, hand_in, released_course
from grading.doctor.course import solution as sol
from grading.outcome import GRADED
from tests.sealed_course import graded, scores

TOTAL = "def total(values):\n    return sum(values)"
ORDER = "def put_in_order(values):\n    values.sort()"
HONEST = {"s-total": TOTAL, "s-order": ORDER}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    cells = [
        code(
            "from math import isclose\n\ndef near(a, b):\n    return isclose(a, b)\ndata = [3, 4]"
        ),
        sol("s-total", f"from statistics import mean\n{TOTAL}"),
        check("t-abs", "assert abs(total([1, 2, 3]) - 6) < 1e-9"),
        check("t-len", "assert len([total([n]) for n in range(3)]) == 3 == total([1, 2])"),
        check("t-sorted", "assert sorted([total([2]), total([1])]) == [1, 2]"),
        check("t-near", "assert near(total([1, 2]), 3)"),
        check("t-each", "assert all(map(lambda c: total(c[0]) == c[1], [([1, 2], 3), ([4], 4)]))"),
        check("t-zip", "for n, g in zip([3, 4], map(total, [[1, 2], [4]])):\n    assert n == g"),
        check("t-mean", "assert mean([total([1, 2]), 5]) == 4"),
    ]
    return released_course(tmp_path_factory.mktemp("伪造"), cells)


SHADOWS = {
    "abs": "def total(values):\n    return 0\ndef abs(x): return 0",
    "all": "total = lambda v: 'x'\nlen = sum = lambda *a: 3\nsorted = lambda v: [1, 2]\n"
    "isclose = near = lambda a, b: True\nmean = lambda v: 4",
    "modules": "total = lambda v: 'x'\nimport builtins, math, statistics\n"
    "builtins.abs = lambda x: 0\nmath.isclose = lambda *a: True\nstatistics.mean = lambda v: 4",
}


@pytest.mark.parametrize("name", SHADOWS)
def test_a_name_that_a_test_relies_on_cannot_be_exchanged(course: Path, name: str) -> None:
    hand_in(course, name, {**HONEST, "s-total": SHADOWS[name]})
    [outcome] = graded(course, name)
    assert outcome.state == GRADED, outcome.reason
    assert set(scores(course, name).values()) == {0.0}


ENDS = {
    "stop": "def total(values):\n    raise StopIteration",
    "own": "class Stop(StopIteration): pass\ndef total(values):\n    raise Stop",
    "generator-exit": "def total(values):\n    raise GeneratorExit",
    "system-exit": "import bdb\ndef total(values):\n    raise bdb.BdbQuit",
}


@pytest.mark.parametrize("name", ENDS)
def test_raising_what_ends_an_iteration_is_no_pass(course: Path, name: str) -> None:
    hand_in(course, f"e-{name}", {**HONEST, "s-total": ENDS[name]})
    [outcome] = graded(course, f"e-{name}")
    assert outcome.state == GRADED, outcome.reason
    assert set(scores(course, f"e-{name}").values()) == {0.0}


def test_an_honest_solution_keeps_all_whatever_it_imports(course: Path) -> None:
    hand_in(course, "honest", {**HONEST, "s-total": f"import statistics as mean\n{TOTAL}"})
    [outcome] = graded(course, "honest")
    assert outcome.score == outcome.max_score, scores(course, "honest")
