"""What a try is worth: one function, for the records, the classroom, the local store, nbgrader."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.answersfile import (
    AnswersFileError,
    RecordedAnswer,
    answers_from_bytes,
    dump_answers,
    load_answers,
)
from grading.points import points_earned
from zhixing.classroom.counting import counting_words, way_to_count
from zhixing.question import Option, Question
from zhixing.records.draft import AnswerDraft
from zhixing.records.ledger import Entry, Ledger, LessonState
from zhixing.rules import LessonRules, credit

NOW = datetime(2026, 11, 23, tzinfo=UTC)
QUARTER = LessonRules(tries=4, falloff=0.25)
TEST = LessonRules(mode="test", feedback="handin")
OPTIONS = (Option("a", "甲", "不对，再读一遍。"), Option("b", "乙", "对。"))
SINGLE = Question("L1-1", "single", "哪一项？", 2, {"option": "b"}, options=OPTIONS)
SCORES = st.lists(st.none() | st.sampled_from([0.0, 0.5, 1.0]), max_size=6)
RULES = st.builds(
    LessonRules,
    tries=st.just(200),
    falloff=st.sampled_from([0.0, 0.1, 0.25, 0.5, 1.0]),
    mode=st.sampled_from(["practice", "test"]),
)


@pytest.mark.parametrize(
    ("rules", "scores", "worth"),
    [
        (LessonRules(), [], 0.0),
        (LessonRules(), [0.5, 1.0, 0.0], 1.0),
        (QUARTER, [0.0, 1.0], 0.75),
        (QUARTER, [0.8, 1.0], 0.8),
        (QUARTER, [0.0, 0.0, 0.0, 0.0, 0.0, 1.0], 0.0),
        (LessonRules(falloff=0.1), [0.0, 0.0, 0.0, 1.0], 0.7),
        (TEST, [1.0, 0.0], 0.0),
        (TEST, [0.0, 1.0], 1.0),
        (TEST, [None], 0.0),
        (LessonRules(), [None, 1.0], 1.0),
    ],
)
def test_credit_follows_the_lessons_rules(
    rules: LessonRules, scores: list[float | None], worth: float
) -> None:
    assert credit(scores, rules) == worth


@given(SCORES, RULES)
def test_credit_is_a_share_and_no_practice_try_takes_any_away(
    scores: list[float | None], rules: LessonRules
) -> None:
    assert 0 <= credit(scores, rules) <= 1
    if not rules.is_test and scores:
        assert credit(scores, rules) >= credit(scores[:-1], rules)


@given(SCORES, RULES)
def test_the_ledger_gains_exactly_the_credit(
    scores: list[float | None], rules: LessonRules
) -> None:
    ledger = Ledger({}, {})
    for number, score in enumerate(scores):
        entry = ledger.enter(draft(score, rules, f"key-{number}"))
        assert isinstance(entry, Entry)
        assert entry.credit == credit(scores[: number + 1], rules)
    earned = ledger.lessons[1, "L1"].earned if scores else 0.0
    assert earned == pytest.approx(2.0 * credit(scores, rules))


@given(st.lists(st.sampled_from("ab"), max_size=4), RULES)
def test_nbgrader_gives_what_the_records_hold(values: list[str], rules: LessonRules) -> None:
    scores = [1.0 if value == "b" else 0.0 for value in values]
    answer = RecordedAnswer(SINGLE.version, tuple(values), None)
    assert points_earned(SINGLE, answer, rules) == 2 * credit(scores, rules)


def test_a_try_of_an_older_version_keeps_its_place(tmp_path: Any) -> None:
    answer = RecordedAnswer(SINGLE.version, ("b",), 0.75, earlier=(0.0,))
    (tmp_path / "answers.json").write_bytes(dump_answers({"L1-1": answer}))
    read = load_answers(tmp_path)["L1-1"]
    assert read == answer
    assert points_earned(SINGLE, read, QUARTER) == 1.5


@given(SCORES, RULES, RULES)
def test_the_ledger_counts_by_the_rules_that_the_lesson_was_begun_with(
    scores: list[float | None], begun: LessonRules, now: LessonRules
) -> None:
    earlier = LessonState(NOW, NOW, mode=begun.mode, falloff=begun.falloff)
    ledger = Ledger({}, {(1, "L1"): earlier})
    for number, score in enumerate(scores):
        entry = ledger.enter(draft(score, now, f"key-{number}"))
        assert isinstance(entry, Entry)
        assert entry.credit == credit(scores[: number + 1], begun)
        assert entry.rules.counting == begun.counting
    assert ledger.lessons[1, "L1"].earned == pytest.approx(2.0 * credit(scores, begun))


def test_a_lesson_begun_now_counts_by_the_rules_of_its_first_answer() -> None:
    ledger = Ledger({}, {(1, "L1"): LessonState(NOW, NOW)})
    ledger.enter(draft(0.0, QUARTER, "key-1"))
    assert ledger.lessons[1, "L1"].counting == QUARTER.counting


@given(st.lists(st.sampled_from("ab"), max_size=4), RULES, RULES)
def test_nbgrader_counts_by_the_rules_that_the_records_count_by(
    values: list[str], begun: LessonRules, now: LessonRules
) -> None:
    scores = [1.0 if value == "b" else 0.0 for value in values]
    answer = RecordedAnswer(SINGLE.version, tuple(values), None, counting=begun.counting)
    [read] = answers_from_bytes(dump_answers({"L1-1": answer})).values()
    assert read == answer
    assert points_earned(SINGLE, read, now) == 2 * credit(scores, begun)


@pytest.mark.parametrize(
    "counting",
    [
        {"mode": "exam", "falloff": 0},
        {"mode": "test", "falloff": 1.5},
        {"mode": "test", "falloff": float("nan")},
        {"mode": "test"},
        "test",
    ],
)
def test_a_way_to_count_that_is_none_is_named(counting: Any) -> None:
    fields = {"version": "v", "values": [], "score": None, "counting": counting}
    with pytest.raises(AnswersFileError, match="请重新收卷"):
        answers_from_bytes(json.dumps({"L1-1": fields}).encode())


def test_who_began_a_test_is_told_nothing_early_whatever_the_lesson_is_now() -> None:
    own = LessonRules(feedback="instant").counted_by(TEST.counting)
    assert (own.is_test, own.feedback) == (True, "handin")
    assert not own.is_told(is_handed_in=False, is_closed=False)


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        (LessonRules(), "以最好的一次计分"),
        (QUARTER, "以最好的一次计分，每多答一次少得 25%"),
        (TEST, "以交卷前最后一次计分"),
    ],
)
def test_a_trainer_reads_how_a_lesson_adds_up(rules: LessonRules, words: str) -> None:
    assert way_to_count(rules.counting) == words


FIRST = "这道题可以答 3 次，以最好的一次计分"


@pytest.mark.parametrize(
    ("kind", "rules", "attempts", "words"),
    [
        ("single", LessonRules(), 0, f"{FIRST}。"),
        ("single", LessonRules(), 1, "还可以再答 2 次。"),
        ("single", LessonRules(tries=1), 0, "这道题答一次，想好再提交。"),
        ("single", LessonRules(tries=1), 1, ""),
        (
            "single",
            LessonRules(tries=3, falloff=0.25),
            0,
            f"{FIRST}：第 1 次答对得 100%，第 2 次答对得 75%，第 3 次答对得 50%。",
        ),
        (
            "single",
            LessonRules(tries=3, falloff=0.25),
            2,
            "还可以再答 1 次，第 3 次答对得 50%。",
        ),
        ("single", TEST, 7, "交卷前可以反复修改，以最后一次为准。"),
        ("written", LessonRules(falloff=0.5), 2, "交卷前可以反复修改，以最后一次为准。"),
        ("case", LessonRules(), 2, "可以反复走，以最好的一次计分。"),
        ("case", TEST, 2, "可以反复走，以最后的一次计分。"),
    ],
)
def test_a_learner_reads_how_the_next_answer_counts(
    kind: str, rules: LessonRules, attempts: int, words: str
) -> None:
    assert counting_words(replace(SINGLE, kind=kind), rules, attempts) == words


def draft(score: float | None, rules: LessonRules, key: str) -> AnswerDraft:
    return AnswerDraft(
        enrolment_id=1,
        username="龑",
        lesson_id="L1",
        question_id="L1-1",
        version=SINGLE.version,
        value="a",
        score=score,
        reasons=(),
        points=2.0,
        question_total=1,
        key=key,
        received_at=NOW,
        rules=rules,
    )
