"""D2: gaps counted building by building, and a roster as full as can be, whatever the seed."""

import runpy
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any

from zhixing.datatask import Solved, solved_task
from zhixing.marking import mark
from zhixing.question import Mark, Question

FILE = Path(__file__).parents[2] / "courses" / "shujiketang" / "data" / "D2.py"
SEEDS = range(200)
ENOUGH = 0.95
OFTEN = 0.9
SLOTS = ("周六上午", "周六下午", "周日上午", "周日下午")
ANY = "不限"

Roster = dict[str, list[str]]


@cache
def solved(seed: int) -> Solved:
    return solved_task(FILE, seed)


@cache
def module() -> Mapping[str, Any]:
    return runpy.run_path(str(FILE))


def rows(seed: int, table: str) -> list[list[Any]]:
    found: list[list[Any]] = solved(seed).task.tables[table]["rows"]
    return found


def tables(demand: list[list[Any]], volunteers: list[list[Any]]) -> dict[str, Any]:
    return {"demand": {"rows": demand}, "volunteers": {"rows": volunteers}}


def gap(demand: list[list[Any]], volunteers: list[list[Any]]) -> tuple[int, set[str]]:
    answers = module()["solve"](tables(demand, volunteers))
    return answers["gap"], answers["short"]


def plan_of(answers: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = answers["roster"]
    return found


def marked(plan: Mapping[str, Any], roster: Roster) -> Mark:
    question = Question("L7-D2-3", "data", "排班", 16, {"shifts": plan})
    return mark(question, {label: ["、".join(codes)] for label, codes in roster.items()})


def can(plan: Mapping[str, Any], label: str, code: str) -> bool:
    need, one = plan["needs"][label], plan["people"][code]
    has_skill = not need["skill"] or need["skill"] in one["skills"]
    return bool(one["fit"] and need["slot"] in one["slots"] and has_skill)


def filled(
    plan: Mapping[str, Any], order: list[str], rank: Callable[[Mapping[str, Any]], Any]
) -> Roster:
    """Fill shift after shift, never against a rule, with whoever ranks first."""
    roster: Roster = {label: [] for label in plan["needs"]}
    busy: set[tuple[str, str]] = set()
    count: Counter[str] = Counter()
    for label in order:
        need = plan["needs"][label]
        for code in sorted(plan["people"], key=lambda code: rank(plan["people"][code])):
            is_free = (code, need["slot"]) not in busy and count[code] < plan["people"][code][
                "most"
            ]
            if can(plan, label, code) and is_free and len(roster[label]) < need["need"]:
                roster[label].append(code)
                busy.add((code, need["slot"]))
                count[code] += 1
    return roster


def in_list_order(plan: Mapping[str, Any]) -> Roster:
    return filled(plan, list(plan["needs"]), lambda _: 0)


def by_the_lesson(plan: Mapping[str, Any]) -> Roster:
    """Hard shifts first; people with little room first, then those with few skills."""

    def choices(label: str) -> int:
        return sum(can(plan, label, code) for code in plan["people"])

    return filled(
        plan,
        sorted(plan["needs"], key=choices),
        lambda one: (len(one["slots"]) - one["most"], len(one["skills"])),
    )


def most_by_flow(plan: Mapping[str, Any]) -> int:
    """Size of the fullest roster: person to slot to shift, one augmenting path at a time."""
    room: Counter[tuple[Any, Any]] = Counter()
    for code, one in plan["people"].items():
        room["source", code] = one["most"]
        for label, need in plan["needs"].items():
            if can(plan, label, code):
                room[code, (code, need["slot"])] = 1
                room[(code, need["slot"]), label] = 1
    for label, need in plan["needs"].items():
        room[label, "sink"] = need["need"]
    ends: dict[Any, set[Any]] = {}
    for one, other in list(room):
        ends.setdefault(one, set()).add(other)
        ends.setdefault(other, set()).add(one)
    flow = 0
    while _augmented(room, ends, "source", set()):
        flow += 1
    return flow


def _augmented(
    room: Counter[tuple[Any, Any]], ends: Mapping[Any, set[Any]], here: Any, seen: set[Any]
) -> bool:
    if here == "sink":
        return True
    seen.add(here)
    for there in ends[here]:
        if room[here, there] > 0 and there not in seen and _augmented(room, ends, there, seen):
            room[here, there] -= 1
            room[there, here] += 1
            return True
    return False


def most_by_trying(plan: Mapping[str, Any]) -> int:
    """Size of the fullest roster, every one of them tried."""
    pairs = [(label, code) for label in plan["needs"] for code in plan["people"]]
    pairs = [pair for pair in pairs if can(plan, *pair)]
    sizes = range(len(pairs), -1, -1)
    return next(
        size
        for size in sizes
        if any(_is_sound(plan, chosen) for chosen in combinations(pairs, size))
    )


def _is_sound(plan: Mapping[str, Any], chosen: tuple[tuple[str, str], ...]) -> bool:
    per_label = Counter(label for label, _ in chosen)
    per_code = Counter(code for _, code in chosen)
    per_slot = Counter((code, plan["needs"][label]["slot"]) for label, code in chosen)
    return (
        all(number <= plan["needs"][label]["need"] for label, number in per_label.items())
        and all(number <= plan["people"][code]["most"] for code, number in per_code.items())
        and all(number == 1 for number in per_slot.values())
    )


def test_right_and_wrong_numbers_and_lists_differ_pairwise_over_200_seeds() -> None:
    for seed in SEEDS:
        drawn = solved(seed)
        for name in ("gap", "short"):
            wrongs = [answers[name] for answers, _ in drawn.wrongs.values() if name in answers]
            assert len(wrongs) >= 4
            for one, other in combinations([drawn.answers[name], *wrongs], 2):
                assert one != other, (seed, name)


def test_every_wrong_roster_earns_less_than_a_right_one() -> None:
    for seed in SEEDS:
        drawn = solved(seed)
        question = Question("L7-D2-3", "data", "排班", 16, drawn.key("roster"))
        wrongs = [answers["roster"] for answers, _ in drawn.wrongs.values() if "roster" in answers]
        assert len(wrongs) == 4
        for wrong in wrongs:
            score = mark(question, wrong["rows"]).score
            assert score is not None
            assert score < 1, seed


def test_each_rule_that_a_wrong_roster_breaks_is_named() -> None:
    words = {"unfit_counted": "不适合上岗", "double_booked": "排了两处", "skill_ignored": "不会"}
    named: Counter[str] = Counter()
    for seed in SEEDS:
        drawn = solved(seed)
        question = Question("L7-D2-3", "data", "排班", 16, drawn.key("roster"))
        for method, word in words.items():
            told = mark(question, drawn.wrongs[method][0]["roster"]["rows"]).reasons
            named[method] += any(word in reason["text"] for reason in told)
    assert min(named.values()) > OFTEN * len(SEEDS)


def test_the_tables_are_small_enough_to_be_worked_by_hand() -> None:
    for seed in SEEDS:
        demand, volunteers = rows(seed, "demand"), rows(seed, "volunteers")
        assert len(demand) == 12
        assert len({tuple(row[:3]) for row in demand}) == 12
        assert set(Counter(row[0] for row in demand).values()) == {2}
        assert all(1 <= row[3] <= 4 and row[1] in SLOTS for row in demand)
        assert sum(row[2] != ANY for row in demand) == 6
        assert 17 <= len(volunteers) <= 18
        assert len({row[0] for row in volunteers}) == len(volunteers)
        assert [row[5] for row in volunteers].count("否") == 3
        assert [row[3] for row in volunteers].count("") == 1
        assert all(1 <= row[4] <= 3 for row in volunteers)


def test_the_needs_are_more_than_all_can_do_and_netting_hides_most_of_it() -> None:
    for seed in SEEDS:
        drawn = solved(seed)
        netted = drawn.wrongs["netted"][0]["gap"]
        assert 0 < netted < drawn.answers["gap"]


def test_a_building_is_short_of_shifts_and_not_of_heads() -> None:
    demand = [["1栋", "周六上午", ANY, 3], ["1栋", "周日上午", "量血压", 2]]
    one = ["Z01", "1栋", "", "周六上午、周日上午、周日下午", 2, "是"]
    assert gap(demand, [one]) == (3, {"1栋"})


def test_neither_the_limit_nor_the_slots_alone_make_a_shift() -> None:
    demand = [["1栋", "周六上午", ANY, 4], ["1栋", "周日上午", ANY, 4]]
    many_slots = ["Z01", "1栋", "", "周六上午、周六下午、周日上午、周日下午", 1, "是"]
    high_limit = ["Z02", "1栋", "", "周六上午", 3, "是"]
    assert gap(demand, [many_slots, high_limit]) == (6, {"1栋"})


def test_who_is_unfit_or_has_named_no_slot_fills_no_gap() -> None:
    demand = [["1栋", "周六上午", ANY, 2], ["1栋", "周日上午", ANY, 1]]
    unfit = ["Z01", "1栋", "", "周六上午、周日上午", 2, "否"]
    unasked = ["Z02", "1栋", "", "", 2, "是"]
    here = ["Z03", "1栋", "", "周六上午", 1, "是"]
    assert gap(demand, [unfit, unasked, here]) == (2, {"1栋"})


def test_a_surplus_fills_no_other_buildings_gap_and_enough_is_no_gap() -> None:
    demand = [
        ["1栋", "周六上午", ANY, 1],
        ["2栋", "周六上午", ANY, 3],
        ["3栋", "周六上午", ANY, 1],
    ]
    rich = [[f"Z0{number}", "1栋", "", "周六上午、周日上午", 2, "是"] for number in range(4)]
    exact = ["Z09", "3栋", "", "周六上午", 1, "是"]
    assert gap(demand, [*rich, exact]) == (3, {"2栋"})


def test_the_gap_does_not_look_at_skills() -> None:
    demand = [["1栋", "周六上午", "量血压", 1], ["1栋", "周日上午", ANY, 1]]
    one = ["Z01", "1栋", "", "周六上午、周日上午", 2, "是"]
    assert gap(demand, [one]) == (0, set())


def test_the_roster_lets_people_help_in_any_building() -> None:
    answers = module()["solve"](
        tables([["1栋", "周六上午", ANY, 1]], [["Z01", "6栋", "", "周六上午", 1, "是"]])
    )
    assert answers["gap"] == 1
    assert plan_of(answers)["solution"] == {"1栋 周六上午 不限 要1人": ["Z01"]}


def test_the_solution_earns_everything_from_the_marker_itself() -> None:
    for seed in SEEDS:
        plan = plan_of(solved(seed).answers)
        outcome = marked(plan, plan["solution"])
        assert outcome.score == 1.0
        assert outcome.reasons == ()
        assert sum(map(len, plan["solution"].values())) == plan["optimum"]
        assert plan["share"] == ENOUGH


def test_no_roster_is_fuller_than_the_optimum() -> None:
    for seed in SEEDS:
        plan = plan_of(solved(seed).answers)
        assert most_by_flow(plan) == plan["optimum"]


def test_on_small_draws_trying_every_roster_finds_the_same_optimum() -> None:
    rng = Random(2)
    for _ in range(40):
        demand = [
            [f"{number}栋", rng.choice(SLOTS[:2]), rng.choice((ANY, "量血压")), rng.randint(1, 2)]
            for number in range(1, 4)
        ]
        volunteers = [
            [
                f"Z0{number}",
                "1栋",
                rng.choice(("", "量血压")),
                "、".join(rng.sample(SLOTS[:2], rng.randint(1, 2))),
                rng.randint(1, 2),
                rng.choice(("是", "是", "是", "否")),
            ]
            for number in range(1, 4)
        ]
        anybody = ["Z09", "1栋", "量血压", "周六上午、周六下午", 1, "是"]
        plan = plan_of(module()["solve"](tables(demand, [*volunteers, anybody])))
        assert plan["optimum"] == most_by_trying(plan) == most_by_flow(plan)


def test_the_list_order_never_earns_everything_and_the_lessons_order_mostly_does() -> None:
    plans = [plan_of(solved(seed).answers) for seed in SEEDS]
    naive = [marked(plan, in_list_order(plan)) for plan in plans]
    careful = [marked(plan, by_the_lesson(plan)) for plan in plans]
    assert not any(one.is_right for one in naive)
    assert sum(one.is_right for one in careful) > OFTEN * len(plans)
    assert min(one.score or 0 for one in careful) > 0.9


def test_one_shift_may_stay_open_and_most_shifts_can_be_filled() -> None:
    for seed in SEEDS:
        plan = plan_of(solved(seed).answers)
        wanted = sum(need["need"] for need in plan["needs"].values())
        assert plan["optimum"] - 1 >= ENOUGH * plan["optimum"]
        assert 0.8 * wanted <= plan["optimum"] < wanted


def test_what_is_filled_in_is_named_in_plain_words() -> None:
    plan = plan_of(solved(3).answers)
    demand = rows(3, "demand")
    assert list(plan["needs"]) == [
        f"{building} {slot} {skill} 要{people}人" for building, slot, skill, people in demand
    ]


def test_the_same_seed_gives_the_same_tables_and_another_seed_others() -> None:
    assert solved_task(FILE, 7).task == solved(7).task
    assert solved(7).task != solved(8).task


def test_each_mistake_is_told_its_own_step() -> None:
    drawn = solved(20210728)
    for name in ("gap", "short"):
        key, wrong = drawn.key(name), tuple(drawn.wrong(name))
        question = Question("L7-D2", "data", "题", 8, key, wrong=wrong)
        for answers, step in drawn.wrongs.values():
            if name in answers:
                value = answers[name]
                given = mark(question, sorted(value) if isinstance(value, set) else value)
                assert given.score is not None
                assert given.score < 1
                assert [reason["text"] for reason in given.reasons] == [step]


def test_a_step_names_no_number_no_building_and_nobody() -> None:
    for _, step in module()["WRONG"].values():
        assert not any(character.isdigit() for character in step)


def test_nothing_looks_like_an_id_card_or_a_telephone() -> None:
    for seed in SEEDS:
        drawn = solved(seed)
        cells = [
            str(cell)
            for table in drawn.task.tables.values()
            for row in table["rows"]
            for cell in row
        ]
        assert all(sum(character.isdigit() for character in cell) <= 2 for cell in cells)
        assert "虚构" in drawn.task.note
