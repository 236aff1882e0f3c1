"""D4 counts whistles by workdays as its rules say, and tells every usual mistake apart."""

import re
import runpy
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.pairwise import require_all_differ
from zhixing.datatask import Solved, solved_task
from zhixing.marking import mark
from zhixing.question import Question

FILE = Path(__file__).parents[2] / "courses" / "shujiketang" / "data" / "D4.py"
SEEDS = range(200)
TOLERANCES = {"due": None, "rate": 0.5, "departments": 0.5, "median_days": 0.05, "overdue": None}
"""Those of the questions in L8.toml."""

DEPARTMENTS = ("市政养护", "综合执法", "给水排水", "环境卫生", "园林绿化")
CUTOFF = "2026-08-21"
REST_IN_AUGUST = ("2026-08-13", "2026-08-14")
WORKING_SUNDAY = "2026-08-02"


@cache
def solved(seed: int) -> Solved:
    return solved_task(FILE, seed)


@cache
def module() -> Mapping[str, Any]:
    return runpy.run_path(str(FILE))


def rows(seed: int, table: str = "whistles") -> list[list[str]]:
    found: list[list[str]] = solved(seed).task.tables[table]["rows"]
    return found


def question(drawn: Solved, name: str) -> Question:
    key, wrong = drawn.key(name, TOLERANCES[name]), tuple(drawn.wrong(name))
    return Question("L8-D4", "data", "题", 8, key, wrong=wrong)


def typed(answer: Any) -> Any:
    """Write an answer as a learner does: a rate with one decimal, a set as a list of codes."""
    if isinstance(answer, Mapping):
        return {name: [cells[0], f"{cells[1]:.1f}"] for name, cells in answer["rows"].items()}
    if isinstance(answer, set):
        return "，".join(sorted(answer))
    return f"{answer:.1f}" if isinstance(answer, float) else str(answer)


@cache
def hand_made_calendar() -> list[list[str]]:
    """July to September with two weekdays of rest in August and a Sunday to work on."""
    days = [date(2026, 7, 1) + timedelta(number) for number in range(80)]
    made = []
    for day in days:
        text = day.isoformat()
        is_workday = text == WORKING_SUNDAY or (day.weekday() < 5 and text not in REST_IN_AUGUST)
        made.append([text, "一二三四五六日"[day.weekday()], "是" if is_workday else "否"])
    return made


def whistle(
    code: str, level: str, blown: str, closed: str, *, valid: str = "是", review: str = "满意"
) -> list[str]:
    return [code, DEPARTMENTS[0], level, blown, closed, valid, review if closed else ""]


def answers(*whistles: list[str]) -> dict[str, Any]:
    """What the task says of these, with one timely case of every department beside them."""
    others = [
        [f"其他{number}", name, "简单", "2026-07-01", "2026-07-01", "是", "满意"]
        for number, name in enumerate(DEPARTMENTS)
    ]
    tables = {
        "whistles": {"rows": [*whistles, *others]},
        "calendar": {"rows": hand_made_calendar()},
    }
    found: dict[str, Any] = module()["solve"](tables)
    return found


COMPLEX_CLOSED = whistle("中位", "复杂", "2026-07-01", "2026-07-02")


def overdue(*whistles: list[str]) -> set[str]:
    found: set[str] = answers(*whistles, COMPLEX_CLOSED)["overdue"]
    return found


def test_right_and_wrong_answers_differ_pairwise_over_200_seeds() -> None:
    for seed in SEEDS:
        require_all_differ(solved(seed), solved(seed).answers, 3)


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
        numbers = {str(drawn.answers["due"]), typed(drawn.answers["rate"])}
        codes = drawn.answers["overdue"]
        for _, step in drawn.wrongs.values():
            assert not numbers & set(re.findall(r"[\d.]+", step))
            assert not [code for code in codes if code in step]


def test_the_same_seed_gives_the_same_tables_and_another_seed_others() -> None:
    again = solved_task(FILE, 7)
    assert again.task == solved(7).task
    assert again.task != solved(8).task


def test_tables_are_of_a_size_that_a_cadre_can_handle() -> None:
    for seed in SEEDS:
        assert len(rows(seed)) == 102
        assert len(rows(seed, "calendar")) == 89
        assert 5 <= len(solved(seed).answers["overdue"]) <= 35
        assert set(solved(seed).answers["departments"]["rows"]) == set(DEPARTMENTS)


def test_the_ledger_is_as_untidy_as_ledgers_are_in_life() -> None:
    for seed in SEEDS:
        found = rows(seed)
        assert len({row[0] for row in found}) == len(found) - 5
        assert {row[2] for row in found} == {"简单", "复杂"}
        assert {row[5] for row in found} == {"是", "否"}
        assert {row[6] for row in found} == {"满意", "不满意", "未接通", ""}
        assert [row[0] for row in found] != sorted(row[0] for row in found)


def test_a_case_closes_between_its_whistle_and_the_cutoff_and_is_reviewed_only_then() -> None:
    for seed in SEEDS:
        days = [row[0] for row in rows(seed, "calendar")]
        for _, _, _, blown, closed, _, review in rows(seed):
            assert blown in days
            assert blown <= CUTOFF
            assert not closed or blown <= closed <= CUTOFF
            assert bool(closed) == bool(review)


def test_one_number_is_one_case() -> None:
    for seed in SEEDS:
        said: dict[str, list[str]] = {}
        for code, *rest in rows(seed):
            assert said.setdefault(code, rest) == rest


def test_the_calendar_has_weekdays_of_rest_and_weekends_to_work_on() -> None:
    for seed in SEEDS:
        calendar = rows(seed, "calendar")
        assert [row for row in calendar if row[1] in "一二三四五" and row[2] == "否"]
        assert [row for row in calendar if row[1] in "六日" and row[2] == "是"]
        assert calendar == sorted(calendar)


def test_a_simple_case_of_a_workday_is_due_the_same_day() -> None:
    assert overdue(whistle("W1", "简单", "2026-07-06", "2026-07-06")) == set()
    assert overdue(whistle("W1", "简单", "2026-07-06", "2026-07-07")) == {"W1"}


def test_a_simple_case_of_a_rest_day_is_due_the_next_workday() -> None:
    saturday = "2026-07-04"
    assert overdue(whistle("W1", "简单", saturday, "2026-07-05")) == set()
    assert overdue(whistle("W1", "简单", saturday, "2026-07-06")) == set()
    assert overdue(whistle("W1", "简单", saturday, "2026-07-07")) == {"W1"}


def test_a_simple_case_of_a_weekend_to_work_on_is_due_the_same_day() -> None:
    assert overdue(whistle("W1", "简单", WORKING_SUNDAY, "2026-08-03")) == {"W1"}


def test_a_complex_case_has_ten_workdays_not_counting_the_day_of_the_whistle() -> None:
    assert overdue(whistle("W1", "复杂", "2026-07-06", "2026-07-20")) == set()
    assert overdue(whistle("W1", "复杂", "2026-07-06", "2026-07-21")) == {"W1"}


def test_holidays_lengthen_and_weekends_to_work_on_shorten_the_term() -> None:
    over_the_holiday = "2026-08-05"
    assert overdue(whistle("W1", "复杂", over_the_holiday, "2026-08-21")) == set()
    over_the_sunday = "2026-07-24"
    assert overdue(whistle("W1", "复杂", over_the_sunday, "2026-08-06")) == set()
    assert overdue(whistle("W1", "复杂", over_the_sunday, "2026-08-07")) == {"W1"}


def test_a_case_closed_on_a_rest_day_after_the_last_workday_is_late() -> None:
    assert overdue(whistle("W1", "复杂", "2026-07-03", "2026-07-17")) == set()
    assert overdue(whistle("W1", "复杂", "2026-07-03", "2026-07-18")) == {"W1"}


def test_an_open_case_is_overdue_once_its_term_has_ended() -> None:
    assert overdue(whistle("W1", "复杂", "2026-08-05", "")) == {"W1"}
    assert overdue(whistle("W1", "复杂", "2026-08-06", "")) == set()


def test_a_case_that_is_not_yet_due_counts_nowhere_even_if_closed() -> None:
    found = answers(whistle("W1", "复杂", "2026-08-10", "2026-08-11"), COMPLEX_CLOSED)
    assert found["due"] == len(DEPARTMENTS) + 1
    assert found["rate"] == 100


def test_invalid_and_repeated_cases_are_left_out() -> None:
    invalid = whistle("W1", "简单", "2026-07-06", "", valid="否")
    late = whistle("W2", "简单", "2026-07-06", "2026-07-08")
    found = answers(invalid, late, late, COMPLEX_CLOSED)
    assert found["due"] == len(DEPARTMENTS) + 2
    assert found["overdue"] == {"W2"}


def test_the_review_has_no_part_in_being_on_time() -> None:
    displeased = whistle("W1", "简单", "2026-07-06", "2026-07-06", review="不满意")
    assert overdue(displeased) == set()


def test_the_rate_is_that_of_all_cases_together() -> None:
    late = [whistle(f"W{number}", "简单", "2026-07-06", "") for number in range(3)]
    found = answers(*late, COMPLEX_CLOSED)
    assert found["rate"] == pytest.approx(100 * 6 / 9)
    assert found["departments"]["rows"][DEPARTMENTS[0]] == [5, pytest.approx(40)]
    assert found["departments"]["rows"][DEPARTMENTS[1]] == [1, 100]


def test_the_median_is_of_workdays_of_valid_closed_complex_cases() -> None:
    found = answers(
        whistle("W1", "复杂", "2026-07-03", "2026-07-06"),
        whistle("W2", "复杂", "2026-07-03", "2026-07-07"),
        whistle("W3", "复杂", "2026-07-03", "2026-07-31"),
        whistle("W4", "复杂", "2026-07-03", ""),
        whistle("W5", "复杂", "2026-07-03", "2026-07-31", valid="否"),
        whistle("W6", "简单", "2026-07-03", "2026-07-31"),
    )
    assert found["median_days"] == 2


def test_the_way_of_the_lesson_by_a_running_count_of_workdays_gives_the_same() -> None:
    """COUNTIF for the running count, VLOOKUP to read it, INDEX and MATCH for the last day."""
    for seed in range(20):
        calendar, count, running = rows(seed, "calendar"), 0, {}
        first_day_of: dict[int, str] = {}
        for day, _, is_workday in calendar:
            count += is_workday == "是"
            running[day] = count
            first_day_of.setdefault(count, day)
        is_workday_of = {row[0]: row[2] for row in calendar}
        late = set()
        for code, _, level, blown, closed, valid, _ in rows(seed):
            more = 10 if level == "复杂" else int(is_workday_of[blown] == "否")
            last_day = first_day_of[running[blown] + more]
            if valid == "是" and last_day <= CUTOFF and not "" < closed <= last_day:
                late.add(code)
        assert late == solved(seed).answers["overdue"]


def test_nothing_looks_like_an_id_card_or_a_telephone() -> None:
    for seed in SEEDS:
        cells = [str(cell) for row in rows(seed) for cell in row]
        assert not [cell for cell in cells if re.search(r"\d{7}", cell)]
        assert "虚构" in solved(seed).task.note
