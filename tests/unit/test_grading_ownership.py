"""Whose a name is: a test takes of the learner only what the author's solution says there."""

from grading.engine.examiner_kinds import GIVEN, SOLUTION, TEST
from grading.engine.ownership import Share, shares_of


def last(*cells: tuple[str, str]) -> Share:
    return shares_of(cells)[-1]


def test_a_test_takes_the_function_it_tests_and_nothing_of_python() -> None:
    share = last(
        (SOLUTION, "def total(v):\n    return sum(v)"),
        (TEST, "assert abs(total([1]) - 1) < 1e-9 and all(map(total, []))"),
    )
    assert share == Share(("total",), ("total",))


def test_a_name_of_python_is_the_learners_where_the_authors_solution_binds_it() -> None:
    share = last((SOLUTION, "def sum(v):\n    return 0"), (TEST, "assert sum([1]) == len([])"))
    assert share.owned == ("sum",)
    assert share.wanted == ("sum",)


def test_whoever_bound_a_name_last_has_it() -> None:
    solution, test = (SOLUTION, "data = [1]"), (TEST, "data = [2]\nassert data")
    assert last(solution, (TEST, "assert data")).owned == ("data",)
    assert last(solution, test, (TEST, "assert data")).owned == ()
    assert last(test, solution, (TEST, "assert data")).owned == ("data",)
    changed = (GIVEN, "data[0] = 3")
    assert last(solution, changed, (TEST, "assert data")).owned == ("data",)


def test_a_module_that_the_author_imports_is_imported_and_not_taken() -> None:
    solution = (SOLUTION, "import statistics\nfrom math import isclose as near\nx = 1")
    share = last(solution, (TEST, "assert near(statistics.mean([1]), x)"))
    assert dict(share.imports) == {
        "statistics": "import statistics",
        "near": "from math import isclose as near",
    }
    assert share.owned == ("x",)
    given = (GIVEN, "import statistics")
    assert dict(last(given, solution, (TEST, "statistics.mean([x])")).imports) == {}


def test_what_a_given_helper_reads_is_taken_whenever_it_may_be_called() -> None:
    share = last(
        (SOLUTION, "total = 3"), (GIVEN, "def fits():\n    return total == 3"), (TEST, "fits()")
    )
    assert share.wanted == ("fits", "total")


def test_a_given_cell_that_changes_what_is_the_learners_takes_it_first() -> None:
    share = last((SOLUTION, "n = 1"), (GIVEN, "n += 1"))
    assert share.owned == ("n",)


def test_names_that_only_stand_in_texts_are_taken_too() -> None:
    solution = (SOLUTION, "total = 3")
    for test in ("assert 'total' in globals()", "assert eval('total') == 3", "%time total"):
        assert last(solution, (TEST, test)).owned == ("total",)


def test_the_body_of_a_timed_cell_is_read() -> None:
    assert last((SOLUTION, "%%time\nx = 1"), (TEST, "assert x")).owned == ("x",)
