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
