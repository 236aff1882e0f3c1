"""D6 counts hours of service as its rules say, and tells every usual mistake apart."""

import re
import runpy
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

FILE = Path(__file__).parents[2] / "courses" / "shujiketang" / "data" / "D6.py"
SEEDS = range(200)
TOLERANCES = {"rate": 0.5, "hours": 0.05, "short": None}
"""Those of the questions in L8.toml."""


@cache
def solved(seed: int) -> Solved:
    return solved_task(FILE, seed)


@cache
def module() -> Mapping[str, Any]:
    return runpy.run_path(str(FILE))


def rows(seed: int, table: str = "checkins") -> list[list[str]]:
    found: list[list[str]] = solved(seed).task.tables[table]["rows"]
    return found


def question(drawn: Solved, name: str) -> Question:
    key, wrong = drawn.key(name, TOLERANCES[name]), tuple(drawn.wrong(name))
    return Question("L8-D6", "data", "题", 8, key, wrong=wrong)


def typed(answer: Any) -> str:
    """Write an answer as a learner does: a number with one decimal, a set as codes."""
    return "，".join(sorted(answer)) if isinstance(answer, set) else f"{answer:.1f}"


def answers(*checkins: list[str], due: tuple[str, ...] = ("甲",)) -> dict[str, Any]:
    tables = {
        "due": {"rows": [[code, "某人", "第一支部"] for code in due]},
        "checkins": {"rows": list(checkins)},
    }
    found: dict[str, Any] = module()["solve"](tables)
    return found


def record(
    start: str, end: str, *, code: str = "甲", day: str = "2026-03-02", confirmed: str = "是"
) -> list[str]:
    return [code, day, start, end, confirmed]


def hours(*checkins: list[str]) -> float:
    found: float = answers(*checkins)["hours"]
    return found


def test_right_and_wrong_answers_differ_pairwise_over_200_seeds() -> None:
    for seed in SEEDS:
        require_all_differ(solved(seed), solved(seed).answers, 5)


@pytest.mark.parametrize("name", TOLERANCES)
def test_a_wrong_answer_as_typed_is_not_taken_and_is_told_its_own_step(name: str) -> None:
    for seed in SEEDS:
        drawn = solved(seed)
        asked = question(drawn, name)
        assert mark(asked, typed(drawn.answers[name])).score == 1
        for given, step in drawn.wrongs.values():
            if name in given:
                found = mark(asked, typed(given[name]))
                assert found.score < 1
                assert step in [reason["text"] for reason in found.reasons], (seed, step)


def test_a_step_never_states_an_answer() -> None:
    for seed in SEEDS:
        drawn = solved(seed)
        numbers = {typed(drawn.answers["rate"]), typed(drawn.answers["hours"])}
        for _, step in drawn.wrongs.values():
            assert not numbers & set(re.findall(r"[\d.]+", step))
            assert not [code for code in drawn.answers["short"] if code in step]


def test_the_same_seed_gives_the_same_tables_and_another_seed_others() -> None:
    again = solved_task(FILE, 7)
    assert again.task == solved(7).task
    assert again.task != solved(8).task


def test_tables_are_of_a_size_that_a_cadre_can_handle() -> None:
    for seed in SEEDS:
        assert 20 <= len(rows(seed, "due")) <= 36
        assert 80 <= len(rows(seed)) <= 180
        assert 6 <= len(solved(seed).answers["short"]) <= 20


def test_the_records_hold_everything_that_the_rules_speak_of() -> None:
    for seed in SEEDS:
        found, due = rows(seed), {row[0] for row in rows(seed, "due")}
        assert {row[4] for row in found} == {"是", "否"}
        assert [row for row in found if not row[3]]
        assert [row for row in found if row[3] and row[3] < row[2]]
        assert {row[0] for row in found} - due
        assert due - {row[0] for row in found}


def test_times_are_on_the_half_hour_and_dates_in_one_spring() -> None:
    for seed in SEEDS:
        for _, day, start, end, _ in rows(seed):
            assert re.fullmatch(r"2026-0[345]-\d\d", day)
            assert re.fullmatch(r"[0-2]\d:[03]0", start)
            assert re.fullmatch(r"([0-2]\d:[03]0)?", end)
            assert start != end


def test_at_most_two_records_overlap_so_that_one_row_looks_back_at_one_row() -> None:
    for seed in SEEDS:
        spans = sorted(module()["_spans"](solved(seed).task.tables))
        for first, second in pairwise(spans):
            if first[0] == second[0] and second[1] < first[2]:
                later = [one for one in spans if one[0] == first[0] and one[1] > second[1]]
                assert all(one[1] >= max(first[2], second[2]) for one in later)


def test_a_code_is_one_person() -> None:
    for seed in SEEDS:
        codes = [row[0] for row in rows(seed, "due")]
        assert len(set(codes)) == len(codes)


def test_overlapping_records_count_once() -> None:
    assert hours(record("14:00", "16:00"), record("15:00", "17:30")) == 3.5


def test_a_record_inside_another_adds_nothing() -> None:
    inside, later = record("09:00", "10:00"), record("11:00", "13:00")
    assert hours(record("08:00", "12:00"), inside, later) == 5


def test_the_same_record_twice_counts_once() -> None:
    assert hours(record("08:00", "12:00"), record("08:00", "12:00")) == 4


def test_records_that_touch_lose_nothing() -> None:
    assert hours(record("08:00", "10:00"), record("10:00", "11:00")) == 3


def test_people_do_not_overlap_with_one_another() -> None:
    found = answers(record("08:00", "10:00"), record("08:00", "10:00", code="乙"), due=("甲", "乙"))
    assert found["hours"] == 4


def test_a_record_past_midnight_ends_on_the_next_day() -> None:
    assert hours(record("22:00", "01:30")) == 3.5
    assert hours(record("22:00", "00:00")) == 2


def test_overlaps_across_midnight_count_once() -> None:
    assert hours(record("22:00", "01:00"), record("00:30", "02:00", day="2026-03-03")) == 4


def test_records_without_confirmation_or_end_do_not_count() -> None:
    unconfirmed, still_open = record("13:00", "15:00", confirmed="否"), record("18:00", "")
    assert hours(record("08:00", "10:00"), unconfirmed, still_open) == 2


def test_an_unconfirmed_record_does_not_shorten_a_confirmed_one() -> None:
    assert hours(record("08:00", "10:00"), record("07:00", "11:00", confirmed="否")) == 2


def test_twelve_hours_exactly_are_enough() -> None:
    assert answers(record("08:00", "20:00"))["short"] == set()
    assert answers(record("08:00", "19:30"))["short"] == {"甲"}


def test_the_rate_is_of_all_who_are_due_and_of_nobody_else() -> None:
    found = answers(
        record("08:00", "20:00"),
        record("08:00", "20:00", code="帮忙"),
        record("08:00", "09:00", code="乙"),
        due=("甲", "乙", "丙", "丁"),
    )
    assert found["rate"] == 25
    assert found["short"] == {"乙", "丙", "丁"}
    assert found["hours"] == 13


def test_the_way_of_the_lesson_by_sorted_rows_gives_the_same() -> None:
    """Day fractions, and a row looks back at the row above; rounded as in Excel."""
    for seed in SEEDS:
        total: dict[str, float] = {}
        last_code, last_end = "", 0.0
        kept = sorted(row for row in rows(seed) if row[3] and row[4] == "是")
        for code, day, start, end, _ in kept:
            date = int(day[5:7]) * 31 + int(day[8:])
            begin = date + fraction(start)
            finish = date + fraction(end) + (end < start)
            counted_from = max(begin, last_end) if code == last_code else begin
            total[code] = total.get(code, 0) + round(max(0, finish - counted_from) * 24, 1)
            last_code, last_end = code, finish
        short = {row[0] for row in rows(seed, "due") if total.get(row[0], 0) < 12}
        assert short == solved(seed).answers["short"]


def fraction(clock: str) -> float:
    return int(clock[:2]) / 24 + int(clock[3:]) / 1440


def test_nothing_looks_like_an_id_card_or_a_telephone() -> None:
    for seed in SEEDS:
        cells = [cell for table in ("due", "checkins") for row in rows(seed, table) for cell in row]
        assert not [cell for cell in cells if re.search(r"\d{7}", cell)]
        assert "虚构" in solved(seed).task.note
