"""A roster is held against what people can do, and told one example of each kind of fault."""

from typing import Any

import pytest

from tests.widgets_course import SHIFTS
from zhixing.errors import InvalidAnswerError
from zhixing.kinds.shifts import SHORT
from zhixing.marking import mark, reveal
from zhixing.question import Question

QUESTION = Question("L7-D2-2", "data", "排班", 8, {"shifts": SHIFTS})
EMPTY = {"一号楼 早班": [""], "𠮷龑里 早班": [""], "一号楼 晚班": [""]}
BEST = {"一号楼 早班": ["V02、V03"], "𠮷龑里 早班": ["V01"], "一号楼 晚班": ["V02"]}


def everywhere(cell: Any) -> dict[str, list[Any]]:
    return {label: [cell] for label, _ in EMPTY.items()}


def told(value: Any) -> list[str]:
    return [reason["text"] for reason in mark(QUESTION, value).reasons]


def test_a_roster_without_fault_and_with_the_most_filled_earns_everything() -> None:
    assert mark(QUESTION, BEST).is_right
    assert told(BEST) == []


def test_codes_are_read_as_people_type_them() -> None:
    typed = {**BEST, "一号楼 早班": [" ｖ02，v03 "]}
    assert mark(QUESTION, typed).is_right


def test_what_is_sound_but_not_full_earns_its_share_and_is_told_so() -> None:
    value = {**EMPTY, "一号楼 早班": ["V02"]}
    assert mark(QUESTION, value).score == pytest.approx(1 / (0.95 * 4))
    assert told(value) == [SHORT]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"一号楼 早班": ["V99"]}, "没有 V99"),
        ({"𠮷龑里 早班": ["V04"]}, "V04 眼下不适合上岗"),
        ({"一号楼 晚班": ["V03"]}, "V03 在周六晚班没有空"),
        ({"𠮷龑里 早班": ["V03"], "一号楼 早班": ["V02"]}, "V03 不会量血压"),
        ({"𠮷龑里 早班": ["V01"], "一号楼 早班": ["V01"]}, "V01 在周六早班排了两处"),
        ({"一号楼 早班": ["V01、V02、V03"], "𠮷龑里 早班": [""]}, "比需要的多"),
    ],
)
def test_each_kind_of_fault_is_named_and_costs(change: dict[str, Any], words: str) -> None:
    value = {**BEST, **change}
    outcome = mark(QUESTION, value)
    assert outcome.score is not None
    assert outcome.score < 1
    assert any(words in text for text in told(value)), told(value)


def test_nobody_is_put_down_more_often_than_they_can_come() -> None:
    people = {**SHIFTS["people"], "V02": {**SHIFTS["people"]["V02"], "most": 1}}
    question = Question("L7-D2-2", "data", "排班", 8, {"shifts": {**SHIFTS, "people": people}})
    (reason,) = mark(question, BEST).reasons
    assert "V02 排的班次超过了本人的上限" in reason["text"]


def test_to_put_everybody_everywhere_earns_little() -> None:
    everybody = "、".join(SHIFTS["people"])
    score = mark(QUESTION, everywhere(everybody)).score
    assert score is not None
    assert score < 0.5


def test_an_empty_roster_earns_nothing() -> None:
    assert mark(QUESTION, EMPTY).score == 0


@pytest.mark.parametrize(
    "value",
    [
        {},
        [],
        {"一号楼 早班": ["V01"]},
        everywhere(3),
        everywhere("V" * 401),
    ],
)
def test_what_is_no_roster_is_refused(value: Any) -> None:
    with pytest.raises(InvalidAnswerError, match="L7-D2-2"):
        mark(QUESTION, value)


def test_neither_the_public_face_nor_the_reveal_holds_the_solution() -> None:
    public = QUESTION.public()
    assert public["form"] == "shifts"
    assert public["row_labels"] == list(EMPTY)
    for shown in (public, reveal(QUESTION)):
        assert "V02" not in str(shown)
        assert "optimum" not in str(shown)
