"""T1's pool is mixed as promised, draws fair papers, and its sums can be worked out again."""

import json
import re
from collections import Counter
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest

from zhixing.course import Lesson
from zhixing.coursefiles import load_course
from zhixing.coursefiles.questionfile import QuestionFile, read_questions
from zhixing.marking import mark
from zhixing.paper import own_lesson
from zhixing.question import AXES, Question

TEST = "T1"
COURSE = Path(__file__).parents[2] / "courses" / "shujiketang"
LESSONS = {"L1": 10, "L2": 11, "L3": 10, "L4": 11}
NAMES = {"L1": "总论", "L2": "政治建设", "L3": "四级行动组织体系", "L4": "三张清单与积分星级"}
KIND_NAMES = ("single", "multiple", "truth", "blank", "match", "order", "panel", "data")
KINDS = dict(zip(KIND_NAMES, (14, 8, 6, 4, 3, 3, 2, 2), strict=True))
PAPER = dict(zip(KIND_NAMES, (7, 4, 3, 2, 1, 1, 1, 1), strict=True))
DIFFICULTIES = {1: 15, 2: 17, 3: 10}
PAPER_DIFFICULTIES = {1: 7, 2: 8, 3: 5}
USERS = [f"学员{n}" for n in range(50)]
SITUATION = "情境"
REVIEW = re.compile(r"重看：(.+?)，“(.+)”。$")


@cache
def pool_file() -> QuestionFile:
    file = read_questions(COURSE / "questions" / f"{TEST}.toml", f"questions/{TEST}.toml", {})
    assert not file.findings
    return file


def pool() -> tuple[Question, ...]:
    return pool_file().questions


def forms(question: Question) -> list[Question]:
    """Return the question in all its variants."""
    found = pool_file().forms.get(question.id)
    return [form.question for form in found] if found else [question]


@cache
def lesson() -> Lesson:
    return load_course(COURSE).lesson(TEST)


@cache
def paper(username: str, sitting: int = 1) -> tuple[tuple[str, Question], ...]:
    """Return what one learner gets, each with the id that it has in the pool."""
    drawn = own_lesson(lesson(), "shujiketang", username, sitting).questions
    return tuple((origin(one), one) for one in drawn)


def origin(drawn: Question) -> str:
    found = {
        form.origin for form in lesson().forms[drawn.id] if form.question.prompt == drawn.prompt
    }
    (name,) = found
    return name


def main_axis(question: Question) -> str:
    (most,) = [axis for axis, w in question.weights.items() if w == max(question.weights.values())]
    return most


def reviewed(question: Question) -> tuple[str, str]:
    """Return the lesson and the section that its explanation sends back to."""
    match = REVIEW.search(question.explanation)
    assert match, question.id
    return match[1], match[2]


def headings(lesson_id: str) -> set[str]:
    notebook = json.loads((COURSE / "source" / lesson_id / f"{lesson_id}.ipynb").read_text())
    texts = ["".join(cell["source"]) for cell in notebook["cells"]]
    found = {text.split("\n")[0].removeprefix("## ") for text in texts if text.startswith("## ")}
    return {heading.replace("“", "‘").replace("”", "’") for heading in found}


def public_texts(question: Question) -> str:
    return json.dumps(question.public(), ensure_ascii=False)


def secrets(question: Question) -> list[str]:
    told = [question.explanation, *(option.reason for option in question.options)]
    return [*told, *(str(wrong["step"]) for wrong in question.wrong)]


def right_ids(question: Question) -> set[str]:
    return set(question.key.get("options", ())) or {question.key["option"]}


def is_longest(question: Question) -> bool:
    """Whether every right option is longer than every wrong one."""
    lengths: dict[bool, list[int]] = {True: [], False: []}
    for option in question.options:
        lengths[option.id in right_ids(question)].append(len(option.text))
    return min(lengths[True]) > max(lengths[False])


def numbers(text: str) -> list[int]:
    return [int(digits) for digits in re.findall(r"(?<!DY)\d+", text)]


def test_the_pool_holds_42_questions_of_five_points_in_the_order_of_their_ids() -> None:
    assert [one.id for one in pool()] == [f"{TEST}-Q{n:02}" for n in range(1, 43)]
    assert {one.points for one in pool()} == {5}


def test_the_pool_has_as_many_of_each_kind_and_difficulty_as_promised() -> None:
    assert Counter(one.kind for one in pool()) == KINDS
    assert Counter(one.difficulty for one in pool()) == DIFFICULTIES


def test_every_axis_is_the_main_one_of_at_least_five_questions() -> None:
    counts = Counter(main_axis(one) for one in pool())
    assert set(counts) == set(AXES)
    assert min(counts.values()) >= 5


def test_every_explanation_sends_back_to_a_section_that_is_there_evenly_over_the_lessons() -> None:
    by_name = {name: lesson_id for lesson_id, name in NAMES.items()}
    counts: Counter[str] = Counter()
    for one in pool():
        name, section = reviewed(one)
        assert section in headings(by_name[name]), one.id
        counts[by_name[name]] += 1
    assert counts == LESSONS


def test_more_than_half_are_situations_and_say_that_they_are_made_up() -> None:
    situations = [one for one in pool() if one.assumption.startswith(SITUATION)]
    assert all("虚构" in one.assumption for one in situations)
    assert 2 * len(situations) > len(pool())
    hard = [one for one in pool() if one.difficulty == 3]
    assert all(one in situations for one in hard)


def test_every_number_that_is_ours_is_said_to_be_made_up() -> None:
    for one in pool():
        if one.kind in ("blank", "data"):
            assert "数字为虚构" in one.assumption, one.id


def test_prompts_fit_a_phone() -> None:
    for one in pool():
        is_plain = not one.assumption.startswith(SITUATION) and one.kind not in ("blank", "data")
        for form in forms(one):
            assert len(form.prompt) <= (60 if is_plain else 120), form.id


def test_every_option_has_a_reason_and_choices_have_three_to_five_options() -> None:
    for one in pool():
        assert all(option.reason for option in one.options)
        if one.kind in ("single", "panel"):
            assert len(one.options) == 4
        if one.kind == "multiple":
            assert 4 <= len(one.options) <= 5
            assert 0 < len(right_ids(one)) < len(one.options)
        if one.kind == "match":
            assert 4 <= len(one.options) <= 5
        if one.kind == "order":
            assert 5 <= len(one.options) <= 6


@pytest.mark.parametrize("kind", ["single", "multiple"])
def test_the_right_options_are_the_longest_in_no_more_than_half(kind: str) -> None:
    chosen = [one for one in pool() if one.kind == kind]
    assert 2 * sum(map(is_longest, chosen)) <= len(chosen)


def test_right_answers_stand_in_every_place() -> None:
    places = Counter(one.key["option"] for one in pool() if one.kind == "single")
    assert set(places) == set("abcd")
    assert max(places.values()) <= 5
    truths = Counter(one.key["option"] for one in pool() if one.kind == "truth")
    assert truths == {"true": 3, "false": 3}


def test_no_order_is_shown_as_it_should_be_and_no_pairs_stand_in_line() -> None:
    for place in ("T1-18", "T1-19"):
        for form in lesson().forms[place]:
            public, key = form.question.public(), form.question.key
            shown = [option["id"] for option in public["options"]]
            if form.question.kind == "order":
                assert shown not in (key["order"], key["order"][::-1]), form.origin
            else:
                targets = [target["id"] for target in public["targets"]]
                assert [key["pairs"][name] for name in shown] != targets, form.origin


def test_panels_are_twenty_people_who_are_said_to_be_made_up() -> None:
    for one in pool():
        if one.kind == "panel":
            assert sum(one.key["panel"].values()) == 20
            assert "20 位“有经验的干部”是虚构" in one.assumption


def test_no_question_tells_what_another_keeps() -> None:
    told = {one.id: "".join(public_texts(form) for form in forms(one)) for one in pool()}
    for one in pool():
        for form in forms(one):
            for secret in secrets(form):
                leaks = [name for name, text in told.items() if secret in text]
                assert not leaks, (one.id, secret)


def test_no_prompt_and_no_set_of_options_is_that_of_a_lesson() -> None:
    asked = [
        one
        for name in LESSONS
        for one in load_course(COURSE).lesson(name).questions
        if one.kind not in ("case", "written")
    ]
    taken = {one.prompt for one in asked}
    options = {frozenset(option.text for option in one.options) for one in asked}
    for one in pool():
        assert one.prompt not in taken
        if one.kind != "truth" and one.options:
            assert frozenset(option.text for option in one.options) not in options, one.id


def test_nothing_looks_like_an_identity_card_or_a_telephone_number() -> None:
    for one in pool():
        content = {**one.content(), "source": ""}  # sources have numbers of pages and files
        text = json.dumps(content, ensure_ascii=False)
        assert not re.search(r"\d[\d -]{5,}\d", text), one.id


@pytest.mark.parametrize("sitting", [1, 2])
def test_every_paper_has_the_same_structure_and_no_question_twice(sitting: int) -> None:
    for user in USERS:
        drawn = paper(user, sitting)
        assert [one.id for _, one in drawn] == [f"{TEST}-{n}" for n in range(1, 21)]
        assert Counter(one.kind for _, one in drawn) == PAPER
        assert Counter(one.difficulty for _, one in drawn) == PAPER_DIFFICULTIES
        assert len({name for name, _ in drawn}) == len(drawn)
        assert sum(one.points for _, one in drawn) == 100


def test_a_resit_asks_nothing_that_the_first_paper_asked() -> None:
    for user in USERS:
        first, second = ({name for name, _ in paper(user, n)} for n in (1, 2))
        assert not first & second


def test_every_question_and_every_variant_is_drawn_by_somebody() -> None:
    drawn = {one.prompt for n in range(150) for _, one in paper(f"另一位{n}")}
    assert drawn == {form.prompt for one in pool() for form in forms(one)}


def mean_per_building(volunteers: int, _compounds: int, buildings: int) -> float:
    return round(volunteers / buildings, 2)


def covered_share(total: int, branches: int, double: int, _two: int, single: int, _1: int) -> float:
    assert branches == 2 * double + single
    return round(100 * (double + single) / total, 1)


def mobilisable(roster: int, moved: int, away: int, none: int, own: int, _blank: int) -> int:
    return roster - moved - away - none + own


def rated(members: int, exempt: int, _pending: int, barred: int) -> int:
    return members - exempt - barred


def points_of_the_year(life: int, _30: int, work: int, _40: int, visit: int, *more: int) -> int:
    _20, minus = more
    assert (_30, _40, _20) == (30, 40, 20)
    return min(life, 30) + min(work, 40) + min(visit, 20) - minus


FORMULAS = {
    "T1-Q09": mean_per_building,
    "T1-Q27": covered_share,
    "T1-Q31": mobilisable,
    "T1-Q39": rated,
    "T1-Q40": points_of_the_year,
}
UNITS_OF_PROMPT = {"T1-Q09": "两位小数", "T1-Q27": "一位小数"}


def number_forms() -> list[Question]:
    return [form for one in pool() if one.id in FORMULAS for form in forms(one)]


def test_every_question_with_numbers_has_three_variants_or_more_and_a_formula() -> None:
    varied = [one for one in pool() if len(forms(one)) > 1]
    assert {one.id for one in varied} == set(FORMULAS)
    assert all(len(forms(one)) >= 3 for one in varied)
    for one in varied:
        answers = [form.key.get("number", form.key.get("integer")) for form in forms(one)]
        assert len(set(answers)) == len(answers), one.id


@pytest.mark.parametrize("form", number_forms(), ids=lambda one: f"{one.id}-{one.version[:4]}")
def test_every_variant_has_the_answer_that_its_prompt_gives(form: Question) -> None:
    answer = FORMULAS[form.id](*numbers(form.prompt))
    assert form.key.get("number", form.key.get("integer")) == answer
    assert mark(form, str(answer)).score == 1
    assert UNITS_OF_PROMPT.get(form.id, "") in form.prompt


@pytest.mark.parametrize("form", number_forms(), ids=lambda one: f"{one.id}-{one.version[:4]}")
def test_every_known_mistake_is_told_apart_and_its_step_names_no_number(form: Question) -> None:
    for wrong in form.wrong:
        found = mark(form, str(wrong["value"]))
        assert found.score == 0
        assert [reason["text"] for reason in found.reasons] == [wrong["step"]]
        assert not re.search(r"\d", wrong["step"])
    assert len({wrong["value"] for wrong in form.wrong}) == len(form.wrong)


MISTAKES = {
    "T1-Q09": lambda n: [n[0] / n[1], n[2] / n[0]],
    "T1-Q27": lambda n: [100 * n[1] / n[0], 100 * n[4] / n[0], (n[2] + n[4]) / n[0]],
    "T1-Q31": lambda n: [
        mobilisable(*n) + n[5],
        mobilisable(*n) + n[1],
        mobilisable(*n) + n[2],
        n[0] - sum(n[1:4]),
    ],
    "T1-Q39": lambda n: [rated(*n) - n[2], rated(*n) + n[3], n[0] - n[1] - n[2]],
    "T1-Q40": lambda n: [
        n[0] + n[2] + n[4] - n[6],
        points_of_the_year(*n) + n[6],
        n[0] + n[2] + n[4],
    ],
}


@pytest.mark.parametrize("form", number_forms(), ids=lambda one: f"{one.id}-{one.version[:4]}")
def test_known_mistakes_are_what_the_wrong_methods_give(form: Question) -> None:
    made = sorted(MISTAKES[form.id](numbers(form.prompt)))
    known = sorted(wrong["value"] for wrong in form.wrong)
    assert known == pytest.approx(made, abs=0.051 if form.id == "T1-Q27" else 0.0051)


def test_the_four_star_members_are_those_that_the_rules_name() -> None:
    (one,) = [one for one in pool() if one.id == "T1-Q42"]
    scores = dict(re.findall(r"(DY\d+)，(\d+)分", one.prompt))
    exempt = set(re.findall(r"(DY\d+)，\d+分，免评已批准", one.prompt))
    five, four = map(int, re.findall(r"星(\d+)分", one.prompt))
    stars = {name for name, points in scores.items() if four <= int(points) < five} - exempt
    assert len(scores) == 6
    assert set(one.key["set"]) == stars
    assert {four, five, four - 1, five - 1} <= {int(points) for points in scores.values()}
    for wrong in one.wrong:
        found = mark(one, "，".join(wrong["value"]))
        assert found.score is not None
        assert found.score < 1
        assert [reason["text"] for reason in found.reasons] == [wrong["step"]]
        assert not re.search(r"\d", wrong["step"])
    for left, right in combinations([wrong["value"] for wrong in one.wrong], 2):
        assert set(left) != set(right)
