"""What first tries tell of a question, and when they tell nothing."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.numbered_items import numbered
from zhixing.course import DataTask, Draw, Form, Lesson
from zhixing.firsttry import FirstTry
from zhixing.itemresponse import GroupDifference
from zhixing.items import (
    FEWEST_FOR_DISCRIMINATION,
    FEWEST_FOR_SHARES,
    Discrimination,
    ItemFigures,
    item_figures,
    items_of,
)
from zhixing.itemwords import remarks
from zhixing.question import Option, Question
from zhixing.share import Share

OPTIONS = (Option("a", "在册𠮷"), Option("b", "在住龑"), Option("c", "户在人不在"))


def question(number: int, kind: str = "single", **more: Any) -> Question:
    fields = {"prompt": "谁在住？", "key": {"option": "a"}, "options": OPTIONS, **more}
    return Question(id=f"L1-{number}", kind=kind, points=5, **fields)


LESSON = tuple(question(number) for number in range(1, 7))


def tries(matrix: Any, **more: Any) -> list[FirstTry]:
    """A row a learner, a column a question; 1 chose a, 0 chose b."""
    return [
        FirstTry(learner, f"L1-{place}", "a" if score else "b", float(score), **more)
        for learner, row in enumerate(matrix)
        for place, score in enumerate(row, 1)
    ]


def simulated(people: int, slopes: tuple[float, ...]) -> Any:
    """Answers of people of known ability to items of known slope and middle difficulty."""
    chance = np.random.default_rng(20210728)
    ability = chance.normal(size=people)
    right = 1 / (1 + np.exp(-np.outer(ability, slopes)))
    return (chance.random(right.shape) < right).astype(int)


def test_without_answers_it_says_so() -> None:
    [first, *_] = item_figures(numbered(LESSON), [])
    assert [one.text for one in remarks(first)] == ["第1题还没有人作答。"]


def test_under_the_threshold_there_is_no_number_at_all() -> None:
    few = item_figures(numbered(LESSON), tries([[1] * 6] * (FEWEST_FOR_SHARES - 1)))[0]
    assert (few.right, few.facility, few.discrimination, few.choices) == (None, None, None, ())
    [only] = remarks(few)
    assert (only.kind, only.text) == ("few", "第1题数据不足：首答 9 人，满 10 人才给出比例。")


def test_between_the_thresholds_there_are_shares_and_no_discrimination() -> None:
    matrix = simulated(FEWEST_FOR_DISCRIMINATION - 1, (1.5,) * 6)
    found = item_figures(numbered(LESSON), tries(matrix))[0]
    assert found.right == Share(int(matrix[:, 0].sum()), 29)
    assert found.discrimination is None
    assert "区分度数据不足：首答 29 人，满 30 人才给出区分度" in remarks(found)[-1].text


def test_the_index_is_the_corrected_item_total_correlation() -> None:
    matrix = simulated(80, (0.5, 1, 1.5, 1, 1, 2))
    for place, found in enumerate(item_figures(numbered(LESSON), tries(matrix))):
        rest = matrix.sum(axis=1) - matrix[:, place]
        assert found.discrimination is not None
        assert found.discrimination.value == pytest.approx(
            np.corrcoef(matrix[:, place], rest)[0, 1]
        )
        assert found.discrimination.low < found.discrimination.value < found.discrimination.high


def test_the_abler_failing_more_is_told_in_so_many_words() -> None:
    found = item_figures(numbered(LESSON), tries(simulated(200, (1.5, 1.5, 1.5, 1.5, -2, 1.5))))
    told = {one.number: [r.text for r in remarks(one) if r.kind == "check"] for one in found}
    assert "第5题越会越错，建议检查答案。" in told.pop(5)
    assert not [text for texts in told.values() for text in texts]


def test_a_negative_index_that_may_be_chance_is_told_with_care() -> None:
    matrix = simulated(30, (1.5, 1.5, 1.5, 1.5, -0.3, 1.5))
    found = item_figures(numbered(LESSON), tries(matrix))[4]
    assert found.discrimination is not None
    assert found.discrimination.value < 0 < found.discrimination.high
    assert "还不能肯定" in remarks(found)[0].text


def test_a_wrong_option_that_draws_more_than_the_key_is_named() -> None:
    found = item_figures(numbered(LESSON), tries([[1] * 6] * 4 + [[0] * 6] * 16))[0]
    [check] = [one.text for one in remarks(found) if one.kind == "check"]
    assert "首答选“在住龑”的更多（16 人，选正确答案的 4 人）" in check
    shares = {choice.id: choice.share.count for choice in found.choices}
    assert shares == {"a": 4, "b": 16, "c": 0}


def test_a_wrong_option_that_draws_a_few_more_may_be_chance_and_is_not_named() -> None:
    found = item_figures(numbered(LESSON), tries([[1] * 6] * 14 + [[0] * 6] * 15))[0]
    assert not [one for one in remarks(found) if one.kind == "check"]


def test_an_option_nobody_takes_is_named_once_that_is_sure() -> None:
    for people, is_named in ((40, False), (120, True)):
        found = item_figures(numbered(LESSON), tries(simulated(people, (1.5,) * 6)))[0]
        told = "".join(one.text for one in remarks(found))
        assert ("“户在人不在”几乎没人选" in told) is is_named


def test_all_right_is_flat_and_no_error() -> None:
    found = item_figures(numbered(LESSON), tries([[1] * 6] * 100))[0]
    assert found.is_flat
    texts = [one.text for one in remarks(found)]
    assert "第1题几乎人人一次答对，适合热身，测不出差别。" in texts


def test_an_option_of_several_that_most_misread_is_named() -> None:
    key = {"options": ["a", "b"]}
    asked = (question(1, "multiple", key=key), *LESSON[1:])
    given = [FirstTry(n, "L1-1", ["a", "c"], 0.0) for n in range(12)]
    [found, *_] = item_figures(numbered(asked), given)
    told = [one.text for one in remarks(found) if one.kind == "check"]
    assert told == ["第1题的选项“在住龑”该选，“户在人不在”不该选，首答多数人没有这样做。"]


def test_wrong_texts_given_by_several_are_listed_cut_and_nobodys_alone() -> None:
    asked = (question(1, "blank", key={"text": ["小区"]}, options=()),)
    long = "<b>楼</b>" * 20
    values = ["小区"] * 4 + ["网格"] * 4 + [long] * 3 + ["只有我这样写"]
    given = [FirstTry(n, "L1-1", v, float(v == "小区")) for n, v in enumerate(values)]
    [found] = item_figures(numbered(asked), given)
    assert found.common == (("网格", 4), (f"{long[:40]}…", 3))


def test_texts_for_a_trainer_are_left_out() -> None:
    asked = (*LESSON[:1], question(2, "written", key={"rubric": []}, options=()))
    assert [one.question.id for one in item_figures(numbered(asked), [])] == ["L1-1"]


def test_a_group_difference_stands_with_its_question() -> None:
    found = item_figures(numbered(LESSON), tries(simulated(40, (1.5,) * 6)))[2]
    harder = GroupDifference("L1-3", "街道", "䶮山街道", 1.2)
    told = [one.text for one in remarks(found, [harder])]
    assert any("街道“䶮山街道”觉得第3题明显更难" in text for text in told)
    assert not any("䶮山街道" in one.text for one in remarks(found, []))


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilsons_interval_is_the_published_formula(pair: tuple[int, int]) -> None:
    count, total = pair
    share, z, p = Share(count, total), 1.959963984540054, count / total
    middle = (p + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total) * math.sqrt(p * (1 - p) / total + z * z / (4 * total**2))
    assert share.low == pytest.approx(max(0, middle - half), abs=1e-9)
    assert share.high == pytest.approx(min(1, middle + half), abs=1e-9)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 60),
            st.sampled_from([one.id for one in LESSON]),
            st.sampled_from(["a", "b", "c"]),
            st.none() | st.sampled_from([0.0, 0.5, 1.0]),
        ),
        max_size=300,
        unique_by=lambda one: one[:2],
    )
)
def test_any_answers_give_a_sentence_for_each_question(given: list[tuple[Any, ...]]) -> None:
    for found in item_figures(numbered(LESSON), [FirstTry(*one) for one in given]):
        told = remarks(found)
        assert told
        assert all(one.text.endswith("。") for one in told)


def test_questions_drawn_into_one_place_are_items_of_their_own_and_data_are_not() -> None:
    first, second = question(1), question(1, prompt="谁是党员？")
    drawn = [question(2, "data", key={"integer": n}, options=()) for n in (5, 7)]
    lesson = Lesson(
        "L1",
        "?",
        "?",
        5,
        (),
        (first, drawn[0]),
        forms={"L1-1": (Form("P1", first), Form("P2", second))},
        draws={"D1": tuple(Draw(DataTask("D1", "?", "虚构", {}), {"L1-2": q}) for q in drawn)},
    )
    counted = {version: (one.number, one.question.id) for version, one in items_of(lesson).items()}
    assert counted == {
        first.version: (1, "L1-1·P1"),
        second.version: (1, "L1-1·P2"),
        drawn[0].version: (2, "L1-2"),
        drawn[1].version: (2, "L1-2"),
    }


def test_of_a_data_question_the_steps_that_were_missed_are_listed_and_no_numbers() -> None:
    asked = [question(1, "data", key={"integer": 5}, options=())]
    missed = ("有重名，请按人员编码核对",)
    given = [FirstTry(n, "L1-1", str(n), 0.0, steps=missed if n % 2 else ()) for n in range(12)]
    [found] = item_figures(numbered(asked), given)
    assert found.common == (("有重名，请按人员编码核对", 6),)


def test_few_people_who_err_the_wrong_way_are_a_note_and_no_alarm() -> None:
    unsure = Discrimination(-0.05, -0.4, 0.32)
    weak = Discrimination(0.1, -0.05, 0.24)
    figures = ItemFigures(1, LESSON[0], 40, Share(20, 40), 0.5, 1.0, unsure)
    assert [one.kind for one in remarks(figures)] == ["note"]
    figures = ItemFigures(1, LESSON[0], 400, Share(200, 400), 0.5, 1.0, weak)
    assert "check" in [one.kind for one in remarks(figures)]
