"""Where the rules tell nothing yet, no address of the classroom tells a mark, reason or key."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.classroom_school import API, COURSE, LESSON, NOW, PREFIX, School, school
from tests.integration.classroom.conftest import courses
from tests.right_and_wrong import steps, wrong_value
from tests.secrets_of import secrets
from zhixing.course import Course
from zhixing.rules import LessonRules

CLOSES = NOW + timedelta(days=3)
RULES = {
    "after hand-in": LessonRules(feedback="handin"),
    "after closing": LessonRules(feedback="closing", closes=CLOSES),
    "test": LessonRules(mode="test", feedback="handin", closes=CLOSES, shuffle=True),
}
MARKED = ("score", "credit", "reveal")


def with_rules(rules: LessonRules) -> tuple[Course, ...]:
    course = courses()[0]
    first, *others = course.lessons
    return (replace(course, lessons=(replace(first, rules=rules), *others)),)


def everything(opened: School, who: str = "cadre_a") -> str:
    """All that a learner can ask of the lesson, as one text."""
    lesson = opened.course.lessons[0]
    addresses = [
        *(f"{API}/{name}" for name in ("courses", "record", "own/review")),
        *(f"{PREFIX}{name}" for name in ("", "courses", "record", "review")),
        LESSON,
        *(f"{API}/courses/{COURSE}/questions/{q.id}" for q in lesson.questions),
        *(
            f"{PREFIX}courses/{COURSE}/lessons/L1?section={number}"
            for number in range(1, len(lesson.sections) + 1)
        ),
    ]
    with opened.client(who) as client:
        answers = [client.get(address) for address in addresses]
    assert {answer.status_code for answer in answers} == {200}
    return "\n".join(answer.text for answer in answers)


def answer_all_wrong(opened: School, who: str = "cadre_a") -> list[dict[str, Any]]:
    states = []
    with opened.client(who) as client:
        for question in opened.course.lessons[0].questions:
            for number, value in enumerate(steps(question, wrong_value(question))):
                body = {"version": question.version, "value": value}
                given = client.post(
                    f"{API}/courses/{COURSE}/questions/{question.id}/answers",
                    json=body | {"key": f"{question.id}-step-{number}"},
                )
                assert given.status_code == 201, given.text
                states.append(given.json()["state"])
    return states


def hand_in(opened: School) -> None:
    with opened.client("cadre_a") as client:
        made = client.post(f"{LESSON}/submissions", json={"key": "hand-in-0001"})
    assert made.status_code == 201, made.text


def leaked(opened: School, text: str) -> list[str]:
    """Questions of which something stands in the text; a case tells what came of its own walk."""
    walked = {"case"}
    return [
        question.id
        for question in opened.course.lessons[0].questions
        if question.kind not in walked and any(secret in text for secret in secrets(question))
    ]


@pytest.mark.parametrize("name", sorted(RULES))
def test_nothing_is_told_before_its_time_and_all_of_it_then(name: str, tmp_path: Path) -> None:
    rules = RULES[name]
    url = f"sqlite:///{tmp_path}/r.db"
    with school(url, tmp_path, with_rules(rules), lambda *_: b"PK") as opened:
        for state in answer_all_wrong(opened):
            assert [state[part] for part in MARKED] == [None, None, None]
        assert leaked(opened, everything(opened)) == []
        hand_in(opened)
        if rules.feedback == "closing":
            text = everything(opened)
            assert leaked(opened, text) == []
            assert "还没有公布" in text
            opened.clock.now = CLOSES
        assert "L1-1" in leaked(opened, everything(opened))


def test_a_test_is_not_read_before_it_begins(tmp_path: Path) -> None:
    rules = replace(RULES["test"], opens=NOW + timedelta(hours=1))
    url = f"sqlite:///{tmp_path}/r.db"
    places = [
        LESSON,
        f"{API}/courses/{COURSE}/questions/L1-1",
        f"{API}/courses/{COURSE}/questions/L1-1/sheet.docx",
        f"{API}/tasks/{COURSE}/D0/figures.json",
        f"{PREFIX}courses/{COURSE}/lessons/L1?section=1",
    ]
    with school(url, tmp_path, with_rules(rules), lambda *_: b"PK") as opened:
        with opened.client("cadre_a") as client:
            early = [client.get(place) for place in places]
            assert {answer.status_code for answer in early} == {409}
            assert all("还没有开始" in answer.text for answer in early)
            opened.clock.now = NOW + timedelta(hours=1)
            assert {client.get(place).status_code for place in places} == {200}
        opened.clock.now = NOW
        with opened.client("trainer_x") as client:
            assert {client.get(place).status_code for place in places} == {200}
