"""Papers: the same for the same seed, fair for all, and nothing twice."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from zhixing.course import Form, Lesson
from zhixing.paper import own_lesson, paper_of, seed_of, unfilled_places
from zhixing.question import Option, Question
from zhixing.rules import LessonRules

OPTIONS = tuple(Option(name, f"选项{name}𠮷", "理由") for name in "abcd")


def question(name: str, key: str = "a", **more: object) -> Question:
    return Question(name, "single", f"题{name}？", 4, {"option": key}, OPTIONS, **more)  # type: ignore[arg-type]


def paper_lesson(places: int, pool: int, *, shuffle: bool = True) -> Lesson:
    ids = [f"T1-{n}" for n in range(places)]
    forms = {
        place: tuple(Form(f"P{n}", replace(question(f"P{n}"), id=place)) for n in range(pool))
        for place in ids
    }
    first = tuple(forms[place][0].question for place in ids)
    rules = LessonRules(mode="test", feedback="handin", shuffle=shuffle)
    return Lesson("T1", "自测", "会用", 20, (), first, rules=rules, forms=forms)


NAMES = st.text(min_size=1, max_size=12)
SIZES = st.integers(1, 6).flatmap(lambda n: st.tuples(st.just(n), st.integers(n, 9)))


@given(SIZES, NAMES, st.integers(1, 4))
def test_a_paper_is_the_same_for_ever_and_holds_no_question_twice(
    sizes: tuple[int, int], username: str, sitting: int
) -> None:
    lesson = paper_lesson(*sizes)
    paper = own_lesson(lesson, "课", username, sitting).questions
    assert paper == own_lesson(lesson, "课", username, sitting).questions
    assert [one.id for one in paper] == [one.id for one in lesson.questions]
    assert len({one.prompt for one in paper}) == len(paper)
    assert sum(one.points for one in paper) == 4 * sizes[0]


@given(SIZES, NAMES)
def test_shuffling_moves_options_and_changes_neither_key_nor_version(
    sizes: tuple[int, int], username: str
) -> None:
    plain, mixed = paper_lesson(*sizes, shuffle=False), paper_lesson(*sizes)
    seed = seed_of("课", "T1", username, 1)
    for one, two in zip(paper_of(plain, seed), paper_of(mixed, seed), strict=True):
        assert (one.version, one.key) == (two.version, two.key)
        assert {o["id"] for o in one.public()["options"]} == {
            o["id"] for o in two.public()["options"]
        }


def test_learners_get_different_papers_and_every_question_is_drawn() -> None:
    lesson = paper_lesson(3, 9)
    papers = [own_lesson(lesson, "课", f"学员{n}", 1).questions for n in range(60)]
    drawn = {one.prompt for paper in papers for one in paper}
    assert len(drawn) == 9
    assert len({tuple(one.prompt for one in paper) for paper in papers}) > 30
    orders = {tuple(o["id"] for o in paper[0].public()["options"]) for paper in papers}
    assert len(orders) > 5


def test_a_resit_asks_other_questions_while_the_pool_has_some() -> None:
    lesson = paper_lesson(3, 6)
    first, second = (own_lesson(lesson, "课", "李𠮷", n).questions for n in (1, 2))
    assert not {one.prompt for one in first} & {one.prompt for one in second}
    third = own_lesson(lesson, "课", "李𠮷", 3).questions
    assert len({one.prompt for one in third}) == 3


def test_places_that_cannot_all_be_filled_are_named() -> None:
    assert unfilled_places(paper_lesson(3, 3).forms) == []
    assert len(unfilled_places(paper_lesson(4, 3).forms)) == 1


def test_what_a_learner_sees_holds_no_other_form_and_no_key() -> None:
    lesson = own_lesson(paper_lesson(2, 5), "课", "王五", 1)
    for one in lesson.questions:
        assert "key" not in lesson.public(one)
        assert "理由" not in str(lesson.public(one))
