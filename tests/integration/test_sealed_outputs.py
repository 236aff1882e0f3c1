"""Hidden inputs reach nobody through what a learner's code says later; honest outputs stay."""

import json
from pathlib import Path
from typing import Any

import pytest

from grading.doctor.course import ASSIGNMENT, check, code, hand_in, released_course
from grading.doctor.course import solution as sol
from grading.outcome import GRADED
from tests.sealed_course import graded, scores

HIDDEN_INPUT = "271828"
TOTAL = "def total(values):\n    return sum(values)"
HONEST = {"s-total": TOTAL, "s-late": "late = 1\nprint('完成', late)", "s-show": "late"}

SPIES = {
    "prints": {
        "s-total": "seen = []\ndef total(values):\n    seen.append(list(values))\n"
        "    return sum(values)",
        "s-late": "late = 1\nprint(seen)",
        "s-show": "seen",
    },
    "fails": {
        "s-total": "seen = []\ndef total(values):\n    seen.append(list(values))\n"
        "    if len(seen) > 2:\n        raise ValueError(str(seen))\n    return sum(values)",
        "s-late": "raise RuntimeError(str(seen))",
    },
    "speaks-in-a-test": {
        "s-total": "seen = []\ndef total(values):\n    seen.append(list(values))\n"
        "    print(seen)\n    import warnings\n    warnings.warn(str(seen))\n"
        "    return str(seen) if len(seen) > 2 else sum(values)",
        "s-late": "class Seen: pass\nSeen.__name__ = str(seen)\nlate = Seen()",
    },
    "keeps-a-file": {
        "s-total": "def total(values):\n    open('seen', 'a').write(str(values))\n"
        "    return sum(values)",
        "s-late": "late = open('seen').read()\nprint(late)",
    },
}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    cells = [
        code("import pandas as pd"),
        sol("s-total", TOTAL),
        check("t-seen", "assert total([1, 2]) == 3, '应是三'"),
        check(
            "t-hidden",
            "assert total([1]) == 1\n### BEGIN HIDDEN TESTS\n"
            f"assert total([{HIDDEN_INPUT}, 1]) == {int(HIDDEN_INPUT) + 1}\n### END HIDDEN TESTS",
        ),
        sol("s-late", "late = 1"),
        check("t-late", "assert late == 1, '应是一'"),
        check("t-again", "assert total([3]) == 3, f'得到 {total([3])}'"),
        check("t-parts", "1 if total([2]) == 2 else total([2])"),
        sol("s-show", "late"),
    ]
    return released_course(tmp_path_factory.mktemp("输出"), cells)


def told(course: Path, username: str, **changed: str) -> tuple[str, dict[str, list[Any]]]:
    hand_in(course, username, {**HONEST, **{n.replace("_", "-"): s for n, s in changed.items()}})
    [outcome] = graded(course, username)
    assert outcome.state == GRADED, outcome.reason
    path = course / "autograded" / username / ASSIGNMENT / "p.ipynb"
    cells = json.loads(path.read_text())["cells"]
    named = {c["metadata"].get("nbgrader", {}).get("grade_id", ""): c.get("outputs") for c in cells}
    return json.dumps(list(named.values()), ensure_ascii=False), named


@pytest.mark.parametrize("name", SPIES)
def test_no_later_output_tells_a_hidden_input(course: Path, name: str) -> None:
    changed = {cell.replace("-", "_"): source for cell, source in SPIES[name].items()}
    said, _ = told(course, f"spy-{name}", **changed)
    assert HIDDEN_INPUT not in said


def test_honest_outputs_after_a_hidden_test_are_shown(course: Path) -> None:
    _, cells = told(course, "honest")
    assert cells["s-late"][0]["text"] == "完成 1\n"
    assert cells["s-show"][0]["data"]["text/plain"] == "1"
    assert cells["t-parts"][0]["data"]["text/plain"] == "1"
    assert scores(course, "honest") == {
        **dict.fromkeys(("t-seen", "t-hidden", "t-late", "t-again"), 2.0),
        "t-parts": 1.0,
    }


def test_what_the_course_says_of_a_failure_is_shown_all_the_same(course: Path) -> None:
    _, cells = told(course, "wrong", s_late="late = 2\n1 / 0")
    assert cells["t-late"][0]["evalue"] == "应是一"
    assert cells["s-late"][0]["ename"] == "ZeroDivisionError"
    _, cells = told(course, "absent", s_late="pass")
    assert cells["t-late"][0]["evalue"] == "name 'late' is not defined"


def test_where_no_hidden_test_called_anything_all_is_shown(course: Path) -> None:
    _, cells = told(course, "early", s_total="total = 3", s_late="late = 1\nprint('好')")
    assert cells["t-hidden"][0]["evalue"] == "没有通过隐藏的检查。"
    assert cells["s-late"][0]["text"] == "好\n"
    assert "TypeError" in cells["t-again"][0]["ename"]
