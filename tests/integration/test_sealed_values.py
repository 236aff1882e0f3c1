"""Honest work keeps its exact score in sealed mode, whatever plain data it is made of.

Each row is an exercise: the author's solution, handed in as it is, and a test that it passes in
one interpreter.
"""

import pytest

from grading.doctor.course import check, code, hand_in, released_course
from grading.doctor.course import solution as sol
from grading.outcome import GRADED
from tests.sealed_course import graded, scores

GIVEN = "import numpy as np\nimport pandas as pd"

EXERCISES = {
    # errors
    "own-error": (
        "class NegativeError(ValueError):\n    pass\ndef root(x):\n    if x < 0:\n"
        "        raise NegativeError(f'{x} 小于零')\n    return x ** 0.5",
        "try:\n    root(-1)\nexcept ValueError as error:\n    assert '小于零' in str(error)\n"
        "else:\n    raise AssertionError('没有报错')",
    ),
    "own-error-by-name": (
        "class ShortError(Exception):\n    def __init__(self, need):\n        self.need = need\n"
        "def pay(n):\n    raise ShortError(n)",
        "try:\n    pay(5)\n    assert False\nexcept ShortError as error:\n"
        "    assert error.need == 5",
    ),
    "json-error": (
        "import json\ndef parse(text):\n    return json.loads(text)",
        "try:\n    parse('{')\n    assert False\nexcept ValueError as error:\n"
        "    assert error.pos == 1",
    ),
    "linalg-error": (
        "def inverse(m):\n    return np.linalg.inv(m)",
        "try:\n    inverse(np.zeros((2, 2)))\n    assert False\nexcept np.linalg.LinAlgError:\n"
        "    pass",
    ),
    "date-error": (
        "def day(text):\n    return pd.to_datetime(text)",
        "try:\n    day('rubbish')\n    assert False\nexcept ValueError:\n    pass",
    ),
    "key-error": (
        "def look(table, key):\n    return table[key]",
        "try:\n    look({}, '甲')\n    assert False\nexcept KeyError as error:\n"
        "    assert error.args == ('甲',)",
    ),
    # arguments changed in place
    "list-in-place": (
        "def add_one(values):\n    values.append(1)",
        "given = [0]\nadd_one(given)\nassert given == [0, 1]",
    ),
    "by-name-in-place": (
        "def add(into, n):\n    own = into\n    own[n] = True",
        "given = {}\nadd(n=3, into=given)\nassert given == {3: True}",
    ),
    "by-helper-in-place": (
        "def helper(rows):\n    for row in rows:\n        row.append(1)\n"
        "def add_all(rows):\n    helper(rows)",
        "given = [[0], []]\nadd_all(given)\nassert given == [[0, 1], [1]]",
    ),
    "frame-in-place": (
        "def add_column(table):\n    table['n'] = 1",
        "given = pd.DataFrame({'a': [1, 2]})\nadd_column(given)\n"
        "assert list(given.columns) == ['a', 'n']",
    ),
    "array-in-place": (
        "def clear(a):\n    a[:] = 0",
        "given = np.ones(3)\nclear(given)\nassert given.sum() == 0",
    ),
    "rows-in-place": (
        "def drop_first(table):\n    table.drop(index=0, inplace=True)",
        "given = pd.DataFrame({'a': [1, 2]})\ndrop_first(given)\nassert len(given) == 1",
    ),
    "queue-in-place": (
        "from collections import deque\ndef turn(queue):\n    queue.rotate(1)",
        "given = deque([1, 2, 3])\nturn(given)\nassert given == deque([3, 1, 2])",
    ),
    # names
    "import-again": (
        "import pandas as pd\nimport statistics\ndef middle(table):\n"
        "    return statistics.median(table['a'])",
        "table = pd.DataFrame({'a': [1, 2, 9]})\nassert middle(table) == statistics.median([1, 2])"
        " + 0.5",
    ),
}


def cells(name: str) -> list[dict]:
    solution, test = EXERCISES[name]
    return [sol(f"s-{name}", solution), check(f"t-{name}", test)]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, float | None]:
    """Scores of the author's own solutions, all handed in at once."""
    written = [code(GIVEN), *(cell for name in EXERCISES for cell in cells(name))]
    course = released_course(tmp_path_factory.mktemp("老实"), written)
    hand_in(course, "honest", {f"s-{name}": EXERCISES[name][0] for name in EXERCISES})
    [outcome] = graded(course, "honest")
    assert outcome.state == GRADED, outcome.reason
    return scores(course, "honest")


@pytest.mark.parametrize("name", EXERCISES)
def test_an_honest_solution_earns_all(found: dict[str, float | None], name: str) -> None:
    assert found[f"t-{name}"] == 2.0
