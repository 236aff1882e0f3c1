"""How sure a learner was: Gardner-Medwin's marks, and a calm word about them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhixing.certainty import (
    LEVELS,
    calibration_sentences,
    certainty_mark,
    certainty_words,
    takes_certainty,
)
from zhixing.course import Lesson
from zhixing.question import KINDS, Question
from zhixing.rules import LessonRules


@pytest.mark.parametrize(
    ("level", "right", "wrong"), [(1, 1.0, 0.0), (2, 2.0, -2.0), (3, 3.0, -6.0)]
)
def test_right_and_wrong_are_marked_as_gardner_medwin_has_it(
    level: int, right: float, wrong: float
) -> None:
    assert certainty_mark(1.0, level) == right
    assert certainty_mark(0.0, level) == wrong
    assert certainty_mark(0.5, level) == (right + wrong) / 2


@given(st.floats(0, 1))
def test_no_level_but_the_honest_one_pays_best(chance: float) -> None:
    expected = {level: certainty_mark(chance, level) or 0.0 for level in LEVELS}
    honest = 1 if chance < 2 / 3 else 2 if chance < 4 / 5 else 3
    assert expected[honest] == pytest.approx(max(expected.values()))


def test_what_has_no_score_or_no_level_has_no_mark() -> None:
    assert certainty_mark(None, 3) is None
    assert certainty_mark(1.0, None) is None
    assert certainty_words(None, 3) == certainty_words(1.0, None) == ""


def test_a_learner_is_told_what_being_sure_was_worth_and_that_it_is_no_grade() -> None:
    assert "“很有把握”，把握分 +3。" in certainty_words(1.0, 3)
    assert "把握分 -6。" in certainty_words(0.0, 3)
    assert "不计入成绩" in certainty_words(0.0, 1)


@pytest.mark.parametrize("kind", KINDS)
def test_only_what_can_be_right_or_wrong_asks_how_sure(kind: str) -> None:
    question = Question("L1-1", kind, "题干", 1, {})
    asks = kind not in ("written", "case", "panel")
    assert takes_certainty(question) is asks
    public = Lesson("L1", "讲", "目标", 5, (), (question,), rules=LessonRules(certainty=True))
    assert public.public(question)["certainty"] is asks


def test_sentences_name_each_level_that_was_used_and_end_with_one_calm_word() -> None:
    told = calibration_sentences([(3, 1.0), (3, 0.5), (1, 1.0)])
    assert told[:2] == [
        "您说“很有把握”的有 2 道，全对 1 道。",
        "您说“没把握”的有 1 道，全对 1 道。",
    ]
    assert "最值得回头看" in told[2]
    assert calibration_sentences([]) == []
    assert "相称" in calibration_sentences([(3, 1.0), (1, 0.0)])[-1]
