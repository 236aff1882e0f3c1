"""The bench for rosters, on the embedded store and the real task."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ipywidgets as ipw
import pytest

from widgets.localstore import LocalStore
from widgets.shiftbench import ShiftBench
from widgets.shiftplan import ShiftPlan
from widgets.store import RefusedError
from zhixing.coursefiles import load_course
from zhixing.paper import own_lesson

COURSE = load_course(Path(__file__).parents[2] / "courses" / "shujiketang")
QUESTION = "L7-D2-3"


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(COURSE, tmp_path / "answers.db")


def key() -> Mapping[str, Any]:
    """What the reader of the embedded store is marked by."""
    lesson = COURSE.lesson("L7")
    assert lesson is not None
    question = own_lesson(lesson, COURSE.id, "self-study", 1).question(QUESTION)
    assert question is not None
    found: Mapping[str, Any] = question.key["shifts"]
    return found


def opened(store: LocalStore) -> ShiftBench:
    return ShiftBench(store, QUESTION, "D2/demand", "D2/volunteers", "/lesson")


def widgets_of(bench: ipw.Widget, kind: type[ipw.Widget]) -> list[Any]:
    found = [bench] if isinstance(bench, kind) else []
    for child in getattr(bench, "children", ()):
        found += widgets_of(child, kind)
    return found


def press(bench: ShiftBench, title: str) -> None:
    next(one for one in widgets_of(bench, ipw.Button) if one.description == title).click()


def choose(bench: ShiftBench, label: str) -> None:
    widgets_of(bench, ipw.Select)[0].value = label


def tick(bench: ShiftBench, code: str, *, is_here: bool = True) -> None:
    boxes = widgets_of(bench, ipw.Checkbox)
    next(box for box in boxes if box.description.startswith(f"{code}（")).value = is_here


def words(bench: ShiftBench) -> str:
    return "".join(one.value for one in widgets_of(bench, ipw.HTML))


def listed(bench: ShiftBench) -> list[str]:
    return [box.description.partition("（")[0] for box in widgets_of(bench, ipw.Checkbox)[1:]]


def put_down(bench: ShiftBench, roster: Mapping[str, list[str]]) -> None:
    for label, codes in roster.items():
        choose(bench, label)
        for code in codes:
            tick(bench, code)


def test_a_full_roster_made_at_the_bench_is_right(store: LocalStore) -> None:
    bench = opened(store)
    put_down(bench, key()["solution"])
    assert "没有违反规则" in words(bench)
    press(bench, "提交排班")
    assert "答对了" in words(bench)
    assert "回执 A-" in words(bench)
    assert store.question_view(QUESTION)["state"]["score"] == 1.0


def test_whoever_can_come_is_listed_and_the_rest_on_demand(store: LocalStore) -> None:
    bench, plan = opened(store), key()
    for label, need in plan["needs"].items():
        choose(bench, label)
        assert listed(bench) == [
            code
            for code, one in plan["people"].items()
            if one["fit"]
            and need["slot"] in one["slots"]
            and (not need["skill"] or need["skill"] in one["skills"])
        ]
    widgets_of(bench, ipw.Checkbox)[0].value = False
    assert listed(bench) == list(plan["people"])


def test_what_breaks_a_rule_is_said_at_once_and_costs_no_try(store: LocalStore) -> None:
    bench, plan = opened(store), key()
    label = next(iter(plan["needs"]))
    unfit = next(code for code, one in plan["people"].items() if not one["fit"])
    widgets_of(bench, ipw.Checkbox)[0].value = False
    choose(bench, label)
    tick(bench, unfit)
    assert f"{unfit} 眼下不适合上岗" in words(bench)
    assert store.question_view(QUESTION)["state"]["attempts"] == 0


def test_steps_are_taken_back_one_by_one_and_a_clearing_too(store: LocalStore) -> None:
    bench = opened(store)
    label, codes = next((one, two) for one, two in key()["solution"].items() if two)
    choose(bench, label)
    tick(bench, codes[0])
    press(bench, "全部清空")
    assert "已排 0 人次" in words(bench)
    press(bench, "撤销上一步")
    assert "已排 1 人次" in words(bench)
    press(bench, "撤销上一步")
    assert "已排 0 人次" in words(bench)
    press(bench, "撤销上一步")
    assert "没有可以撤销的步骤" in words(bench)


def test_the_last_roster_given_anywhere_is_there_again(store: LocalStore) -> None:
    bench = opened(store)
    label, codes = next((one, two) for one, two in key()["solution"].items() if two)
    choose(bench, label)
    tick(bench, codes[0])
    press(bench, "提交排班")
    again = opened(store)
    choose(again, label)
    assert f"{codes[0]}（" in "".join(
        box.description for box in widgets_of(again, ipw.Checkbox) if box.value
    )
    assert "已排 1 人次" in words(again)
    assert "还差一点" in words(again)


def test_a_shift_says_how_many_it_lacks_or_has_too_many() -> None:
    found = key()
    plan = ShiftPlan(found["needs"], found["people"])
    label, need = next(iter(plan.needs.items()))
    some = tuple(plan.people)
    assert plan.shift_words(label, {}) == f"差 {need['need']} 人：{label}"
    assert plan.shift_words(label, {label: some[: need["need"]]}).startswith("✓ 排满")
    assert plan.shift_words(label, {label: some[: need["need"] + 1]}).startswith("多 1 人")


def test_a_store_that_refuses_is_heard_and_the_work_stays(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = opened(store)
    put_down(bench, key()["solution"])

    def refuse(*_: object) -> None:
        raise RefusedError("这一讲已经截止。")

    monkeypatch.setattr(store, "answer", refuse)
    press(bench, "提交排班")
    assert "没有提交成功。这一讲已经截止。" in words(bench)
    assert "已排 0 人次" not in words(bench)


def test_a_learner_without_the_lesson_reads_why(store: LocalStore) -> None:
    bench = ShiftBench(store, "L7-D2-99", "D2/demand", "D2/volunteers", "/lesson")
    assert "没有编号为 L7-D2-99 的题目" in words(bench)
