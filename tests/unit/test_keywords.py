"""Keywords are tried on texts, and whoever wrote them is told where to look and not how many."""

from typing import Any

import pytest

from tests.widgets_course import KEYWORDS
from zhixing.errors import InvalidAnswerError
from zhixing.kinds.keywords import class_of
from zhixing.marking import mark, reveal
from zhixing.question import Question

QUESTION = Question("L6-D5-1", "data", "归类", 8, {"keywords": KEYWORDS})
RIGHT = {"停车": ["车位，充电车"], "噪音": ["吵"]}


def test_words_that_sort_all_texts_earn_everything() -> None:
    assert mark(QUESTION, RIGHT).is_right


def test_words_that_sort_some_earn_their_share_of_what_is_asked_for() -> None:
    value = {"停车": ["车位"], "噪音": ["吵"]}
    outcome = mark(QUESTION, value)
    assert outcome.score == pytest.approx(2 / 3 / 0.85)
    assert [reason["text"] for reason in outcome.reasons] == [
        "“停车”类漏掉的最多：再看看这一类诉求里常出现哪些词。"
    ]


def test_a_word_that_takes_the_texts_of_others_is_told() -> None:
    outcome = mark(QUESTION, {"停车": ["车位"], "噪音": ["吵、充电车"]})
    assert any("“噪音”类收进了别类" in reason["text"] for reason in outcome.reasons)


def test_of_equal_classes_the_first_has_it_and_without_a_word_none() -> None:
    words = {"停车": ["车"], "噪音": ["吵"]}
    assert class_of("车太吵", words) == "停车"
    assert class_of("路灯不亮", words) == ""


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({}, "每一行"),
        ({**RIGHT, "停车": [""]}, "还没有写关键词"),
        ({**RIGHT, "停车": ["楼下车位被占了"]}, "太长"),
        ({**RIGHT, "停车": [3]}, "文字"),
    ],
)
def test_what_are_no_keywords_is_refused(value: Any, words: str) -> None:
    with pytest.raises(InvalidAnswerError, match=words):
        mark(QUESTION, value)


def test_neither_the_public_face_nor_the_reveal_holds_words_or_texts() -> None:
    for shown in (QUESTION.public(), reveal(QUESTION)):
        assert "车位" not in str(shown)
    assert QUESTION.public()["row_labels"] == ["停车", "噪音"]
