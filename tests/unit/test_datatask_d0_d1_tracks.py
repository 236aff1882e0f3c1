"""The code tracks of D0 and D1: their checks pass the course's solution and find each mistake."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from zhixing.datatask import Solved, solved_task

COURSE = Path(__file__).parents[2] / "courses" / "shujiketang"
TRACKS = {"D0": "source/L1/D0.ipynb", "D1": "source/L3/D1.ipynb"}
SEED = 20210728
MARKS = re.compile(r"^\s*### (?:BEGIN|END) SOLUTION\n?", re.MULTILINE)

Mistake = tuple[str, str, str, str, str]
"""Task, solution cell, what stands there, what is written instead, the check that must find it."""

TOP, BOTTOM = 'table.loc[top, "数值"]', 'table.loc[bottom, "数值"]'
BLANKS = 'int((strangers["自报党员"].fillna("") == "").sum())'
TIDY = 'table.assign(人员编码=keys).drop_duplicates("人员编码")'

MISTAKES: dict[str, Mistake] = {
    "numerator and denominator change places": (
        *("D0", "d0-buildings", f"{TOP} / {BOTTOM}", f"{BOTTOM} / {TOP}"),
        "d0-buildings-check",
    ),
    "the table of the task instead of the argument": (
        *("D0", "d0-buildings", "table.loc", "figures.loc"),
        "d0-buildings-check",
    ),
    "no rounding": ("D0", "d0-buildings", ", 2)", ", 6)", "d0-buildings-check"),
    "only exact figures are added": (
        "D0",
        "d0-people",
        'table.loc[codes, "数值"].sum()',
        'table.loc[codes].groupby("限定")["数值"].sum()["确数"]',
        "d0-people-check",
    ),
    "rows between the codes are added": (
        *("D0", "d0-people", 'table.loc[codes, "数值"]', 'table.loc[codes[0] : codes[-1], "数值"]'),
        "d0-people-check",
    ),
    "余 is taken as exact": (
        *("D0", "d0-people", '"正好" if is_exact else "多于"', '"正好"'),
        "d0-people-check",
    ),
    "a ratio instead of a percentage": ("D0", "d0-share", "100 * ", "", "d0-share-check"),
    "the share upside down": (
        *("D0", "d0-share", f"{TOP} / {BOTTOM}", f"{BOTTOM} / {TOP}"),
        "d0-share-check",
    ),
    "above and below change places": (
        *("D0", "d0-share", '"高于" if more_above', '"低于" if more_above'),
        "d0-share-check",
    ),
    "two bounds give one": ("D0", "d0-share", '"说不准"', '"低于"', "d0-share-check"),
    "keys keep their spaces": ("D1", "d1-clean", ".str.strip()", "", "d1-clean-check"),
    "people are counted twice": (
        *("D1", "d1-clean", '.drop_duplicates("人员编码")', ""),
        "d1-clean-check",
    ),
    "people of one name become one": (
        *("D1", "d1-clean", 'drop_duplicates("人员编码")', 'drop_duplicates("姓名")'),
        "d1-clean-check",
    ),
    "duplicates before spaces": (
        *("D1", "d1-clean", TIDY, 'table.drop_duplicates("人员编码").assign(人员编码=keys)'),
        "d1-clean-check",
    ),
    "people who moved are kept": (
        *("D1", "d1-living", '["状态"] == "在册"', '["状态"] != ""'),
        "d1-living-check",
    ),
    "the absent are counted": (
        *("D1", "d1-living", '"租住"]', '"租住", "户在人不在"]'),
        "d1-living-check",
    ),
    "names instead of keys": (
        "D1",
        "d1-counts",
        'living["人员编码"].isin(active)',
        'living["姓名"].isin(roster["姓名"])',
        "d1-counts-check",
    ),
    "a blank is taken as yes": (
        *("D1", "d1-counts", '["自报党员"] == "是"', '["自报党员"] != "否"'),
        "d1-counts-check",
    ),
    "a blank is taken as no": ("D1", "d1-counts", BLANKS, "0", "d1-counts-check"),
    "blanks of members are counted": (
        *("D1", "d1-counts", BLANKS, BLANKS.replace("strangers", "living")),
        "d1-counts-check",
    ),
    "those to be asked are counted": (
        *("D1", "d1-mobilisable", "a + c", "a + c + pending"),
        "d1-mobilisable-check",
    ),
}


def solved(task: str) -> Solved:
    return solved_task(COURSE / "data" / f"{task}.py", SEED)


def frames(task: str) -> dict[str, Any]:
    """Tables as the locked first cell of a track reads them."""
    made = {
        name: pd.DataFrame(table["rows"], columns=table["columns"])
        for name, table in solved(task).task.tables.items()
    }
    return {name: made[name].set_index("编码") for name in made} if task == "D0" else made


def failed_checks(task: str, cell: str = "", old: str = "", new: str = "") -> list[str]:
    """Run a track's solutions, one of them changed, and name the checks that fail."""
    values, failed = frames(task), []
    for found in json.loads((COURSE / TRACKS[task]).read_text())["cells"]:
        told = found["metadata"].get("nbgrader", {})
        source, name = MARKS.sub("", "".join(found["source"])), told.get("grade_id", "")
        if name == cell:
            assert old in source, name
            source = source.replace(old, new)
        try:
            if told.get("grade") or told.get("solution"):
                exec(compile(source, name, "exec"), values)
        except (AssertionError, LookupError, ValueError):
            failed.append(name)
    return failed


@pytest.mark.parametrize("task", TRACKS)
def test_the_courses_own_solutions_pass_every_check(task: str) -> None:
    assert failed_checks(task) == []


@pytest.mark.parametrize("name", MISTAKES)
def test_a_usual_mistake_fails_the_check_that_is_meant_for_it(name: str) -> None:
    task, cell, old, new, check = MISTAKES[name]
    assert failed_checks(task, cell, old, new)[0] == check


@pytest.mark.parametrize(("lesson", "task"), [("L1", "D0"), ("L3", "D1")])
def test_explanations_and_hints_name_steps_and_no_number(lesson: str, task: str) -> None:
    document = tomllib.loads((COURSE / f"questions/{lesson}.toml").read_text())
    asked = [one for one in document["question"] if one["id"].startswith(f"{lesson}-{task}-")]
    assert len(asked) >= 4
    for question in asked:
        text = question["explanation"] + question.get("hint", "")
        assert not re.search(r"\d", re.sub(r"F\d\d", "", text)), question["id"]


def test_the_claims_beside_the_questions_of_d0_tell_none_of_their_answers() -> None:
    drawn = solved("D0")
    claims = " ".join(row[1] for row in drawn.task.tables["claims"]["rows"])
    told = {float(number) for number in re.findall(r"\d+(?:\.\d+)?", claims)}
    rights = [value for value in drawn.answers.values() if not isinstance(value, set)]
    assert len(rights) == 3
    for right in rights:
        assert not [one for one in told if abs(one - right) < 0.05]
