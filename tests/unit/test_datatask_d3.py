"""D3 computes points and stars as its rules say, and tells every usual mistake apart."""

import importlib.util
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.pairwise import require_all_differ
from zhixing.datatask import Solved, solved_task
from zhixing.marking import mark
from zhixing.question import Question

PATH = Path(__file__).parents[2] / "courses" / "shujiketang" / "data" / "D3.py"
SEEDS = range(200)
ANSWERS = ("scores", "high", "unrated")


@cache
def solved(seed: int) -> Solved:
    return solved_task(PATH, seed)


@cache
def module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("task_d3", PATH)
    assert spec
    assert spec.loader
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def rows(task: Solved, table: str) -> list[list[Any]]:
    found: list[list[Any]] = task.task.tables[table]["rows"]
    return found


def question(task: Solved, name: str) -> Question:
    wrong = tuple(task.wrong(name))
    return Question("L4-D3", "data", "题", 8, task.key(name), wrong=wrong)


def small_tables(**changed: list[list[Any]]) -> dict[str, dict[str, Any]]:
    """Two members of the scored branch, the first with 30 and 25 points this year."""
    tables = {
        "members": [["DY1", "甲", "第一党支部"], ["DY2", "乙", "第一党支部"]],
        "events": [
            ["DY1", "组织生活", 30, "会议记录", "2026-03-02"],
            ["DY1", "志愿服务", 25, "值班表", "2026-04-05"],
        ],
        "caps": [["组织生活", 30], ["志愿服务", 40], ["联系居民", 20], ["急难任务", 20]],
        "deductions": [],
        "rulings": [],
    }
    return {name: {"rows": found} for name, found in (tables | changed).items()}


def first_cells(**added: list[list[Any]]) -> list[str]:
    """Score and star of the first member after rows were added to the small tables."""
    tables = small_tables()
    for name, more in added.items():
        tables[name]["rows"] = tables[name]["rows"] + more
    cells: list[str] = module().solve(tables)["scores"]["rows"]["DY1"]
    return cells


def test_right_and_wrong_answers_differ_pairwise_over_200_seeds() -> None:
    for seed in SEEDS:
        require_all_differ(solved(seed), ANSWERS, 4)


def test_the_same_seed_gives_the_same_tables_and_another_seed_others() -> None:
    again = module().generate(7)
    assert again == solved(7).task.tables
    assert again != solved(8).task.tables


def test_tables_are_of_a_size_that_a_cadre_can_handle() -> None:
    for seed in SEEDS:
        drawn = solved(seed)
        assert len(rows(drawn, "members")) == 28
        assert 240 <= len(rows(drawn, "events")) <= 400
        assert len(drawn.answers["scores"]["rows"]) == 8
        assert 5 <= len(rows(drawn, "deductions")) <= 40
        assert 4 <= drawn.answers["high"] <= 14


def test_every_trap_is_in_the_data() -> None:
    for seed in SEEDS:
        drawn = solved(seed)
        events = rows(drawn, "events")
        assert {row[3] for row in events} >= {"", "待补", "值班表"}
        assert {row[4][:4] for row in events} == {"2025", "2026"}
        told = {(what, year, state) for _, what, year, state in rows(drawn, "rulings")}
        assert told >= {
            ("免评", 2026, "生效"),
            ("免评", 2026, "待批"),
            ("免评", 2025, "生效"),
            ("不评", 2026, "生效"),
            ("不评", 2026, "已撤销"),
            ("不评", 2025, "生效"),
        }
        own = {cell for cells in drawn.answers["scores"]["rows"].values() for cell in cells}
        assert {"免评", "不评"} <= own


def test_everybody_has_one_code_and_one_ruling_at_most() -> None:
    for seed in SEEDS:
        drawn = solved(seed)
        codes = [row[0] for row in rows(drawn, "members")]
        assert len(set(codes)) == len(codes)
        ruled = [row[0] for row in rows(drawn, "rulings")]
        assert len(set(ruled)) == len(ruled)
        for table in ("events", "deductions", "rulings"):
            assert {row[0] for row in rows(drawn, table)} <= set(codes)


def test_scores_lie_between_zero_and_the_sum_of_the_caps() -> None:
    for seed in SEEDS:
        for score, star in solved(seed).answers["scores"]["rows"].values():
            assert score == star or 0 < int(score) <= 110


def test_points_above_the_cap_of_a_category_do_not_count() -> None:
    assert first_cells() == ["55", "无星"]
    more = ["DY1", "组织生活", 9, "会议记录", "2026-05-06"]
    assert first_cells(events=[more]) == ["55", "无星"]


def test_another_category_still_counts_when_one_is_full() -> None:
    more = ["DY1", "联系居民", 5, "居民证明", "2026-05-06"]
    assert first_cells(events=[more]) == ["60", "二星"]


@pytest.mark.parametrize("proof", ["", "待补"])
def test_a_record_without_proof_does_not_count_yet(proof: str) -> None:
    more = ["DY1", "志愿服务", 8, proof, "2026-05-06"]
    assert first_cells(events=[more]) == ["55", "无星"]


def test_records_of_last_year_do_not_count() -> None:
    more = ["DY1", "志愿服务", 8, "值班表", "2025-12-31"]
    assert first_cells(events=[more]) == ["55", "无星"]


def test_deductions_of_this_year_are_taken_off_after_the_caps() -> None:
    full = ["DY1", "组织生活", 9, "会议记录", "2026-05-06"]
    lost = [["DY1", 5, "未到岗", "2026-06-07"], ["DY1", 3, "未到岗", "2025-06-07"]]
    assert first_cells(events=[full], deductions=lost) == ["50", "无星"]


@pytest.mark.parametrize("what", ["免评", "不评"])
def test_who_is_not_rated_has_a_word_and_no_score(what: str) -> None:
    assert first_cells(rulings=[["DY1", what, 2026, "生效"]]) == [what, what]


@pytest.mark.parametrize(("year", "state"), [(2025, "生效"), (2026, "待批"), (2026, "已撤销")])
def test_a_ruling_of_another_year_or_not_in_force_changes_nothing(year: int, state: str) -> None:
    assert first_cells(rulings=[["DY1", "免评", year, state]]) == ["55", "无星"]


@pytest.mark.parametrize(
    ("points", "star"),
    [(4, "无星"), (5, "二星"), (15, "三星"), (24, "三星"), (25, "四星"), (35, "五星")],
)
def test_a_line_includes_its_own_number(points: int, star: str) -> None:
    part = min(points, 15)
    more = [
        ["DY1", "联系居民", part, "居民证明", "2026-05-06"],
        ["DY1", "急难任务", points - part, "值班表", "2026-05-07"],
    ]
    assert first_cells(events=more) == [str(55 + points), star]


def test_only_rated_members_with_four_stars_or_more_are_counted() -> None:
    events = [
        [code, category, points, "值班表", "2026-05-06"]
        for code in ("DY1", "DY2")
        for category, points in (("组织生活", 30), ("志愿服务", 40), ("急难任务", 10))
    ]
    assert module().solve(small_tables(events=events))["high"] == 2
    ruled = small_tables(events=events, rulings=[["DY2", "不评", 2026, "生效"]])
    assert module().solve(ruled)["high"] == 1
    assert module().solve(ruled)["unrated"] == {"DY2"}


def test_a_low_score_is_rated_and_not_listed_as_unrated() -> None:
    assert module().solve(small_tables())["unrated"] == set()


def test_a_member_without_records_has_zero_points() -> None:
    assert module().solve(small_tables())["scores"]["rows"]["DY2"] == ["0", "无星"]


@pytest.mark.parametrize("name", ANSWERS)
def test_each_mistake_is_told_its_own_step(name: str) -> None:
    drawn = solved(20210728)
    asked = question(drawn, name)
    for answers, step in drawn.wrongs.values():
        if name in answers:
            value = answers[name]
            plain = value["rows"] if isinstance(value, dict) else value
            plain = sorted(plain) if isinstance(plain, set) else plain
            given = mark(asked, plain)
            assert given.score is not None
            assert given.score < 1
            assert [reason["text"] for reason in given.reasons] == [step]


def test_the_score_table_is_marked_cell_by_cell() -> None:
    drawn = solved(3)
    asked = question(drawn, "scores")
    right = drawn.answers["scores"]["rows"]
    assert mark(asked, right).score == 1
    code = next(code for code, cells in right.items() if cells[0].isdigit())
    assert mark(asked, {**right, code: ["1", right[code][1]]}).score == 15 / 16
    arabic = {"二星": "2星", "三星": "3星", "四星": "4星", "五星": "5星"}
    typed = {code: [score, arabic.get(star, star)] for code, (score, star) in right.items()}
    assert mark(asked, typed).score == 1


def test_a_step_never_states_a_number_of_the_answer() -> None:
    for seed in SEEDS:
        drawn = solved(seed)
        told = {str(drawn.answers["high"]), *drawn.answers["scores"]["rows"]}
        for _, step in drawn.wrongs.values():
            assert not [number for number in told if number in step]


def test_nothing_looks_like_an_id_card_or_a_telephone() -> None:
    drawn = solved(20210728)
    cells = [
        str(cell) for table in drawn.task.tables.values() for row in table["rows"] for cell in row
    ]
    dates = [cell for cell in cells if sum(char.isdigit() for char in cell) > 6]
    assert all(len(cell) == 10 and cell[4] == cell[7] == "-" for cell in dates)
    assert "虚构" in drawn.task.note
