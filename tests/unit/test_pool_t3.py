"""T3: forty-two questions on mechanisms, shared government and appraisal, and its papers."""

import math
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from zhixing.course import Form, Lesson
from zhixing.coursefiles.questionfile import read_questions
from zhixing.coursefiles.rulecheck import rules_from_entry
from zhixing.coursefiles.slots import Catalogue, drawn_places
from zhixing.errors import InvalidAnswerError
from zhixing.marking import mark
from zhixing.paper import own_lesson
from zhixing.question import AXES, Option, Question

COURSE = Path(__file__).parents[2] / "courses" / "shujiketang"
FILE = COURSE / "questions" / "T3.toml"
LESSON = "T3"
POOL_KINDS = {
    "single": 14,
    "multiple": 8,
    "truth": 6,
    "blank": 4,
    "match": 3,
    "order": 3,
    "panel": 2,
    "data": 2,
}
PAPER_KINDS = {
    "single": 7,
    "multiple": 4,
    "truth": 3,
    "blank": 2,
    "match": 1,
    "order": 1,
    "panel": 1,
    "data": 1,
}
LESSONS = ("双报到与吹哨报到", "红色物业与多元共治", "党费、平急转换与考评")
USERS = [f"学员{n}" for n in range(50)]
MADE_UP = re.compile("情境[^；。]*虚构")
CHOICES = ("single", "multiple")
CALENDAR_YEAR = 2026


@cache
def items() -> tuple[dict[str, Any], ...]:
    return tuple(tomllib.loads(FILE.read_text(encoding="utf-8"))["question"])


@cache
def lesson() -> Lesson:
    """The test alone, without the other lessons of the course and their data tasks."""
    file = read_questions(FILE, FILE.name, {})
    assert not file.findings
    places = drawn_places(file, Catalogue.of([(LESSON, file)]))
    assert not places.file.findings
    course = tomllib.loads((COURSE / "course.toml").read_text(encoding="utf-8"))
    (entry,) = [one for one in course["lesson"] if one["id"] == LESSON]
    questions = places.file.questions
    rules = rules_from_entry(entry)
    return Lesson(LESSON, entry["title"], "", 0, (), questions, rules=rules, forms=places.forms)


def paper(username: str, sitting: int = 1) -> tuple[Question, ...]:
    return own_lesson(lesson(), COURSE.name, username, sitting).questions


def every_form() -> Iterator[tuple[str, Question]]:
    """Each question of the pool in each variant, with the id it has in the pool."""
    forms: dict[str, Form] = {
        form.question.version + form.origin: form
        for found in lesson().forms.values()
        for form in found
    }
    seen = set()
    for form in forms.values():
        known = (form.origin, form.question.prompt)
        if known not in seen:
            seen.add(known)
            yield form.origin, form.question


def item(name: str) -> Mapping[str, Any]:
    (found,) = [one for one in items() if one["id"] == name]
    return found


def variants(name: str) -> list[Any]:
    return [pytest.param(one, id=f"{name}-{n}") for n, one in enumerate(item(name)["variants"])]


def right_answer(question: Question) -> Any:
    """What a learner hands in who knows everything; of a panel the commonest choice."""
    key = question.key
    if "panel" in key:
        return max(key["panel"], key=key["panel"].get)
    (first,) = [key[name] for name in RIGHT if name in key]
    return first[0] if "text" in key else first


RIGHT = ("option", "options", "text", "number", "integer", "rate", "pairs", "order")


def before_answering(question: Question) -> tuple[str, ...]:
    """What stands under a question while it is still to be answered."""
    return question.hint, question.source, question.assumption


def sides(question: Question) -> tuple[Option, ...]:
    return (*question.options, *question.targets)


def runs(text: str, length: int) -> set[str]:
    """Every run of so many characters, punctuation left out."""
    bare = re.sub(r"\W", "", text)
    return {bare[place : place + length] for place in range(len(bare) - length + 1)}


def right_options(one: Mapping[str, Any]) -> set[str]:
    return set(one["key"].get("options", [one["key"].get("option")]))


# The pool


def test_the_pool_has_forty_two_questions_in_order_of_their_ids() -> None:
    assert [one["id"] for one in items()] == [f"T3-Q{n:02d}" for n in range(1, 43)]
    assert {one["points"] for one in items()} == {5}


def test_the_kinds_are_as_many_as_promised() -> None:
    assert Counter(one["kind"] for one in items()) == POOL_KINDS


def test_every_axis_is_the_main_one_of_at_least_five_questions() -> None:
    main: Counter[str] = Counter()
    for one in items():
        most = max(one["weights"].values())
        (axis,) = [axis for axis, share in one["weights"].items() if share == most]
        main[axis] += 1
    assert set(main) == set(AXES)
    assert min(main.values()) >= 5


def test_difficulties_are_spread_as_promised() -> None:
    assert Counter(one["difficulty"] for one in items()) == {1: 15, 2: 17, 3: 10}


def test_each_lesson_has_fourteen_questions_that_send_a_learner_back_to_it() -> None:
    named = [re.findall("《(.+?)》", one["explanation"]) for one in items()]
    assert all(len(found) == 1 for found in named)
    assert [found[0] for found in named] == [name for name in LESSONS for _ in range(14)]


def test_at_least_half_of_the_questions_are_situations_said_to_be_made_up() -> None:
    assert sum(bool(MADE_UP.search(one.get("assumption", ""))) for one in items()) >= 21


def test_prompts_fit_on_a_phone() -> None:
    for name, question in every_form():
        is_situation = MADE_UP.search(question.assumption)
        assert len(question.prompt) <= (120 if is_situation else 60), name


def test_the_longest_option_gives_at_most_half_of_the_choices_away() -> None:
    told = []
    for one in items():
        if one["kind"] in CHOICES:
            right = right_options(one)
            lengths: dict[bool, list[int]] = {True: [], False: []}
            for option in one["options"]:
                lengths[option["id"] in right].append(len(option["text"]))
            if max(lengths[True]) > max(lengths[False]):
                told.append(one["id"])
    assert len(told) <= (POOL_KINDS["single"] + POOL_KINDS["multiple"]) / 2, told


def test_right_options_of_single_choices_stand_in_every_place() -> None:
    places = Counter(
        [option["id"] for option in one["options"]].index(one["key"]["option"])
        for one in items()
        if one["kind"] == "single"
    )
    assert set(places) == {0, 1, 2, 3}
    assert max(places.values()) <= 5


def test_half_of_the_statements_are_true() -> None:
    right = Counter(one["key"]["option"] for one in items() if one["kind"] == "truth")
    assert right == {"true": 3, "false": 3}


def test_no_choice_has_more_than_four_options_and_none_says_all_of_the_above() -> None:
    for one in items():
        if one["kind"] in (*CHOICES, "panel"):
            assert 3 <= len(one["options"]) <= 4, one["id"]
        for option in one.get("options", ()):
            assert not re.search("以上|都对|都不对", option["text"]), one["id"]


def test_every_panel_has_twenty_made_up_cadres_and_says_so() -> None:
    panels = [one for one in items() if one["kind"] == "panel"]
    for one in panels:
        assert sum(one["key"]["panel"].values()) == 20
        assert "虚构的示例专家组" in one["assumption"]


def test_no_question_shows_what_explains_another() -> None:
    shown = {
        name: " ".join(
            (question.prompt, *before_answering(question), *(o.text for o in sides(question)))
        )
        for name, question in every_form()
    }
    for one in items():
        reasons = [option["reason"] for option in one.get("options", ())]
        for secret in (one["explanation"], *reasons):
            sentences = [part for part in re.split("[。；]", secret) if len(part) >= 8]
            for name, text in shown.items():
                assert not any(part in text for part in sentences), (one["id"], name)


def test_source_and_assumption_shown_before_answering_do_not_tell_the_right_option() -> None:
    for name, question in every_form():
        if question.kind in (*CHOICES, "truth"):
            right = {question.key.get("option"), *question.key.get("options", ())}
            told = " ".join(o.text + o.reason for o in question.options if o.id in right)
            shown = " ".join(before_answering(question))
            assert not runs(told, 5) & runs(shown, 5), name


def test_nothing_looks_like_an_identity_card_or_a_telephone_number() -> None:
    text = FILE.read_text(encoding="utf-8")
    assert not re.search(r"\d{17}[\dXx]", text)
    assert not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", text)
    assert not re.search(r"0\d{2,3}-\d{7,8}", text)


def test_a_right_answer_earns_everything_and_an_empty_one_is_refused() -> None:
    for name, question in every_form():
        assert mark(question, right_answer(question)).score == 1.0, name
        with pytest.raises(InvalidAnswerError):
            mark(question, None)


def test_every_known_mistake_earns_nothing_and_is_told_its_own_step() -> None:
    for name, question in every_form():
        for wrong in question.wrong:
            told = mark(question, wrong["value"])
            assert told.score == 0.0, name
            assert [reason["text"] for reason in told.reasons] == [wrong["step"]], name


def test_no_step_or_explanation_of_a_number_tells_the_number() -> None:
    for name, question in every_form():
        if question.kind == "data" or "number" in question.key:
            right = f"{right_answer(question):g}"
            for text in (question.explanation, *(wrong["step"] for wrong in question.wrong)):
                assert right not in re.findall(r"[\d.]+", text), name


# Numbers, each by a formula of this file


def test_at_least_two_blanks_and_both_data_questions_have_three_sets_of_numbers() -> None:
    sets = {one["id"]: len(one["variants"]) for one in items() if "variants" in one}
    assert sets == dict.fromkeys(("T3-Q11", "T3-Q14", "T3-Q24", "T3-Q25", "T3-Q42"), 3)


@pytest.mark.parametrize("one", variants("T3-Q11"))
def test_a_deadline_is_the_tenth_workday_after_the_whistle(one: Mapping[str, Any]) -> None:
    values = one["values"]
    blown = date(CALENDAR_YEAR, values["month"], values["blown"])
    assert values["weekday"] == "周" + "一二三四五六日"[blown.weekday()]
    assert date(CALENDAR_YEAR, values["month"], values["makeup"]).isoweekday() == 6
    holidays = range(values["from"], values["to"] + 1)
    day, workdays = blown, 0
    while workdays < 10:
        day += timedelta(1)
        is_weekday = day.isoweekday() <= 5
        workdays += day.day == values["makeup"] or (is_weekday and day.day not in holidays)
    assert (day.month, day.day) == (values["month"], one["key"]["number"])


@pytest.mark.parametrize("one", variants("T3-Q14"))
def test_a_rate_of_hours_is_over_everyone_due(one: Mapping[str, Any]) -> None:
    over, exact, short, none = (one["values"][name] for name in ("over", "exact", "short", "none"))
    rate = 100 * (over + exact) / (over + exact + short + none)
    assert one["key"]["rate"] == pytest.approx(rate, abs=0.001)
    assert abs(round(rate, 1) - one["key"]["rate"]) < one["key"]["tolerance"]


@pytest.mark.parametrize("one", variants("T3-Q24"))
def test_what_is_left_is_the_old_rest_and_income_less_spending(one: Mapping[str, Any]) -> None:
    values = one["values"]
    income, spent = values["parking"] + values["ads"], values["lock"] + values["lamps"]
    assert one["key"]["number"] == values["before"] + income - spent


@pytest.mark.parametrize("one", variants("T3-Q25"))
def test_rebuilding_needs_three_quarters_of_those_who_voted(one: Mapping[str, Any]) -> None:
    values, needed = one["values"], one["key"]["number"]
    assert 3 * values["voted"] >= 2 * values["all"]
    assert needed == math.ceil(values["voted"] * 3 / 4)
    assert needed * 4 >= values["voted"] * 3 > (needed - 1) * 4


@pytest.mark.parametrize("one", variants("T3-Q42"))
def test_a_grant_is_capped_and_shared_again_until_nobody_has_too_much(
    one: Mapping[str, Any],
) -> None:
    values = one["values"]
    due = {name: values[f"due_{name}"] for name in "abc"}
    asked = {name: values[f"ask_{name}"] for name in "abc"}
    assert sum(due.values()) == values["total"]
    capped: set[str] = set()
    rounds = 0
    while True:
        left = values["total"] - sum(asked[name] for name in capped)
        weight = sum(due[name] for name in due if name not in capped)
        paid = {n: asked[n] if n in capped else left * due[n] / weight for n in due}
        over = {name for name in due if paid[name] > asked[name]}
        if not over:
            break
        capped |= over
        rounds += 1
    assert rounds == 2, "the second round is what the question is about"
    assert one["key"]["integer"] == paid["c"]


@pytest.mark.parametrize("name", ["T3-Q11", "T3-Q14", "T3-Q24", "T3-Q25", "T3-Q42"])
def test_right_and_wrong_numbers_are_far_enough_apart_to_be_told(name: str) -> None:
    for one in item(name)["variants"]:
        (right,) = [one["key"][form] for form in RIGHT if form in one["key"]]
        numbers = [right, *(wrong["value"] for wrong in one["wrong"])]
        for place, number in enumerate(numbers):
            others = [abs(number - other) for other in numbers[place + 1 :]]
            assert all(gap > 2 * one["key"].get("tolerance", 0) for gap in others)


# The papers


def test_the_places_are_twenty_and_make_a_hundred_points() -> None:
    assert [one.id for one in lesson().questions] == [f"T3-{n}" for n in range(1, 21)]
    assert sum(one.points for one in lesson().questions) == 100


def test_every_paper_has_the_same_kinds_and_difficulties_and_no_question_twice() -> None:
    shapes = set()
    for name in USERS:
        own = paper(name)
        assert Counter(one.kind for one in own) == PAPER_KINDS
        assert len({one.prompt for one in own}) == 20
        shapes.add(tuple((one.kind, one.difficulty) for one in own))
    assert len(shapes) == 1
    (shape,) = shapes
    assert Counter(difficulty for _, difficulty in shape) == {1: 7, 2: 8, 3: 5}


def test_learners_get_different_papers_and_every_question_is_drawn() -> None:
    papers = {name: {one.prompt for one in paper(name)} for name in USERS}
    assert len({frozenset(own) for own in papers.values()}) > 45
    drawn = set().union(*papers.values())
    for name in {name for name, _ in every_form()}:
        assert drawn & {question.prompt for origin, question in every_form() if origin == name}


def test_a_resit_asks_nothing_that_was_asked_before() -> None:
    origins = {question.prompt: name for name, question in every_form()}
    for name in USERS:
        first, second = ({origins[one.prompt] for one in paper(name, n)} for n in (1, 2))
        assert len(first) == len(second) == 20
        assert not first & second


def test_the_test_may_be_sat_twice_and_tells_nothing_before_the_hand_in() -> None:
    rules = lesson().rules
    assert (rules.mode, rules.resits, rules.shuffle, rules.feedback) == ("test", 1, True, "handin")
