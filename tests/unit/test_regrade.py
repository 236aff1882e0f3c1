"""What old answers earn under a new key, beside what they had."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from zhixing.course import DataTask, Draw, Form, Lesson
from zhixing.marking import mark
from zhixing.question import Option, Question
from zhixing.regrade import Change, JudgedTry, NewMark, changed, heirs_of, recounted, worth
from zhixing.regrade import regraded as regraded_by
from zhixing.rules import LessonRules, credit

OPTIONS = (Option("a", "在册𠮷"), Option("b", "在住龑"), Option("c", "户在人不在"))
RULES = LessonRules()


def question(key: str, points: float = 6, **more: Any) -> Question:
    fields = {"prompt": "谁？", "options": OPTIONS, "key": {"option": key}, **more}
    return Question(id="L1-1", kind="single", points=points, **fields)


def tries(asked: Question, *values: str) -> list[JudgedTry]:
    return [
        JudgedTry(n, asked.version, asked.points, value, mark(asked, value).score)
        for n, value in enumerate(values, 1)
    ]


OLD, NEW = question("a"), question("b")


def regraded(now: Question, rules: LessonRules, given: list[JudgedTry]) -> Change:
    """As where a place has one question, which follows whatever stood there."""
    lesson = Lesson("L1", "?", "?", 5, (), (now,))
    earlier = {one.version: OLD.content() for one in given}
    return regraded_by(heirs_of(lesson, now, earlier), rules, given)


def test_who_was_wrong_by_the_wrong_key_gains_and_who_was_right_by_it_loses() -> None:
    assert regraded(NEW, RULES, tries(OLD, "b")).gain == 6
    assert regraded(NEW, RULES, tries(OLD, "a")).gain == -6
    unmoved = regraded(NEW, RULES, tries(OLD, "c"))
    assert (unmoved.gain, unmoved.is_any) == (0, False)


def test_the_old_mark_is_kept_beside_the_new_one() -> None:
    given = tries(OLD, "b")
    change = regraded(NEW, RULES, given)
    assert given[0].score == 0
    [new] = change.marks
    assert (new.answer_id, new.version, new.score) == (1, NEW.version, 1.0)


def test_an_answer_given_under_the_new_version_is_left_alone() -> None:
    given = [*tries(OLD, "a"), JudgedTry(2, NEW.version, 6, "b", 1.0)]
    change = regraded(NEW, RULES, given)
    assert [one.answer_id for one in change.marks] == [1]
    assert (change.before, change.after) == (6, 6)


def test_more_points_for_the_same_key_are_a_change_too() -> None:
    change = regraded(question("a", points=8), RULES, tries(OLD, "c", "a"))
    assert (change.before, change.after) == (6, 8)


def test_an_answer_that_makes_no_sense_any_more_keeps_its_mark() -> None:
    fewer = question("b", options=OPTIONS[1:])
    change = regraded(fewer, RULES, tries(OLD, "a"))
    assert (change.marks, change.untold, change.is_any) == ((), 1, False)


def test_a_certainty_mark_follows_the_score() -> None:
    given = [JudgedTry(1, OLD.version, 6, "b", 0.0, certainty=3)]
    [new] = regraded(NEW, RULES, given).marks
    assert new.certainty_mark == 3


def test_falling_credit_counts_the_try_that_is_right_now() -> None:
    rules = LessonRules(tries=3, falloff=0.5)
    change = regraded(NEW, rules, tries(OLD, "b", "a"))
    assert (change.before, change.after) == (3, 6)


def test_other_rules_keep_every_mark_and_count_it_otherwise() -> None:
    given = tries(OLD, "b", "a")
    change = recounted(given, RULES, LessonRules(falloff=0.5))
    assert (change.before, change.after, change.marks) == (6, 3, ())
    assert change.tries == tuple(given)
    back = recounted(given, LessonRules(falloff=0.5), RULES)
    assert (back.before, back.after) == (3, 6)


SEQUENCES = st.lists(st.sampled_from("abc"), min_size=1, max_size=5)


@given(SEQUENCES, st.sampled_from("abc"), st.sampled_from([0.0, 0.2, 0.5]))
def test_the_points_are_those_of_the_rules_and_undoing_gives_back_what_was(
    values: list[str], key: str, falloff: float
) -> None:
    rules = LessonRules(tries=5, falloff=falloff)
    given, asked = tries(OLD, *values), question(key, points=9)
    change = regraded(asked, rules, given)
    scores = [mark(asked, value).score for value in values]
    if asked.version != OLD.version:
        assert change.after == 9 * credit(scores, rules)
    assert change.before == worth(given, rules)
    back = {one.answer_id: (_as_it_was(one), one.points) for one in given}
    undone = changed(change.tries, back, rules)
    assert (undone.before, undone.after) == (change.after, change.before)
    assert [one.score for one in undone.tries] == [one.score for one in given]


def _as_it_was(one: JudgedTry) -> NewMark:
    return NewMark(one.answer_id, one.version, one.score, None, ())


def test_a_version_drawn_from_a_pool_is_followed_by_the_one_with_its_prompt() -> None:
    first, second = question("a", prompt="甲？"), question("b", prompt="乙？")
    later = question("c", prompt="乙？")
    forms = {"L1-1": (Form("P1", first), Form("P2", later))}
    lesson = Lesson("L1", "?", "?", 5, (), (first,), forms=forms)
    gone = question("a", prompt="丙？")
    earlier = {one.version: one.content() for one in (first, second, gone)}
    heirs = heirs_of(lesson, first, earlier)
    assert heirs[first.version] == first
    assert heirs[second.version] == later
    assert gone.version not in heirs
    change = regraded_by(heirs, RULES, [*tries(second, "c"), *tries(gone, "b")])
    assert (change.gain, change.untold) == (6, 1)


def test_a_drawn_question_is_followed_by_the_one_on_the_same_data() -> None:
    old = [question("a", data=name) for name in ("data1", "data2")]
    new = [question("b", data=name, points=8) for name in ("data1", "data2")]
    task = DataTask("D1", "?", "虚构", {})
    draws = {"D1": tuple(Draw(task, {"L1-1": one}) for one in new)}
    lesson = Lesson("L1", "?", "?", 5, (), (new[0],), draws=draws)
    heirs = heirs_of(lesson, new[0], {one.version: one.content() for one in old})
    assert [heirs[one.version] for one in old] == new
