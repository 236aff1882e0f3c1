"""D7 shares out the sum as its rules say, and tells every usual mistake apart."""

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

PATH = Path(__file__).parents[2] / "courses" / "shujiketang" / "data" / "D7.py"
SEEDS = range(200)
ANSWERS = ("payments", "uncapped_total", "capped")
TOTAL = 2_300_000


@cache
def solved(seed: int) -> Solved:
    return solved_task(PATH, seed)


@cache
def module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("task_d7", PATH)
    assert spec
    assert spec.loader
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def rows(task: Solved) -> list[list[Any]]:
    found: list[list[Any]] = task.task.tables["communities"]["rows"]
    return found


def payments(task: Solved) -> dict[str, int]:
    return {code: cells[0] for code, cells in task.answers["payments"]["rows"].items()}


def requested(task: Solved) -> dict[str, int]:
    return {row[0]: round(row[-1] * 10_000) for row in rows(task)}


def question(task: Solved, name: str) -> Question:
    wrong = tuple(task.wrong(name))
    return Question("L10-D7", "data", "题", 8, task.key(name), wrong=wrong)


def worked(*communities: tuple[int, int, str, int, float]) -> dict[str, Any]:
    """Answers for communities given by members, households, risk, difficult ones and request."""
    found = [[f"SQ{place}", "甲", *row] for place, row in enumerate(communities, start=1)]
    answers: dict[str, Any] = module().solve({"communities": {"rows": found}})
    return answers


def paid(*communities: tuple[int, int, str, int, float]) -> list[int]:
    return [cells[0] for cells in worked(*communities)["payments"]["rows"].values()]


def test_right_and_wrong_answers_differ_pairwise_over_200_seeds() -> None:
    for seed in SEEDS:
        require_all_differ(solved(seed), ANSWERS, 3)


def test_the_same_seed_gives_the_same_tables_and_another_seed_others() -> None:
    again = module().generate(7)
    assert again == solved(7).task.tables
    assert again != solved(8).task.tables


def test_tables_are_plausible_and_of_a_size_that_a_cadre_can_handle() -> None:
    for seed in SEEDS:
        found = rows(solved(seed))
        assert len(found) == len({row[0] for row in found}) == len({row[1] for row in found}) == 10
        assert {row[4] for row in found} == {"高", "中", "低"}
        assert 0 in {row[5] for row in found}
        for _, _, members, households, _, difficult, asked in found:
            assert members < households
            assert difficult < households
            assert 3 <= asked <= 100
            assert asked == round(asked, 1)


def test_more_is_asked_for_than_there_is() -> None:
    for seed in SEEDS:
        assert sum(requested(solved(seed)).values()) > 1.1 * TOTAL


def test_payments_are_whole_hundreds_that_add_up_and_exceed_no_request() -> None:
    for seed in SEEDS:
        drawn = solved(seed)
        assert sum(payments(drawn).values()) == TOTAL
        for code, payment in payments(drawn).items():
            assert payment % 100 == 0
            assert 0 < payment <= requested(drawn)[code]


def test_the_capped_get_what_they_asked_for_and_nobody_else_does() -> None:
    for seed in SEEDS:
        drawn = solved(seed)
        full = {
            code for code, payment in payments(drawn).items() if payment == requested(drawn)[code]
        }
        assert drawn.answers["capped"] == full
        rest = [payment for code, payment in payments(drawn).items() if code not in full]
        assert drawn.answers["uncapped_total"] == sum(rest)


def test_one_round_of_sharing_out_is_never_enough_and_three_always_are() -> None:
    for seed in SEEDS:
        tables = solved(seed).task.tables
        capped = [module()._settled(tables, rounds=rounds)[1] for rounds in range(4)]
        assert len(capped[0]) < len(capped[1]) < len(capped[2])
        assert capped[3] == solved(seed).answers["capped"]
        assert 3 <= len(capped[3]) <= 5


def test_rounding_on_the_way_to_whole_yuan_changes_no_payment() -> None:
    for seed in range(0, 200, 10):
        drawn = solved(seed)
        base = {code: round(share) for code, share in module()._base(drawn.task.tables).items()}
        shares, _ = module()._settled(drawn.task.tables, base=base)
        whole = {code: round(share) for code, share in shares.items()}
        assert module()._rounded(whole) == payments(drawn)


def test_each_basis_has_its_weight() -> None:
    far = 999.0
    assert paid((10, 100, "低", 0, far), (0, 100, "低", 10, far)) == [1_265_000, 1_035_000]
    assert paid((10, 100, "低", 10, far), (10, 300, "低", 10, far)) == [862_500, 1_437_500]


@pytest.mark.parametrize(
    ("risk", "first"), [("高", 1_265_000), ("中", 1_202_300), ("低", 1_150_000)]
)
def test_households_are_weighted_by_risk(risk: str, first: int) -> None:
    found = paid((10, 100, risk, 10, 999.0), (10, 100, "低", 10, 999.0))
    assert found == [first, TOTAL - first]


def test_nobody_gets_more_than_was_asked_for() -> None:
    same = (10, 100, "低", 10)
    assert paid((*same, 50.0), (*same, 200.0)) == [500_000, 1_800_000]


def test_what_the_capped_leave_goes_to_the_others_in_proportion() -> None:
    found = paid((10, 100, "低", 10, 11.0), (10, 100, "低", 10, 999.0), (20, 200, "低", 20, 999.0))
    assert found == [110_000, 730_000, 1_460_000]


def test_sharing_out_goes_on_until_nobody_is_above_the_request() -> None:
    same = (10, 100, "低", 10)
    found = worked((*same, 40.0), (*same, 60.0), (*same, 60.0), (*same, 999.0))
    assert [cells[0] for cells in found["payments"]["rows"].values()] == [
        400_000,
        600_000,
        600_000,
        700_000,
    ]
    assert found["capped"] == {"SQ1", "SQ2", "SQ3"}
    assert found["uncapped_total"] == 700_000


def test_a_share_that_equals_the_request_is_no_longer_shared_out() -> None:
    same = (10, 100, "低", 10)
    assert worked((*same, 115.0), (*same, 115.0))["capped"] == set()


def test_requests_are_in_ten_thousands_and_payments_in_yuan() -> None:
    same = (10, 100, "低", 10)
    assert paid((*same, 16.3), (*same, 999.0)) == [163_000, TOTAL - 163_000]


def test_hundreds_that_are_missing_go_to_the_largest_remainders() -> None:
    assert module()._rounded({"甲": 766_660, "乙": 766_650, "丙": 766_690}) == {
        "甲": 766_700,
        "乙": 766_600,
        "丙": 766_700,
    }


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
            told = [reason["text"] for reason in given.reasons]
            assert told[0] == step
            assert not [other for _, other in drawn.wrongs.values() if other in told[1:]]


def test_the_table_is_marked_cell_by_cell_and_must_add_up() -> None:
    drawn = solved(3)
    asked = question(drawn, "payments")
    right = drawn.answers["payments"]["rows"]
    assert mark(asked, right).score == 1
    one, other = list(right)[:2]
    moved = {**right, one: [right[one][0] + 100], other: [right[other][0] - 100]}
    assert mark(asked, moved).score == 8 / 10
    assert mark(asked, {**right, one: [right[one][0] + 100]}).score == 1 / 2


def test_a_step_never_states_a_number_or_code_of_the_answer() -> None:
    for seed in SEEDS:
        drawn = solved(seed)
        told = {*map(str, payments(drawn).values()), *payments(drawn)}
        told.add(str(drawn.answers["uncapped_total"]))
        for _, step in drawn.wrongs.values():
            assert not [number for number in told if number in step]


def test_nothing_looks_like_an_id_card_or_a_telephone() -> None:
    for seed in SEEDS:
        cells = [str(cell) for row in rows(solved(seed)) for cell in row]
        assert not [cell for cell in cells if sum(char.isdigit() for char in cell) > 4]
    assert "虚构" in solved(0).task.note
