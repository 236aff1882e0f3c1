"""The pool of test T2 and the papers drawn from it: alike in structure, and with right sums."""

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from zhixing.coursefiles import load_course
from zhixing.coursefiles.keytexts import key_texts
from zhixing.marking import mark
from zhixing.paper import own_lesson
from zhixing.question import AXES, Question

FOLDER = Path(__file__).parents[2] / "courses" / "shujiketang"
POOL = tomllib.loads((FOLDER / "questions" / "T2.toml").read_text())["question"]
COURSE = load_course(FOLDER)
FOUND = COURSE.lesson("T2")
assert FOUND is not None
LESSON = FOUND
FORMS = {form.origin: form.question for place in LESSON.forms.values() for form in place}
NAMES = [f"学员𠮷{number}" for number in range(50)]

PAPER = {
    ("single", 1): 2,
    ("single", 2): 3,
    ("single", 3): 2,
    ("multiple", 1): 1,
    ("multiple", 2): 1,
    ("multiple", 3): 2,
    ("truth", 1): 2,
    ("truth", 2): 1,
    ("blank", 1): 1,
    ("blank", 2): 1,
    ("match", 1): 1,
    ("order", 2): 1,
    ("panel", 3): 1,
    ("data", 2): 1,
}
"""Kind and difficulty of every paper's 20 questions."""

COVERED = (
    "‘五有’红色家园与居民议事",
    "群众工作方法",
    "队伍：头雁、后备与志愿动员",
)
"""Lessons by the titles that a question's source ends with."""

numeric = pytest.mark.parametrize(
    "item", [one for one in POOL if "variants" in one], ids=lambda one: one["id"]
)


def paper(name: str, sitting: int = 1) -> tuple[Question, ...]:
    return own_lesson(LESSON, COURSE.id, name, sitting).questions


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inside in value.values() if isinstance(value, dict) else ():
        yield from texts(inside)
    for inside in value if isinstance(value, list) else ():
        yield from texts(inside)


def test_the_pool_has_42_questions_of_5_points_and_all_of_them_can_be_drawn() -> None:
    assert [one["id"] for one in POOL] == [f"T2-Q{number:02}" for number in range(1, 43)]
    assert {one["points"] for one in POOL} == {5}
    assert set(FORMS) == {one["id"] for one in POOL}


def test_the_pool_has_its_kinds_and_difficulties() -> None:
    assert Counter(one["kind"] for one in POOL) == {
        "single": 14,
        "multiple": 8,
        "truth": 6,
        "blank": 4,
        "match": 3,
        "order": 3,
        "panel": 2,
        "data": 2,
    }
    assert Counter(one["difficulty"] for one in POOL) == {1: 15, 2: 17, 3: 10}


def test_each_axis_is_the_main_one_of_at_least_5_questions() -> None:
    mains = Counter[str]()
    for one in POOL:
        weights = sorted(one["weights"].values(), reverse=True)
        assert len(weights) == 1 or weights[0] > weights[1], one["id"]
        mains[max(one["weights"], key=one["weights"].__getitem__)] += 1
    assert mains == {"S": 9, "M": 7, "D": 7, "V": 7, "E": 6, "R": 6}
    assert set(mains) == set(AXES)


def test_the_three_lessons_have_14_questions_each_and_every_source_says_which() -> None:
    titles = {lesson.title.replace("“", "‘").replace("”", "’") for lesson in COURSE.lessons}
    found = [re.search("；对应“(.+)”一课$", one["source"]) for one in POOL]
    assert Counter(match[1] for match in found if match) == dict.fromkeys(COVERED, 14)
    assert set(COVERED) <= titles


def test_more_than_half_are_made_up_situations_and_say_so() -> None:
    made_up = [one for one in POOL if "情景为虚构" in one.get("assumption", "")]
    assert len(made_up) > len(POOL) / 2
    assert all("教学假设" in one["assumption"] for one in made_up)
    panels = [one for one in POOL if one["kind"] == "panel"]
    assert all("20 位" in one["assumption"] for one in panels)
    assert all(sum(one["key"]["panel"].values()) == 20 for one in panels)


def test_right_options_stand_out_neither_by_length_nor_by_place() -> None:
    chosen = [one for one in POOL if one["kind"] in ("single", "multiple")]
    assert sum(map(longest_is_right, chosen)) <= len(chosen) / 2
    assert sum(map(shortest_is_right, chosen)) <= len(chosen) / 2
    places = Counter(one["key"]["option"] for one in chosen if one["kind"] == "single")
    assert set(places) == set("abcd")
    assert max(places.values()) <= 4
    keys = {tuple(one["key"]["options"]) for one in chosen if one["kind"] == "multiple"}
    assert len(keys) >= 4
    truths = Counter(one["key"]["option"] for one in POOL if one["kind"] == "truth")
    assert truths["true"] + truths["false"] == 6
    assert min(truths.values()) >= 2


def lengths(item: Mapping[str, Any]) -> tuple[list[int], list[int]]:
    right = set(item["key"].get("options", [item["key"].get("option")]))
    return (
        [len(one["text"]) for one in item["options"] if one["id"] in right],
        [len(one["text"]) for one in item["options"] if one["id"] not in right],
    )


def longest_is_right(item: Mapping[str, Any]) -> bool:
    right, wrong = lengths(item)
    return min(right) > max(wrong)


def shortest_is_right(item: Mapping[str, Any]) -> bool:
    right, wrong = lengths(item)
    return max(right) < min(wrong)


def test_prompts_and_options_fit_a_phone() -> None:
    for question in LESSON.possible_questions:
        assert len(question.prompt) <= 100, question.prompt
        assert all(len(option.text) <= 30 for option in (*question.options, *question.targets))


def test_every_paper_has_the_same_structure_and_no_question_twice() -> None:
    for name in NAMES:
        drawn = paper(name)
        assert [one.id for one in drawn] == [f"T2-{place}" for place in range(1, 21)]
        assert Counter((one.kind, one.difficulty) for one in drawn) == PAPER
        assert len({one.prompt for one in drawn}) == 20
        assert sum(one.points for one in drawn) == 100


def test_papers_differ_and_every_question_is_drawn_by_somebody() -> None:
    papers = [paper(name) for name in NAMES]
    assert len({tuple(one.prompt for one in drawn) for drawn in papers}) == len(NAMES)
    drawn = {one.prompt for questions in papers for one in questions}
    by_origin = {origin: set[str]() for origin in FORMS}
    for place in LESSON.forms.values():
        for form in place:
            by_origin[form.origin].add(form.question.prompt)
    assert all(prompts & drawn for prompts in by_origin.values())


def test_a_resit_asks_nothing_that_was_asked_before() -> None:
    for name in NAMES:
        first, second = origins(paper(name)), origins(paper(name, 2))
        assert len(first) == len(second) == 20
        assert not first & second
        assert Counter((q.kind, q.difficulty) for q in paper(name, 2)) == PAPER


def origins(drawn: tuple[Question, ...]) -> set[str]:
    """Ids in the pool of what a paper asks; variants of one question have the same."""
    by_prompt = {
        form.question.prompt: form.origin for forms in LESSON.forms.values() for form in forms
    }
    return {by_prompt[one.prompt] for one in drawn}


def bounded(value: float) -> float:
    return max(0, value)


RIGHT: dict[str, Callable[..., float]] = {
    "T2-Q24": lambda v, u, c, **_: v - u - c,
    "T2-Q28": lambda t, i, k, c, **_: 100 * c / (t - i - k),
    "T2-Q38": lambda m1, s1, m2, s2, m3, s3, **_: min(m1, s1) + min(m2, s2) + min(m3, s3),
    "T2-Q39": lambda a, b, c, d, **_: sum(bounded(3 - own) for own in (a, b, c, d, 0)),
    "T2-Q42": lambda a, b, c, x, y, **_: 100 * (x + y) / (a - b + c),
}
"""What each question with numbers asks for, worked out anew."""

WRONG: dict[str, list[Callable[..., float]]] = {
    "T2-Q24": [lambda v, c, **_: v - c, lambda v, u, **_: v - u],
    "T2-Q28": [
        lambda t, i, c, **_: 100 * c / (t - i),
        lambda t, c, **_: 100 * c / t,
        lambda t, i, k, d, **_: 100 * d / (t - i - k),
        lambda d, c, **_: 100 * c / d,
    ],
    "T2-Q38": [
        lambda m1, m2, m3, **_: m1 + m2 + m3,
        lambda s1, s2, s3, **_: s1 + s2 + s3,
        lambda **_: 3,
    ],
    "T2-Q39": [
        lambda a, b, c, d, **_: bounded(15 - a - b - c - d),
        lambda a, b, c, d, **_: sum(bounded(3 - own) for own in (a, b, c, d)),
        lambda a, b, c, d, **_: sum(own < 3 for own in (a, b, c, d, 0)),
    ],
    "T2-Q42": [
        lambda a, b, c, x, y, **_: 50 * (x / (a - b) + y / c),
        lambda a, b, w, c, x, y, **_: 100 * (x + y) / (a - b - w + c),
        lambda a, c, x, y, **_: 100 * (x + y) / (a + c),
    ],
}
"""Known mistakes, in the order in which the pool tells of them."""


@numeric
def test_each_set_of_numbers_has_the_answer_that_the_formula_gives(item: dict[str, Any]) -> None:
    assert len(item["variants"]) >= 3
    for one in item["variants"]:
        right = next(iter(one["key"].values()))
        assert right == pytest.approx(RIGHT[item["id"]](**one["values"]))
        wrong = [formula(**one["values"]) for formula in WRONG[item["id"]]]
        assert [found["value"] for found in one["wrong"]] == pytest.approx(wrong, abs=0.05)
        margin = one["key"].get("tolerance", 0)
        assert all(abs(x - y) > 2 * margin for x, y in combinations([right, *wrong], 2))


@numeric
def test_the_numbers_of_a_set_can_be(item: dict[str, Any]) -> None:
    """No more were closed than there were, nobody reached more than was asked."""
    for one in item["variants"]:
        own = one["values"]
        if item["id"] == "T2-Q24":
            assert own["c"] < own["v"] - own["u"]
        if item["id"] == "T2-Q28":
            assert own["c"] < own["d"] < own["t"] - own["i"] - own["k"]
            assert 2 * own["k"] <= own["t"] - own["i"]
        if item["id"] == "T2-Q42":
            assert own["x"] <= own["a"] - own["b"] - own["w"]
            assert own["y"] <= own["c"]


def test_sums_shown_in_an_explanation_are_right() -> None:
    shown = [
        (left, right)
        for question in LESSON.possible_questions
        for left, right in re.findall(r"((?:\d+ [+−] )+\d+) = (\d+)", question.explanation)
    ]
    assert len({left for left, _ in shown}) >= 12
    for left, right in shown:
        terms = re.findall(r"(?:([+−]) )?(\d+)", left)
        assert sum(-int(n) if sign == "−" else int(n) for sign, n in terms) == int(right)


@numeric
def test_each_mistake_is_told_its_step_and_no_step_tells_a_number(item: dict[str, Any]) -> None:
    forms = [
        form.question
        for places in LESSON.forms.values()
        for form in places
        if form.origin == item["id"]
    ]
    assert len({one.prompt for one in forms}) == len(item["variants"])
    for question in forms:
        right = str(next(iter(question.key.values())))
        assert mark(question, right + question.unit).is_right
        for wrong in question.wrong:
            found = mark(question, f"{wrong['value']}")
            assert (found.score, [one["text"] for one in found.reasons]) == (0, [wrong["step"]])
            assert not re.search(r"\d", wrong["step"])


def test_no_text_of_a_question_holds_what_another_keeps_back() -> None:
    asked = {q.version: q for lesson in COURSE.lessons for q in lesson.possible_questions}
    ours = list(FORMS.values())
    for ones, others in ((ours, list(asked.values())), (list(asked.values()), ours)):
        shown = "\n".join(text for question in ones for text in texts(question.public()))
        for question in others:
            assert not [secret for secret in key_texts(question) if secret in shown]


def test_reasons_are_each_written_once() -> None:
    reasons = [option["reason"] for one in POOL for option in one.get("options", ())]
    assert len(reasons) == len(set(reasons))
    explanations = [one["explanation"] for one in POOL]
    assert len(explanations) == len(set(explanations))


def test_nothing_looks_like_an_id_card_or_a_telephone() -> None:
    cited = re.compile("（F27：文件编号 [0-9、 ]+）|nmg.news.cn [0-9-]+")
    for text in texts(POOL):
        assert not re.search(r"\d{5,}|\d{3,4}-\d{3,}", cited.sub("", text))


def test_the_test_is_one_paper_with_one_resit_and_30_odd_minutes() -> None:
    assert (LESSON.rules.mode, LESSON.rules.resits, LESSON.rules.shuffle) == ("test", 1, True)
    assert LESSON.rules.feedback == "handin"
    assert 28 <= LESSON.minutes <= 35
    shown = [len([b for b in one.blocks if b.kind == "question"]) for one in LESSON.sections]
    assert shown == [7, 4, 5, 4, 0]
    order = [lesson.id for lesson in COURSE.lessons]
    assert order[order.index("L7") + 1] == "T2"
