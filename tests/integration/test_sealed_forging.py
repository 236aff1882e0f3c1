"""Forging: what a learner's code says of itself never makes a test pass."""

import time
from pathlib import Path

import pytest

from grading.doctor.course import ASSIGNMENT, check, code, hand_in, released_course
from grading.doctor.course import solution as sol
from grading.engine.run import Run
from grading.outcome import GRADED, Outcome
from tests.sealed_course import graded, scores

TOTAL = "def total(values):\n    return sum(values)"
ORDER = "def put_in_order(values):\n    values.sort()"
HONEST = {"s-total": TOTAL, "s-order": ORDER}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    cells = [
        code(
            "import pandas as pd\nfrom math import isclose\n\ndef near(a, b):\n"
            "    return isclose(a, b)\ndata = [3, 4]\ntable = pd.DataFrame({'n': [5, 6]})"
        ),
        sol("s-total", f"from statistics import mean\n{TOTAL}"),
        check("t-abs", "assert abs(total([1, 2, 3]) - 6) < 1e-9"),
        check("t-len", "assert len([total([n]) for n in range(3)]) == 3 == total([1, 2])"),
        check("t-sorted", "assert sorted([total([2]), total([1])]) == [1, 2]"),
        check("t-near", "assert near(total([1, 2]), 3)"),
        check("t-each", "assert all(map(lambda c: total(c[0]) == c[1], [([1, 2], 3), ([4], 4)]))"),
        check("t-zip", "for n, g in zip([3, 4], map(total, [[1, 2], [4]])):\n    assert n == g"),
        check("t-data", "assert total(data) == sum(data)"),
        check("t-table", "assert total(table['n']) == table['n'].sum()"),
        check("t-file", "assert str(total([1, 2])) == open('right.txt').read()"),
        check(
            "t-own-file",
            "with open('own.txt', 'w') as f:\n    f.write('3')\n"
            "assert str(total([1, 2])) == open('own.txt').read()",
        ),
        check(
            "t-module",
            "try:\n    import optional\n    right = 0\nexcept ImportError:\n    right = 3\n"
            "assert total([1, 2]) == right",
        ),
        check("t-mean", "assert mean([total([1, 2]), 5]) == 4"),
        sol("s-order", ORDER),
        check("t-order", "given = [3, 1, 2]\nput_in_order(given)\nassert given == [1, 2, 3]"),
    ]
    folder = tmp_path_factory.mktemp("伪造")
    (folder / "source" / ASSIGNMENT).mkdir(parents=True)
    (folder / "source" / ASSIGNMENT / "right.txt").write_text("3")
    return released_course(folder, cells)


def by_total(found: dict[str, float | None]) -> set[float | None]:
    """Points of the tests of ``total``."""
    return {points for name, points in found.items() if name != "t-order"}


SHADOWS = {
    "abs": "def total(values):\n    return 0\ndef abs(x): return 0",
    "all": "total = lambda v: 'x'\nlen = sum = lambda *a: 3\nsorted = lambda v: [1, 2]\n"
    "isclose = near = lambda a, b: True\nmean = lambda v: 4",
    "modules": "total = lambda v: 'x'\nimport builtins, math, statistics\n"
    "builtins.abs = lambda x: 0\nmath.isclose = lambda *a: True\nstatistics.mean = lambda v: 4",
}

SPOILS = {
    "clear": "def total(values):\n    values.clear()\n    return 0",
    "zero": "def total(values):\n    values[:] = 0 if hasattr(values, 'dtype') else [0]\n"
    "    return 0",
    "alias": f"{ORDER}\ndef put_in_order(values):\n    values.clear()\n    return 0\n"
    "total = put_in_order",
}

ENDS = {
    "stop": "def total(values):\n    raise StopIteration",
    "own": "class Stop(StopIteration): pass\ndef total(values):\n    raise Stop",
    "generator-exit": "def total(values):\n    raise GeneratorExit",
    "system-exit": "import bdb\ndef total(values):\n    raise bdb.BdbQuit",
}

FILES = {
    "course-file": "open('right.txt', 'w').write('0')\ndef total(values):\n    return 0",
    "test-file": "def total(values):\n    open('own.txt', 'w').write('0')\n    return 0",
    "module": "for name in ('optional', 'numexpr', 'bottleneck', 'sitecustomize'):\n"
    "    open(f'{name}.py', 'w').write('is_there = True')\n"
    "def total(values):\n    return 0",
}

TRICKS = {**FILES, **SHADOWS, **SPOILS, **ENDS}


Earned = dict[str, dict[str, float | None]]


@pytest.fixture(scope="module")
def earned(course: Path) -> Earned:
    """Scores of every trick, handed in and graded at once as a class would be."""
    for name, source in TRICKS.items():
        hand_in(course, name, {**HONEST, "s-total": source})
    outcomes = graded(course, *TRICKS, jobs=2)
    assert {one.state for one in outcomes} == {GRADED}, outcomes
    return {name: scores(course, name) for name in TRICKS}


@pytest.mark.parametrize("name", SHADOWS)
def test_a_name_that_a_test_relies_on_cannot_be_exchanged(earned: Earned, name: str) -> None:
    assert by_total(earned[name]) == {0.0}


@pytest.mark.parametrize("name", FILES)
def test_a_file_takes_the_place_of_no_file_and_no_module(earned: Earned, name: str) -> None:
    assert by_total(earned[name]) == {0.0}


@pytest.mark.parametrize("name", SPOILS)
def test_spoiling_what_it_is_given_is_no_pass(earned: Earned, name: str) -> None:
    assert by_total(earned[name]) == {0.0}
    assert earned[name]["t-order"] == 2.0, "there the author's solution changes what it is given"


@pytest.mark.parametrize("name", ENDS)
def test_raising_what_ends_an_iteration_is_no_pass(earned: Earned, name: str) -> None:
    assert by_total(earned[name]) == {0.0}


def test_an_honest_solution_keeps_all_whatever_it_imports(course: Path) -> None:
    hand_in(course, "honest", {**HONEST, "s-total": f"import statistics as mean\n{TOTAL}"})
    [outcome] = graded(course, "honest")
    assert outcome.score == outcome.max_score, scores(course, "honest")


SPOKEN = """
import zhixing.yard.learner as side
def say(value):
    side.Learner._value = lambda self, _: {"value": value}
"""
"""Lets the learner's side of the channel say whatever the code likes."""

STALLS = {
    "range": "def parts(n):\n    return range(10**15)",
    "fraction": SPOKEN
    + "def parts(n):\n    say({'t': 'fraction', 'v': '1e999999999'})\n    return 0",
    "keys": SPOKEN + "said = [{'t': 'int', 'v': hex(n * (2**61 - 1))} for n in range(150000)]\n"
    "def parts(n):\n    say({'t': 'set', 'v': said})\n    return 0",
    "many": SPOKEN + "def parts(n):\n    say([[]] * 8_000_000)\n    return 0",
}


@pytest.fixture(scope="module")
def stalled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Outcome], float]:
    """Values that keep the examiner busy for ever, each from a hand-in of its own."""
    cells = [
        sol("s-first", "first = 1"),
        check("t-first", "assert first == 1"),
        sol("s-parts", "def parts(n):\n    return [n]"),
        check("t-parts", "assert sum(parts(3)) == 3"),
    ]
    course = released_course(tmp_path_factory.mktemp("拖住"), cells)
    for name, source in STALLS.items():
        hand_in(course, name, {"s-first": "first = 1", "s-parts": source})
    run = Run(course, ASSIGNMENT, seconds_a_cell=2)
    began = time.monotonic()
    outcomes = {one.username: one for one in run.outcomes(run.plan([*STALLS], again=True), 2)}
    return course, outcomes, time.monotonic() - began


@pytest.mark.parametrize("name", STALLS)
def test_a_value_that_stalls_the_examiner_is_the_learners_fault_and_costs_one_test(
    stalled: tuple[Path, dict[str, Outcome], float], name: str
) -> None:
    course, outcomes, seconds = stalled
    assert outcomes[name].state == GRADED, outcomes[name].reason
    assert scores(course, name) == {"t-first": 2.0, "t-parts": 0.0}
    assert seconds < 60
