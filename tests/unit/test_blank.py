"""A blank takes what a reader would take: other scripts, widths and forms of a number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhixing.errors import InvalidAnswerError
from zhixing.kinds.blank import mark, normal_text, number_from_text
from zhixing.kinds.data import members_from_value
from zhixing.question import Question


def blank(unit: str = "", **key: object) -> Question:
    return Question("L9-1", "blank", "填空", 1, key or {"number": 1}, unit=unit)


@pytest.mark.parametrize(
    ("typed", "accepted"),
    [
        ("機制", "机制"),
        ("三名", "3名"),
        ("叁佰人", "300人"),
        ("１，３００余名", "1300余名"),
        ("一千三百余名", "1300余名"),
        ("230万元", "2300000元"),
        ("兩在兩同", "两在两同"),
        (" 有 机 制。 ", "有机制"),
        ("䶮社区", "䶮社区"),
    ],
)
def test_another_form_of_the_same_text_is_the_same(typed: str, accepted: str) -> None:
    assert mark(blank(text=[accepted]), typed).is_right


@pytest.mark.parametrize(
    ("typed", "accepted"), [("二十", "十二"), ("3名", "4名"), ("机治", "机制"), ("1.30", "130")]
)
def test_another_text_stays_another(typed: str, accepted: str) -> None:
    assert mark(blank(text=[accepted]), typed).score == 0.0


@pytest.mark.parametrize(
    ("typed", "unit", "number"),
    [
        ("两百三十万", "元", 2_300_000),
        ("230万元", "元", 2_300_000),
        ("230万元", "万元", 230),
        ("六十", "%", 60),
        ("百分之六十", "%", 60),
        ("60%", "", 0.6),
        ("百分之六十", "", 0.6),
        ("叁佰", "人", 300),
        ("－3", "", -3),
        ("９９．５％", "%", 99.5),
        ("一亿两千万", "", 120_000_000),
        ("三点五", "", 3.5),
    ],
)
def test_a_number_is_read_as_people_write_it(typed: str, unit: str, number: float) -> None:
    assert number_from_text(blank(unit), typed) == pytest.approx(number)


@pytest.mark.parametrize(
    "typed", ["十十", "2300余", "1e5", "NaN", "∞", "三三点", "万", "--3", "１/２"]
)
def test_what_is_no_number_is_refused_and_not_guessed(typed: str) -> None:
    with pytest.raises(InvalidAnswerError, match="L9-1"):
        number_from_text(blank("人"), typed)


@given(st.integers(0, 10**11))
def test_a_whole_number_is_read_back_in_digits_and_in_characters(number: int) -> None:
    import cn2an

    for written in (str(number), f"{number:,}", cn2an.an2cn(number), cn2an.an2cn(number, "up")):
        assert number_from_text(blank(), written) == number, written


@given(st.text(max_size=200))
def test_any_text_has_one_normal_form(text: str) -> None:
    assert isinstance(normal_text(text), str)
    assert normal_text(text) == normal_text(f" {text} ")


@given(st.text(min_size=1, max_size=60).filter(lambda text: text.strip() != ""))
def test_any_text_is_marked_or_refused_and_never_breaks(text: str) -> None:
    for question in (blank(text=["机制"]), blank("名", number=3, tolerance=0.5)):
        try:
            assert mark(question, text).score in (0.0, 1.0)
        except InvalidAnswerError as error:
            assert "L9-1" in str(error)  # noqa: PT017 - either outcome is right


def test_codes_keep_their_zeros() -> None:
    question = Question("L9-2", "data", "编码", 1, {"set": ["RY0012"]})
    assert members_from_value(question, "RY0012、RY012") == {"ry0012", "ry012"}
