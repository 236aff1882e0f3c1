"""Marking holds for any question and any answer, not only for those we thought of."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhixing.case import case_from_key
from zhixing.errors import InvalidAnswerError
from zhixing.marking import mark
from zhixing.question import KINDS, Mark, Option, Question

IDS = st.lists(
    st.text("abcdef甲乙𠮷龑", min_size=1, max_size=3), min_size=2, max_size=7, unique=True
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=3), inside),
    max_leaves=8,
)
NUMBERS = st.floats(-1e6, 1e6).map(lambda number: round(number, 3))


def options(ids: list[str]) -> tuple[Option, ...]:
    return tuple(Option(name, f"{name} 项", f"因为 {name}") for name in ids)


@st.composite
def questions(draw: st.DrawFn, kind: str) -> Question:
    ids = draw(IDS)
    key: dict[str, Any]
    if kind in ("single", "truth"):
        key = {"option": draw(st.sampled_from(ids))}
    elif kind == "multiple":
        key = {"options": draw(st.lists(st.sampled_from(ids), min_size=1, unique=True))}
    elif kind == "match":
        key = {"pairs": {left: draw(st.sampled_from(ids)) for left in ids}}
    elif kind == "order":
        key = {"order": draw(st.permutations(ids))}
    elif kind == "blank":
        number = {"number": draw(NUMBERS), "tolerance": draw(st.floats(0, 10))}
        key = draw(st.sampled_from([{"text": ids}, number]))
    elif kind == "data":
        rows = {name: [draw(NUMBERS), "确数"] for name in ids}
        table = {"table": {"columns": ["行", "数", "限定"], "rows": rows}}
        forms = [{"integer": draw(st.integers(0, 10**6))}, {"rate": draw(NUMBERS)}, {"set": ids}]
        key = draw(st.sampled_from([*forms, table, plan(ids), sorting(ids)]))
    elif kind == "panel":
        key = {"panel": {name: draw(st.integers(0, 30)) + 1 for name in ids}}
    elif kind == "case":
        key = draw(cases(ids))
    else:
        key = {"rubric": []}
    return Question("T-1", kind, "?", 1, key, options(ids), options(ids))


def plan(ids: list[str]) -> dict[str, Any]:
    """A roster of one place a row that everybody can fill."""
    needs = {name: {"slot": name, "skill": "", "need": 1} for name in ids}
    people = {
        f"V{n}": {"skills": [], "slots": ids, "most": 1, "fit": True} for n in range(len(ids))
    }
    solution = {name: [code] for name, code in zip(ids, people, strict=True)}
    found = {"needs": needs, "people": people, "solution": solution, "optimum": len(ids)}
    return {"shifts": {**found, "columns": ["班次", "编号"], "share": 0.95}}


def sorting(ids: list[str]) -> dict[str, Any]:
    """Texts that each name their own class, told apart by a mark behind it."""
    found = {"classes": ids, "texts": [[f"{name}。", name] for name in ids], "least": 0.85}
    words = {"solution": {name: [name] for name in ids}}
    return {"keywords": {**found, **words, "columns": ["类别", "关键词"]}}


@st.composite
def cases(draw: st.DrawFn, states: list[str]) -> dict[str, Any]:
    """A case in which every state leads on to later ones or to the end."""
    choices = []
    for place, state in enumerate(states):
        for number in range(draw(st.integers(2, 3))):
            after = draw(st.sampled_from(["", *states[place + 1 :]]))
            vector = {axis: draw(st.integers(-3, 3)) for axis in "EVMS"}
            said = {"text": "做", "consequence": "后果", "forbidden": draw(st.booleans())}
            name = f"{place}-{number}"
            choices.append({"id": name, "state": state, "next": after, "vector": vector, **said})
    return {"start": states[0], "states": dict.fromkeys(states, "情形"), "choices": choices}


def any_question() -> st.SearchStrategy[Question]:
    return st.sampled_from(KINDS).flatmap(questions)


def outcome(question: Question, value: Any) -> Mark | str:
    """Return the mark, or the words with which the answer was refused."""
    try:
        return mark(question, value)
    except InvalidAnswerError as error:
        return str(error)


@given(any_question(), JSON)
def test_any_answer_gets_a_score_from_0_to_1_or_is_refused_by_name(
    question: Question, value: Any
) -> None:
    result = outcome(question, value)
    if isinstance(result, str):
        assert question.id in result
    elif question.kind == "written":
        assert result.score is None
    else:
        assert 0 <= (result.score or 0) <= 1


@given(any_question(), JSON)
def test_marking_is_a_function_of_question_and_answer_alone(question: Question, value: Any) -> None:
    before = question.version
    assert outcome(question, value) == outcome(question, value)
    assert question.version == before


@given(questions("case"), st.data())
def test_a_case_earns_everything_by_the_recommended_path_and_0_to_1_by_any(
    question: Question, data: st.DataObject
) -> None:
    case = case_from_key(question.key)
    path = data.draw(st.sampled_from(sorted(case.paths())))
    score = case.score(path)
    assert 0 <= score.total <= 1
    assert all(0 <= share <= 1 for share in score.axes.values())
    assert score.capped == any(choice.forbidden for choice in case.walk(path))
    assert case.score(case.recommended).total == pytest.approx(
        0.59 if case.score(case.recommended).capped else 1.0
    )


@given(questions("panel"))
def test_the_panels_commonest_choice_earns_most(question: Question) -> None:
    counts = question.key["panel"]
    scores = {name: mark(question, name).score for name in counts}
    assert scores[max(counts, key=counts.__getitem__)] == 1.0
    assert all(0 < (score or 0) <= 1 for score in scores.values())


@given(questions("multiple"), st.data())
def test_of_several_options_only_all_and_nothing_but_the_right_ones_earn_everything(
    question: Question, data: st.DataObject
) -> None:
    ids = [option.id for option in question.options]
    chosen = data.draw(st.lists(st.sampled_from(ids), min_size=1, unique=True))
    assert mark(question, chosen).is_right == (set(chosen) == set(question.key["options"]))


@given(questions("multiple"), st.data())
def test_a_wrong_tick_more_never_earns_more(question: Question, data: st.DataObject) -> None:
    ids = [option.id for option in question.options]
    wrong = [name for name in ids if name not in question.key["options"]]
    chosen = data.draw(st.lists(st.sampled_from(ids), min_size=1, unique=True))
    for more in set(wrong) - set(chosen):
        assert (mark(question, [*chosen, more]).score or 0) <= (mark(question, chosen).score or 0)


@given(questions("order"), st.data())
def test_an_order_earns_everything_only_as_it_is(question: Question, data: st.DataObject) -> None:
    placed = data.draw(st.permutations(question.key["order"]))
    assert mark(question, placed).is_right == (placed == question.key["order"])


@given(questions("match"), st.data())
def test_a_match_earns_the_share_of_right_pairs(question: Question, data: st.DataObject) -> None:
    left = [option.id for option in question.options]
    pairs = {name: data.draw(st.sampled_from(left)) for name in left}
    right = sum(pairs[name] == question.key["pairs"][name] for name in left)
    assert mark(question, pairs).score == pytest.approx(right / len(left))


@given(NUMBERS, st.floats(0, 5), st.floats(-10, 10))
def test_a_number_is_right_within_its_tolerance_and_wrong_beyond(
    number: float, tolerance: float, distance: float
) -> None:
    tolerance, distance = round(tolerance, 3), round(distance, 3)
    question = Question("T-1", "blank", "?", 1, {"number": number, "tolerance": tolerance})
    typed = f"{number + distance:.6f}"
    is_right = abs(distance) <= tolerance
    if float(typed) < 0 <= number and not is_right:  # nobody counts less than none
        assert isinstance(outcome(question, typed), str)
    else:
        assert mark(question, typed).is_right == is_right


@given(questions("data").filter(lambda question: "set" in question.key), st.data())
def test_neither_order_nor_separator_of_a_set_matters(
    question: Question, data: st.DataObject
) -> None:
    placed = data.draw(st.permutations(question.key["set"]))
    between = data.draw(st.sampled_from([",", "\uff0c", "\u3001", "\n", " ", "\uff1b "]))
    assert mark(question, list(placed)).is_right
    assert mark(question, between.join(placed)).is_right


@given(questions("order"))
def test_things_to_place_are_shown_in_an_order_that_tells_nothing(question: Question) -> None:
    versions = [replace(question, prompt=f"{number}") for number in range(40)]
    shown = {tuple(option["id"] for option in each.public()["options"]) for each in versions}
    assert len(shown) > 1
