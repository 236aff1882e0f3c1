"""D8: missing reserve cadres unit by unit, and one rate of training for everybody."""

import runpy
from collections import Counter
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.pairwise import require_all_differ
from zhixing.datatask import Solved, solved_task
from zhixing.marking import mark
from zhixing.question import Question

FILE = Path(__file__).parents[2] / "courses" / "shujiketang" / "data" / "D8.py"
SEEDS = range(200)
TOLERANCE = 0.5
ANSWERS = ("missing", "rate", "behind")
UNITS = [["甲村", "村"], ["乙村", "村"], ["丙社区", "社区"]]
RULES = [["村书记", 56, "", ""], ["后备干部", 32, "", ""]]


@cache
def solved(seed: int) -> Solved:
    return solved_task(FILE, seed)


@cache
def module() -> Mapping[str, Any]:
    return runpy.run_path(str(FILE))


def people(seed: int) -> list[list[Any]]:
    found: list[list[Any]] = solved(seed).task.tables["people"]["rows"]
    return found


def reserve(unit: str, code: str, status: str = "在库", **cells: Any) -> list[Any]:
    return person(unit, code, "后备干部", status, **cells)


def person(
    unit: str,
    code: str,
    post: str,
    status: str,
    *,
    hours: int = 32,
    online: int = 0,
    exemption: str = "",
    day: str = "2026-06-01",
) -> list[Any]:
    return [unit, code, "王一", post, status, hours, online, exemption, day]


def answers(*rows: list[Any]) -> Mapping[str, Any]:
    tables = {"units": {"rows": UNITS}, "people": {"rows": [*rows]}, "rules": {"rows": RULES}}
    found: Mapping[str, Any] = module()["solve"](tables)
    return found


def enough(unit: str, start: int, number: int = 3) -> list[list[Any]]:
    return [reserve(unit, f"P{start + place}") for place in range(number)]


def test_right_and_wrong_answers_differ_pairwise_over_200_seeds() -> None:
    for seed in SEEDS:
        require_all_differ(solved(seed), ANSWERS, 5)


def test_no_two_rates_are_within_tolerance_of_one_another() -> None:
    for seed in SEEDS:
        drawn = solved(seed)
        wrongs = [answers["rate"] for answers, _ in drawn.wrongs.values() if "rate" in answers]
        for low, high in pairwise(sorted([drawn.answers["rate"], *wrongs])):
            assert high - low > 2 * TOLERANCE, seed


def test_the_list_is_as_long_and_as_untidy_as_lists_are_in_life() -> None:
    for seed in SEEDS:
        rows = people(seed)
        assert 60 <= len(rows) <= 120
        per_code = Counter(row[1] for row in rows)
        assert set(per_code.values()) == {1, 2}
        assert {row[4] for row in rows} >= {"在任", "在库", "已任用", "已退出"}
        assert {row[7] for row in rows} == {"", "已批准", "待批", "未批准"}


def test_some_units_have_too_many_reserves_and_some_have_none() -> None:
    for seed in SEEDS:
        drawn = solved(seed)
        last = {row[1]: row for row in sorted(people(seed), key=lambda row: row[8])}
        held = Counter(row[0] for row in last.values() if row[3:5] == ["后备干部", "在库"])
        numbers = [held[unit] for unit, _ in drawn.task.tables["units"]["rows"]]
        assert len(numbers) == 12
        assert 0 in numbers
        assert max(numbers) > 3
        assert drawn.answers["missing"] == sum(max(0, 3 - number) for number in numbers)


def test_of_two_rows_the_later_one_is_never_of_the_same_day() -> None:
    for seed in SEEDS:
        days: dict[str, list[str]] = {}
        for row in people(seed):
            days.setdefault(row[1], []).append(row[8])
        assert all(len(set(found)) == len(found) for found in days.values())


def test_every_post_has_a_rule_and_every_unit_a_secretary_of_its_kind() -> None:
    drawn = solved(1)
    assert {row[3] for row in people(1)} <= {row[0] for row in drawn.task.tables["rules"]["rows"]}
    for unit, kind in drawn.task.tables["units"]["rows"]:
        own = [row[3] for row in people(1) if row[0] == unit and row[3].endswith("书记")]
        assert own == [f"{kind}书记"]


def test_missing_heads_are_added_up_unit_by_unit() -> None:
    found = answers(*enough("甲村", 0, 5), *enough("乙村", 10, 1), *enough("丙社区", 20))
    assert found["missing"] == 2


def test_a_unit_without_any_reserve_lacks_three() -> None:
    assert answers(*enough("甲村", 0), *enough("乙村", 10))["missing"] == 3


@pytest.mark.parametrize("status", ["已任用", "已退出"])
def test_who_has_left_the_reserve_neither_counts_nor_has_to_train(status: str) -> None:
    rows = [*enough("甲村", 0), *enough("乙村", 10), *enough("丙社区", 20, 2)]
    found = answers(*rows, reserve("丙社区", "P30", status, hours=0))
    assert found["missing"] == 1
    assert found["rate"] == 100
    assert found["behind"] == set()


def test_a_person_is_counted_once_where_the_later_row_says() -> None:
    old = reserve("甲村", "P0", hours=0, day="2026-02-01")
    rows = [*enough("甲村", 1), *enough("乙村", 10, 2), *enough("丙社区", 20)]
    found = answers(*rows, reserve("乙村", "P0", day="2026-07-01"), old)
    assert found["missing"] == 0
    assert found["rate"] == 100


def test_who_has_been_appointed_is_no_reserve_and_trains_for_the_new_post() -> None:
    old = reserve("甲村", "P0", day="2026-02-01")
    new = person("甲村", "P0", "村书记", "在任", hours=40, day="2026-07-01")
    found = answers(new, old, *enough("甲村", 1, 2), *enough("乙村", 10), *enough("丙社区", 20))
    assert found["missing"] == 1
    assert found["behind"] == {"P0"}


def test_everybody_is_pooled_and_units_are_not_averaged() -> None:
    behind = [reserve("甲村", "P0", hours=31)]
    assert answers(*behind, *enough("乙村", 10, 9))["rate"] == 90


def test_online_hours_do_not_make_up_for_centralized_ones() -> None:
    found = answers(reserve("甲村", "P0", hours=30, online=60), reserve("乙村", "P1"))
    assert found["rate"] == 50
    assert found["behind"] == {"P0"}


def test_each_post_has_its_own_line_and_the_line_is_enough() -> None:
    found = answers(
        person("甲村", "P0", "村书记", "在任", hours=56),
        person("乙村", "P1", "村书记", "在任", hours=55),
        reserve("甲村", "P2", hours=32),
        reserve("乙村", "P3", hours=31),
    )
    assert found["behind"] == {"P1", "P3"}
    assert found["rate"] == 50


@pytest.mark.parametrize("exemption", ["待批", "未批准", ""])
def test_an_exemption_that_is_not_approved_changes_nothing(exemption: str) -> None:
    found = answers(reserve("甲村", "P0", hours=0, exemption=exemption), reserve("乙村", "P1"))
    assert found["rate"] == 50
    assert found["behind"] == {"P0"}


@pytest.mark.parametrize("hours", [0, 60])
def test_who_is_exempt_is_in_neither_part_of_the_rate(hours: int) -> None:
    exempt = reserve("甲村", "P0", hours=hours, exemption="已批准")
    found = answers(exempt, reserve("乙村", "P1"), reserve("乙村", "P2", hours=0))
    assert found["rate"] == 50
    assert found["behind"] == {"P2"}


def test_who_is_exempt_is_still_in_the_reserve() -> None:
    exempt = reserve("甲村", "P0", exemption="已批准")
    rows = [*enough("甲村", 1, 2), *enough("乙村", 10), *enough("丙社区", 20)]
    assert answers(exempt, *rows)["missing"] == 0


def test_the_rate_and_the_list_agree() -> None:
    for seed in SEEDS:
        drawn = solved(seed)
        rate, behind = drawn.answers["rate"], drawn.answers["behind"]
        due = len(behind) / (1 - rate / 100)
        assert due == pytest.approx(round(due))
        assert 40 < rate < 95


@pytest.mark.parametrize("name", ANSWERS)
def test_each_mistake_is_told_its_own_step(name: str) -> None:
    for seed in (1, 20210728):
        drawn = solved(seed)
        key = drawn.key(name, TOLERANCE)
        question = Question("L7-D8", "data", "题", 8, key, wrong=tuple(drawn.wrong(name)))
        for answers, step in drawn.wrongs.values():
            if name in answers:
                value = answers[name]
                given = mark(question, sorted(value) if isinstance(value, set) else value)
                assert given.score is not None
                assert given.score < 1
                assert [reason["text"] for reason in given.reasons] == [step]


def test_the_rate_is_right_as_people_round_it() -> None:
    for seed in (1, 2, 3):
        drawn = solved(seed)
        question = Question("L7-D8-2", "data", "题", 8, drawn.key("rate", TOLERANCE), unit="%")
        assert mark(question, f"{drawn.answers['rate']:.1f}%").is_right


def test_the_same_seed_gives_the_same_tables_and_another_seed_others() -> None:
    assert solved_task(FILE, 7).task == solved(7).task
    assert solved(7).task != solved(8).task


def test_a_step_names_no_number_and_nobody() -> None:
    for method, (_, step) in module()["WRONG"].items():
        digits = "".join(character for character in step if character.isdigit())
        assert digits == ("100" if method == "as_share" else "")


def test_nothing_looks_like_an_id_card_or_a_telephone() -> None:
    for seed in SEEDS:
        cells = [str(cell) for row in people(seed) for cell in row]
        long = [cell for cell in cells if sum(character.isdigit() for character in cell) > 3]
        assert all(len(cell) == 10 and cell[4] == cell[7] == "-" for cell in long)
    assert "虚构" in solved(1).task.note
