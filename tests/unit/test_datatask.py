"""Data tasks tell every usual mistake apart, whatever the seed."""

import shutil
import sys
from collections.abc import Mapping
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from zhixing.datatask import Solved, solved_task
from zhixing.errors import CourseFileError

DATA = Path(__file__).parents[2] / "courses" / "shujiketang" / "data"
SEEDS = range(200)
TASKS = ("D0", "D1")


@cache
def solved(task: str, seed: int) -> Solved:
    return solved_task(DATA / f"{task}.py", seed)


def rows(task: Solved, table: str) -> list[list[Any]]:
    found: list[list[Any]] = task.task.tables[table]["rows"]
    return found


@pytest.mark.parametrize("task", TASKS)
def test_right_and_wrong_answers_differ_pairwise_over_200_seeds(task: str) -> None:
    for seed in SEEDS if task == "D1" else [0]:
        drawn = solved(task, seed)
        for name, right in drawn.answers.items():
            wrongs = [answers[name] for answers, _ in drawn.wrongs.values() if name in answers]
            assert wrongs, name
            for one, other in combinations([right, *wrongs], 2):
                assert one != other, (seed, name)


@pytest.mark.parametrize("task", TASKS)
def test_wrong_numbers_are_farther_apart_than_the_tolerance(task: str) -> None:
    drawn = solved(task, 1)
    for name in drawn.answers:
        key = drawn.key(name)
        if "rate" in key:
            for wrong in drawn.wrong(name):
                assert abs(wrong["value"] - key["rate"]) > 2 * 0.05


@pytest.mark.parametrize("task", TASKS)
def test_a_step_never_states_the_number(task: str) -> None:
    drawn = solved(task, 20210728)
    numbers = {str(value) for value in drawn.answers.values() if not isinstance(value, set)}
    for _, step in drawn.wrongs.values():
        assert not [number for number in numbers if number in step]


def test_the_same_seed_gives_the_same_tables_and_another_seed_others() -> None:
    again = solved_task(DATA / "D1.py", 7)
    assert again.task == solved("D1", 7).task
    assert again.task != solved("D1", 8).task


def test_d1_is_as_large_and_as_untidy_as_lists_are_in_life() -> None:
    for seed in SEEDS:
        drawn = solved("D1", seed)
        roster, residents = rows(drawn, "roster"), rows(drawn, "residents")
        assert 160 <= len(roster) <= 210
        assert 360 <= len(residents) <= 460
        for table in (roster, residents):
            keys = [row[0] for row in table]
            assert any(key != key.strip() for key in keys)
            assert len({key.strip() for key in keys}) < len(keys)
        assert "已转出" in {row[2] for row in roster}
        assert {row[4] for row in residents} == {"是", "否", ""}
        names = {row[0].strip(): row[1] for row in (*roster, *residents)}
        assert len(set(names.values())) < len(names)


def test_d1_says_one_thing_of_one_person() -> None:
    for seed in SEEDS:
        for table in ("roster", "residents"):
            said: dict[str, list[Any]] = {}
            for key, *rest in rows(solved("D1", seed), table):
                assert said.setdefault(key.strip(), rest) == rest


def test_d1_adds_up() -> None:
    for seed in SEEDS:
        drawn = solved("D1", seed)
        values: Mapping[str, Any] = drawn.answers
        active = {row[0].strip() for row in rows(drawn, "roster") if row[2] == "在册"}
        assert values["a"] + values["b"] == len(active)
        assert values["mobilisable"] == values["a"] + values["c"]
        assert len(values["unlisted"]) == values["c"]
        assert not values["unlisted"] & active


def test_d1_holds_nothing_that_looks_like_an_id_card_or_a_telephone() -> None:
    drawn = solved("D1", 20210728)
    cells = [
        str(cell) for table in drawn.task.tables.values() for row in table["rows"] for cell in row
    ]
    assert not [cell for cell in cells if sum(char.isdigit() for char in cell) > 6]
    assert "虚构" in drawn.task.note


def test_d0_rests_on_the_figures_of_the_article() -> None:
    drawn = solved("D0", 0)
    figure = {row[0]: (row[2], row[4]) for row in rows(drawn, "figures")}
    more_than = {code for code, (_, qualifier) in figure.items() if qualifier.startswith("余")}
    assert more_than == {"F02", "F04", "F06", "F07", "F08", "F09", "F11"}
    assert drawn.answers["professions"] == 1019 + 1300 + 1450 + 900
    assert drawn.answers["branch_share"] == pytest.approx(93.75)
    assert drawn.answers["buildings_per_volunteer"] == pytest.approx(1.2961, abs=1e-4)
    assert "J3" not in drawn.answers["unsupported"]


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("TITLE = 'x'", "没有定义"),
        ("def broken(:", "Python 语法"),
        ("raise RuntimeError('坏')", "RuntimeError: 坏"),
    ],
)
def test_a_broken_task_is_named_by_file_and_line(tmp_path: Path, source: str, problem: str) -> None:
    path = tmp_path / "课" / "data" / "D9.py"
    path.parent.mkdir(parents=True)
    path.write_text(source)
    with pytest.raises(CourseFileError, match=problem) as caught:
        solved_task(path, 1)
    assert caught.value.file == "课/data/D9.py"
    assert caught.value.line == 1


def test_loading_a_task_leaves_no_compiled_copy_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    path = tmp_path / "课" / "data" / "D0.py"
    path.parent.mkdir(parents=True)
    shutil.copy(DATA / "D0.py", path)
    solved_task(path, 1)
    assert [one.name for one in path.parent.iterdir()] == ["D0.py"]


def test_a_missing_task_is_named() -> None:
    with pytest.raises(CourseFileError, match=r"D9\.py.*找不到"):
        solved_task(DATA / "D9.py", 1)
