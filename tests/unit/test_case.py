"""A case is walked step by step and scored by the stated formula; every real case is sound."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhixing.case import CAP, Case, Choice
from zhixing.coursefiles import load_courses
from zhixing.errors import InvalidAnswerError
from zhixing.kinds.case import case_of, mark, reveal, scene
from zhixing.question import Question

COURSES = load_courses(Path(__file__).parents[2] / "courses")
CASES = [
    question
    for course in COURSES
    for lesson in course.lessons
    for question in lesson.questions
    if question.kind == "case"
]


def choice(state: str, name: str, after: str, e: int, *, forbidden: bool = False) -> Choice:
    vector = {"E": e, "V": 0, "M": 0, "S": 0}
    return Choice(name, state, f"选{name}", after, vector, f"{name}的后果𠮷", forbidden)


SMALL = Case(
    start="s0",
    states={"s0": "开头", "a": "后来"},
    choices=(
        choice("s0", "A", "a", 1),
        choice("s0", "B", "", -1),
        choice("a", "a1", "", 2),
        choice("a", "a2", "", 2, forbidden=True),
    ),
)


def is_named(question: Question) -> str:
    return question.id


def test_the_score_is_the_share_of_the_way_from_the_least_to_the_recommended() -> None:
    # E: least -1, recommended 3; the other axes tell nothing apart and count as full.
    assert SMALL.recommended == ("A", "a1")
    assert SMALL.score(["A", "a1"]).total == 1.0
    assert SMALL.score(["B"]).axes == {"E": 0.0, "V": 1.0, "M": 1.0, "S": 1.0}
    assert SMALL.score(["B"]).total == pytest.approx(0.75)


def test_a_forbidden_choice_caps_the_case_at_59() -> None:
    score = SMALL.score(["A", "a2"])
    assert score.capped
    assert score.total == CAP == 0.59


@pytest.mark.parametrize("question", CASES, ids=is_named)
def test_every_state_is_reached_and_the_recommended_path_is_the_only_best(
    question: Question,
) -> None:
    case = case_of(question)
    paths = list(case.paths())
    visited = {case.state_after(path[:end]) for path in paths for end in range(len(path))}
    assert visited == set(case.states)
    totals = {path: sum(case.sums(path).values()) for path in paths}
    best = max(totals.values())
    assert [path for path, total in totals.items() if total == best] == [case.recommended]
    assert case.score(case.recommended).total == 1.0


@pytest.mark.parametrize("question", CASES, ids=is_named)
def test_a_recovered_mistake_earns_less_than_none_and_more_than_giving_up(
    question: Question,
) -> None:
    case = case_of(question)
    scores = {path: case.score(path) for path in case.paths()}
    assert all(0 <= found.total <= 1 for found in scores.values())
    others = [found.total for path, found in scores.items() if path != case.recommended]
    assert max(others) < 1
    for first in case.choices_at(case.start):
        ends = [found.total for path, found in scores.items() if path[0] == first.id]
        if len(ends) > 1:
            assert max(ends) > min(ends)
    assert all(found.total <= CAP for found in scores.values() if found.capped)


@pytest.mark.parametrize("question", CASES, ids=is_named)
@given(data=st.data())
def test_only_the_next_step_is_ever_shown(question: Question, data: st.DataObject) -> None:
    case = case_of(question)
    path = data.draw(st.sampled_from(sorted(case.paths())))
    end = data.draw(st.integers(0, len(path)))
    seen = scene(question, list(path[:end]), is_scored=True)
    shown = {step["id"] for step in seen["path"]} | {one["id"] for one in seen["choices"]}
    # At the end also where every walk begins, for the next one.
    shown |= {one["id"] for one in (seen["start"] or {"choices": []})["choices"]}
    told = str(seen)
    for other in case.choices:
        if other.id not in shown:
            assert other.text not in told
        if other.id not in path[:end]:
            assert other.consequence not in told
    assert seen["is_end"] == (end == len(path))
    assert bool(seen["axes"]) == seen["is_end"]
    assert (case.ending in told) == seen["is_end"]


@pytest.mark.parametrize("question", CASES, ids=is_named)
def test_nothing_of_the_graph_is_public(question: Question) -> None:
    case, public = case_of(question), str(question.public())
    for text in (*case.states.values(), *(c.text for c in case.choices), case.ending):
        assert text not in public


@pytest.mark.parametrize("question", CASES, ids=is_named)
def test_a_step_is_no_try_and_an_end_is_one(question: Question) -> None:
    path = list(case_of(question).recommended)
    assert not mark(question, path[:1]).is_complete
    assert mark(question, path[:1]).score is None
    assert mark(question, path).is_complete
    assert mark(question, path).is_right
    assert [step["id"] for step in reveal(question)["recommended"]] == path


@given(st.lists(st.text(max_size=4), min_size=1, max_size=5))
def test_a_made_up_path_is_refused_and_never_scored(path: list[str]) -> None:
    legal = {walk[:end] for walk in SMALL.paths() for end in range(1, len(walk) + 1)}
    if tuple(path) not in legal:
        with pytest.raises(InvalidAnswerError, match="走不到"):
            SMALL.walk(path)


def test_choices_come_in_an_order_of_the_version_and_not_as_written() -> None:
    orders = set()
    for number in range(20):
        asked = replace(CASES[0], prompt=f"第 {number} 版")
        shown = scene(asked, [], is_scored=True)["choices"]
        assert shown == scene(asked, [], is_scored=False)["choices"]
        orders.add(tuple(one["id"] for one in shown))
    assert {tuple(sorted(order)) for order in orders} == {("A", "B", "C")}
    assert len(orders) > 2
