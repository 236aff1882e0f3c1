"""Every real question marks a right, a wrong and an invalid answer as it should."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from zhixing.coursefiles import load_courses
from zhixing.demo.answers import right_value, wrong_value
from zhixing.errors import InvalidAnswerError
from zhixing.kinds.written import text_of
from zhixing.marking import MARKERS, REVEALERS, mark, reveal
from zhixing.question import KINDS, Mark, Option, Question, question_from_content

COURSES = load_courses(Path(__file__).parents[2] / "courses")
QUESTIONS = [one for course in COURSES for lesson in course.lessons for one in lesson.questions]
MARKED = [question for question in QUESTIONS if question.kind != "written"]


def is_named(question: Question) -> str:
    return question.id


def right(question: Question) -> Any:
    return right_value(question, Random(1))


def wrong(question: Question) -> Any:
    return wrong_value(question, Random(1))


def invalid(question: Question) -> Iterator[Any]:
    """Answers that no honest page sends: of another shape, range or question."""
    yield from (None, True, 1.5j, object(), {"": ""}, [[]], [None], "", float("nan"), 10**5000)
    if question.kind in ("single", "truth", "panel"):
        yield from ("不存在", [], ["a"], 3)
    if question.kind in ("multiple", "order"):
        first = question.options[0].id
        yield from ([], "a", [first, first], [first, "不存在"], {"a": "b"})
    if question.kind == "order":
        yield [option.id for option in question.options][1:]
    if question.kind == "match":
        left = [option.id for option in question.options]
        yield from ({}, [], dict.fromkeys(left, "不存在"), dict.fromkeys(left[1:], "command"))
        yield {key: ["command"] for key in left}
    if question.kind == "case":
        yield from ([], ["不存在"], ["b1"], ["A", "B"], ["A", "b1"], ["A", "a1", "b1", "b1"], "A")
        yield from ([1], ["A"] * 51, {"A": 1})
    if question.public()["form"] == "table":
        rows = question.key["table"]["rows"]
        yield from ({}, [], {key: [] for key in rows}, dict.fromkeys(rows, "1019"))
        yield {**rows, "没有这一行": next(iter(rows.values()))}
        words = {key: ["几个" for _ in cells] for key, cells in rows.items()}
        if any(not isinstance(cell, str) for cells in rows.values() for cell in cells):
            yield words
    if question.public()["form"] in ("number", "integer", "rate"):
        yield from ("几个", "1e5", "--3", "1/2", "9" * 50, [3], "∞")
    if question.public()["form"] == "set":
        yield from ([], " , ", [3], ["RY0001"] * 2001)


def test_each_type_has_one_marker_and_one_revealer() -> None:
    assert set(MARKERS) == set(REVEALERS) == set(KINDS)


def test_the_courses_use_every_question_type() -> None:
    assert {question.kind for question in QUESTIONS} == set(KINDS)


@pytest.mark.parametrize("question", MARKED, ids=is_named)
def test_a_right_answer_earns_everything(question: Question) -> None:
    assert mark(question, right(question)).is_right


@pytest.mark.parametrize("question", MARKED, ids=is_named)
def test_a_wrong_answer_does_not_and_is_told_why(question: Question) -> None:
    outcome = mark(question, wrong(question))
    assert outcome.score is not None
    assert 0 <= outcome.score < 1
    assert outcome.reasons
    assert all(reason["text"] for reason in outcome.reasons)


@pytest.mark.parametrize("question", QUESTIONS, ids=is_named)
def test_an_invalid_answer_is_refused_by_name_and_never_a_zero(question: Question) -> None:
    for value in invalid(question):
        with pytest.raises(InvalidAnswerError, match=question.id):
            mark(question, value)


@pytest.mark.parametrize("question", QUESTIONS, ids=is_named)
def test_reasons_tell_only_of_what_was_chosen(question: Question) -> None:
    if question.kind == "multiple":
        chosen = [question.options[1].id]
        assert [reason["id"] for reason in mark(question, chosen).reasons] == chosen


@pytest.mark.parametrize("question", QUESTIONS, ids=is_named)
def test_what_is_public_holds_no_key_reason_or_explanation(question: Question) -> None:
    public = str(question.public())
    secrets = [option.reason for option in question.options] + [question.explanation]
    secrets += [str(item["step"]) for item in question.wrong]
    assert [secret for secret in secrets if secret in public] == []
    assert not {"key", "wrong", "reason", "explanation"} & set(question.public())


@pytest.mark.parametrize("question", QUESTIONS, ids=is_named)
def test_the_reveal_explains_and_a_data_task_never_reveals_its_number(question: Question) -> None:
    shown = reveal(question)
    assert shown["explanation"] == question.explanation
    if question.kind == "data":
        assert set(shown) == {"steps", "explanation"}


@pytest.mark.parametrize("question", QUESTIONS, ids=is_named)
def test_a_question_comes_back_from_the_records_unchanged(question: Question) -> None:
    again = question_from_content(question.content())
    assert again.version == question.version


def test_a_long_written_text_is_refused_with_its_length() -> None:
    (question,) = [q for q in QUESTIONS if q.id == "L3-W1"]
    assert mark(question, "䶮" * 5000) == Mark(None)
    with pytest.raises(InvalidAnswerError, match="5001"):
        mark(question, "字" * 5001)


@pytest.mark.parametrize(
    "typed",
    [
        "0.77",
        " 0.77 ",
        "0.77名",
        "\uff10\uff0e\uff17\uff17",
        "0.76",
        "0.78",
        0.77,
        "0.77 名",
        "+0.77",
    ],
)
def test_a_number_is_read_as_people_type_it(typed: object) -> None:
    (question,) = [q for q in QUESTIONS if q.id == "L1-3"]
    assert mark(question, typed).is_right


@pytest.mark.parametrize("typed", ["0.755", "0.785", "77"])
def test_a_number_outside_the_tolerance_is_wrong(typed: str) -> None:
    (question,) = [q for q in QUESTIONS if q.id == "L1-3"]
    assert mark(question, typed).score == 0


def test_a_big_number_may_be_typed_with_separators() -> None:
    (question,) = [q for q in QUESTIONS if q.id == "L1-D0-2"]
    assert mark(question, "4,669").is_right
    assert mark(question, "4\uff0c669 名").is_right
    with pytest.raises(InvalidAnswerError, match="整数"):
        mark(question, "4669.5")


@pytest.mark.parametrize("between", [",", "\uff0c", "\u3001", " ", "\n", "\uff1b", "\u3000", "\t"])
def test_a_set_may_be_separated_as_one_likes(between: str) -> None:
    (question,) = [q for q in QUESTIONS if q.id == "L1-D0-4"]
    assert mark(question, between.join(question.key["set"])).is_right


def test_ticking_every_option_earns_less_than_knowing_half() -> None:
    (question,) = [q for q in QUESTIONS if q.id == "L1-6"]
    everything = mark(question, [option.id for option in question.options]).score
    assert everything == pytest.approx(0.5)
    assert mark(question, question.key["options"][:3]).score == pytest.approx(0.75)


def test_one_pair_or_neighbour_right_earns_its_share() -> None:
    match = next(q for q in QUESTIONS if q.kind == "match")
    pairs = dict(match.key["pairs"])
    first, second = list(pairs)[:2]
    pairs[first], pairs[second] = pairs[second], pairs[first]
    assert mark(match, pairs).score == pytest.approx(0.5)
    order = next(q for q in QUESTIONS if q.kind == "order")
    places = order.key["order"]
    assert mark(order, [*places[1:], places[0]]).score == pytest.approx(2 / 3)


def test_a_text_blank_folds_width_case_and_closing_marks_but_not_a_decimal_point() -> None:
    question = Question("T-1", "blank", "?", 1, {"text": ["小区", "v2.5"]})
    for typed in ("小区", " 小 区 ", "“小区”。", "V2.5", "\uff562.5"):
        assert mark(question, typed).is_right, typed
    assert mark(question, "v25").score == 0


def test_wrong_answers_are_matched_within_the_tolerance_and_tell_the_step() -> None:
    step = {"value": 1.3, "step": "颠倒了"}
    question = Question("T-2", "blank", "?", 1, {"number": 0.77, "tolerance": 0.01}, wrong=(step,))
    assert mark(question, "1.305").reasons == ({"id": "", "text": "颠倒了"},)
    (unknown,) = mark(question, "5").reasons
    assert "再看看题目问的是什么" in unknown["text"]
    hinted = replace(question, hint="先想清楚谁作除数")
    assert "先想清楚谁作除数" in mark(hinted, "5").reasons[0]["text"]


def test_an_order_or_match_that_is_wrong_is_told_what_to_look_at_again() -> None:
    options = tuple(Option(name, f"{name}步") for name in "abc")
    order = Question("T-8", "order", "?", 1, {"order": ["a", "b", "c"]}, options)
    assert mark(order, ["a", "b", "c"]) == Mark(1.0)
    (part,) = mark(order, ["c", "a", "b"]).reasons
    assert "“a步”之后是“b步”" in part["text"]
    (none,) = mark(order, ["c", "b", "a"]).reasons
    assert "哪一项在最前" in none["text"]
    pairs = {"pairs": {"a": "x", "b": "y", "c": "z"}}
    targets = tuple(Option(name, name) for name in "xyz")
    match = Question("T-9", "match", "?", 1, pairs, options, targets)
    told = mark(match, {"a": "x", "b": "z", "c": "y"}).reasons[-1]["text"]
    assert told == "还要再想的：“b步”、“c步”。"


def test_a_set_is_told_whether_it_lacks_or_has_too_much_and_no_code() -> None:
    question = Question("T-10", "data", "?", 1, {"set": ["RY1", "RY2"]})
    assert mark(question, "RY1").reasons[0]["text"].startswith("有漏填的：")
    assert mark(question, "RY1、RY2、RY3").reasons[0]["text"].startswith("有多填的：")
    assert "也有" in mark(question, "RY1、RY3").reasons[0]["text"]


def test_an_option_without_a_reason_gives_none() -> None:
    options = (Option("a", "甲"), Option("b", "乙", "不对"))
    question = Question("T-3", "single", "?", 1, {"option": "a"}, options)
    assert mark(question, "a") == Mark(1.0)


def test_a_column_that_does_not_add_up_earns_half_at_most_and_is_told() -> None:
    table = {
        "columns": ["社区", "分得（元）"],
        "rows": {"甲社区": [600], "乙社区": [400]},
        "totals": {"分得（元）": 1000},
    }
    question = Question("L10-D7-1", "data", "?", 8, {"table": table})
    assert mark(question, {"甲社区": ["600"], "乙社区": ["400"]}).is_right
    outcome = mark(question, {"甲社区": ["600"], "乙社区": ["500"]})
    assert outcome.score == 0.5
    assert "与应有的合计不符" in outcome.reasons[-1]["text"]
    assert mark(question, {"甲社区": ["500"], "乙社区": ["500"]}).score == 0


FORM = Question(
    "W1-F1",
    "written",
    "填课题书",
    20,
    {"rubric": []},
    fields=({"label": "要解决的问题", "example": "例"}, {"label": "备注", "optional": True}),
)


def test_a_form_waits_for_a_trainer_and_reads_as_labels_and_texts() -> None:
    value = {"要解决的问题": "𠮷龑里积水", "备注": ""}
    assert mark(FORM, value).score is None
    assert mark(FORM, {"要解决的问题": "𠮷龑里积水"}).score is None
    assert text_of(value).startswith("【要解决的问题】\n𠮷龑里积水\n\n【备注】")
    assert question_from_content(FORM.content()).version == FORM.version


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("写在一起", "逐栏填写"),
        ({"要解决的问题": 3}, "逐栏填写"),
        ({"要解决的问题": " "}, "“要解决的问题”还没有填"),
        ({"要解决的问题": "好", "密码": "x"}, "没有“密码”这一栏"),
        ({"要解决的问题": "好" * 5001}, "5001"),
    ],
)
def test_what_is_no_form_is_refused_by_its_field(value: Any, words: str) -> None:
    with pytest.raises(InvalidAnswerError, match=words):
        mark(FORM, value)


def test_a_question_without_fields_keeps_the_version_it_had_before_there_were_any() -> None:
    assert "fields" not in QUESTIONS[0].content()


def test_a_number_below_zero_is_refused_where_none_can_be_right_or_a_known_mistake() -> None:
    blank = Question("T-3", "blank", "?", 1, {"number": 230, "tolerance": 0})
    with pytest.raises(InvalidAnswerError, match="不会小于 0"):
        mark(blank, "-5")
    hours = Question(
        "T-4", "data", "?", 1, {"rate": 3.0}, wrong=({"value": -21, "step": "跨零点要加一天"},)
    )
    assert [reason["text"] for reason in mark(hours, "-21").reasons] == ["跨零点要加一天"]
    assert mark(Question("T-5", "blank", "?", 1, {"number": -2}), "-2").is_right


def test_a_right_number_is_told_no_mistake_even_where_one_lies_near() -> None:
    near = ({"value": 0.79, "step": "除数取错了"},)
    key = {"number": 0.77, "tolerance": 0.01}
    question = Question("T-6", "blank", "?", 1, key, wrong=near)
    assert mark(question, "0.78") == Mark(1.0)


def test_a_cell_of_words_where_a_mistake_has_a_number_is_no_fault_of_the_learner() -> None:
    table = {"columns": ["党员", "得分"], "rows": {"甲": [80], "乙": ["免评"]}}
    wrong = ({"value": {"甲": [80], "乙": [0]}, "step": "免评的不记 0 分"},)
    question = Question("T-7", "data", "?", 1, {"table": table}, wrong=wrong)
    assert mark(question, {"甲": ["80"], "乙": ["免评"]}).is_right
    assert mark(question, {"甲": ["70"], "乙": ["免评"]}).reasons == ()
    told = mark(question, {"甲": ["80"], "乙": ["0"]}).reasons
    assert [reason["text"] for reason in told] == ["免评的不记 0 分"]
