"""What a learner is told of an answer, and when: the rule of feedback, case by case."""

from datetime import UTC, datetime
from typing import Any

import pytest

from zhixing.classroom.desk import Standing, Try, answer_state
from zhixing.question import Option, Question
from zhixing.rules import REWRITES, LessonRules

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
REASONS = ({"id": "a", "text": "不对,再读第 2 段。"},)
SINGLE = Question(
    "L1-1",
    "single",
    "哪一项?",
    2,
    {"option": "b"},
    options=(Option("a", "甲", "甲的理由"), Option("b", "乙", "乙的理由")),
    explanation="解析",
)
WRITTEN = Question("L1-W1", "written", "写一条建议", 8, {"rubric": []})
INSTANT, AT_HANDIN = LessonRules(tries=3), LessonRules(tries=3, feedback="handin")


def tries(*scores: float | None) -> list[Try]:
    return [Try("0" * 16, "a", NOW, score, REASONS) for score in scores]


def state(
    question: Question = SINGLE,
    rules: LessonRules = INSTANT,
    scores: tuple[float | None, ...] = (),
    *,
    is_handed_in: bool = False,
    is_open: bool = True,
) -> dict[str, Any]:
    return answer_state(
        question,
        rules,
        Standing.of(tries(*scores), rules),
        is_handed_in=is_handed_in,
        is_takable=is_open and not is_handed_in,
    )


def test_before_an_answer_nothing_is_told() -> None:
    told = state()
    assert told["status"] == "open"
    assert (told["last"], told["score"], told["reasons"], told["reveal"]) == (None, None, [], None)


def test_a_wrong_answer_gets_its_own_reason_and_not_the_key() -> None:
    told = state(scores=(0.0,))
    assert (told["status"], told["score"], told["attempts"]) == ("open", 0.0, 1)
    assert told["reasons"] == [dict(REASONS[0])]
    assert told["reveal"] is None


@pytest.mark.parametrize("scores", [(1.0,), (0.0, 1.0), (0.0, 0.0, 0.0)])
def test_a_right_answer_or_the_last_try_reveals_all(scores: tuple[float, ...]) -> None:
    told = state(scores=scores)
    assert told["status"] == "done"
    assert told["reveal"]["option"] == "b"
    assert told["reveal"]["explanation"] == "解析"


def test_hand_in_reveals_what_was_never_answered() -> None:
    told = state(is_handed_in=True)
    assert told["status"] == "closed"
    assert told["reveal"] is not None


@pytest.mark.parametrize("scores", [(0.0,), (1.0,), (0.0, 1.0)])
def test_feedback_at_hand_in_tells_nothing_before_it(scores: tuple[float, ...]) -> None:
    told = state(rules=AT_HANDIN, scores=scores)
    assert (told["score"], told["reasons"], told["reveal"]) == (None, [], None)
    assert told["status"] == "open", "that nothing is left to gain would be a mark too"
    assert told["last"]["value"] == "a"


def test_feedback_at_hand_in_says_when_no_try_is_left() -> None:
    told = state(rules=AT_HANDIN, scores=(1.0, 0.0, 0.0))
    assert (told["status"], told["score"], told["reveal"]) == ("done", None, None)


def test_feedback_at_hand_in_comes_with_the_hand_in() -> None:
    told = state(rules=AT_HANDIN, scores=(0.0,), is_handed_in=True)
    assert told["score"] == 0.0
    assert told["reasons"]
    assert told["reveal"]


def test_a_regrade_without_a_mark_yet_is_no_right_answer() -> None:
    assert state(scores=(None,))["status"] == "open"


def test_a_written_answer_stays_open_until_hand_in_and_then_waits() -> None:
    assert state(WRITTEN, scores=(None,) * 5)["status"] == "open"
    assert state(WRITTEN, scores=(None,), is_handed_in=True)["status"] == "waiting"
    assert state(WRITTEN, is_handed_in=True)["status"] == "closed"
    assert state(WRITTEN, scores=(None,) * REWRITES)["status"] == "done"


def test_a_closed_lesson_takes_nothing_and_tells_what_it_told_before() -> None:
    told = state(scores=(0.0,), is_open=False)
    assert (told["status"], told["score"], told["reveal"]) == ("closed", 0.0, None)
