"""温故: own errors come back three at a time, change nothing, and are seen by nobody else."""

import dataclasses
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from tests.classroom_school import API, CAST, COURSE, LESSON, PREFIX, School, school
from tests.integration.classroom.conftest import Answer
from tests.records_rows import count
from tests.widgets_steps import right_value, wrong_value
from zhixing.course import Course
from zhixing.question import Question
from zhixing.records import tables
from zhixing.rules import LessonRules

REVIEW = f"{API}/own/review"
DAY = timedelta(days=1)
IDS = ("L1-1", "L1-2", "L1-3", "L1-5", "L1-7")


def spend_all_tries(answer: Answer, *ids: str, **changed: Any) -> None:
    for question_id in ids:
        for _ in range(3):
            assert answer(question_id, is_right=False, **changed).status_code == 201


def due(classroom: School, who: str = "cadre_a") -> list[str]:
    with classroom.client(who) as client:
        return [one["question"]["id"] for one in client.get(REVIEW).json()["questions"]]


def question(classroom: School, question_id: str) -> Question:
    found = classroom.course.lessons[0].question(question_id)
    assert found
    return found


def review(
    classroom: School, question_id: str, *, is_right: bool, key: str, **changed: Any
) -> httpx.Response:
    asked = question(classroom, question_id)
    value = (right_value if is_right else wrong_value)(asked)
    body = {"course": COURSE, "question": question_id, "version": asked.version}
    with classroom.client(changed.pop("who", "cadre_a")) as client:
        return client.post(REVIEW, json={**body, "value": value, "key": key, **changed})


def test_three_errors_come_back_on_another_day(classroom: School, answer: Answer) -> None:
    spend_all_tries(answer, *IDS)
    assert due(classroom) == []
    classroom.clock.now += 2 * DAY
    with classroom.client("cadre_a") as client:
        found = client.get(REVIEW).json()
    assert [one["question"]["id"] for one in found["questions"]] == list(IDS[:3])
    assert found["has_more"] is True
    states = [one["state"] for one in found["questions"]]
    assert {(s["status"], s["attempts"], s["tries"]) for s in states} == {("open", 0, 1)}
    assert all(s["reveal"] is None and s["last"] is None and not s["reasons"] for s in states)


def test_a_right_answer_is_explained_and_planned_anew(classroom: School, answer: Answer) -> None:
    spend_all_tries(answer, "L1-1")
    classroom.clock.now += 2 * DAY
    told = review(classroom, "L1-1", is_right=True, key="click-r001").json()["state"]
    assert (told["status"], told["score"]) == ("done", 1.0)
    assert told["reasons"]
    assert told["reveal"]["explanation"]
    assert due(classroom) == []
    classroom.clock.now += DAY
    assert due(classroom) == []  # later than a wrong answer would have brought it back
    classroom.clock.now += 30 * DAY
    assert due(classroom) == ["L1-1"]


def test_a_wrong_answer_shows_why_and_comes_back_tomorrow(
    classroom: School, answer: Answer
) -> None:
    spend_all_tries(answer, "L1-1")
    classroom.clock.now += 2 * DAY
    told = review(classroom, "L1-1", is_right=False, key="click-r001").json()["state"]
    assert told["score"] == 0.0
    assert told["reveal"]["option"] == question(classroom, "L1-1").key["option"]
    classroom.clock.now += DAY
    assert due(classroom) == ["L1-1"]


def test_the_same_click_counts_once_and_another_is_not_due(
    classroom: School, answer: Answer
) -> None:
    spend_all_tries(answer, "L1-1")
    classroom.clock.now += 2 * DAY
    first = review(classroom, "L1-1", is_right=True, key="click-r001")
    [before] = classroom.rows(select(tables.ReviewCardRecord.due_at))
    again = review(classroom, "L1-1", is_right=True, key="click-r001")
    assert (again.status_code, again.json()["state"]["score"]) == (200, 1.0)
    other = review(classroom, "L1-1", is_right=False, key="click-r002")
    assert (other.status_code, other.json()["error"]["code"]) == (409, "not_due")
    assert [before] == classroom.rows(select(tables.ReviewCardRecord.due_at))
    assert first.status_code == 200


def test_a_review_changes_nothing_but_its_own_card(classroom: School, answer: Answer) -> None:
    spend_all_tries(answer, "L1-1", "L1-2")
    classroom.clock.now += 2 * DAY
    with classroom.client("cadre_a") as client:
        before = client.get(LESSON).json(), client.get(f"{API}/record").json()
        rows = count(classroom.store)
        review(classroom, "L1-1", is_right=True, key="click-r001")
        review(classroom, "L1-2", is_right=False, key="click-r002")
        assert (client.get(LESSON).json(), client.get(f"{API}/record").json()) == before
    assert count(classroom.store) == {**rows, "review_card": 2}


def test_an_invalid_answer_is_refused_and_changes_nothing(
    classroom: School, answer: Answer
) -> None:
    spend_all_tries(answer, "L1-1")
    classroom.clock.now += 2 * DAY
    for changed, status in (
        ({"value": "没有这一项"}, 422),
        ({"value": {"a": 1}}, 422),
        ({"version": "0" * 16}, 409),
        ({"question": "L1-2"}, 404),
        ({"question": "L9-9"}, 404),
        ({"course": "xinfang"}, 404),
        ({"who": "cadre_b"}, 404),
        ({"who": "trainer_x"}, 404),
        ({"key": "!"}, 422),
        ({"username": "cadre_b"}, 422),
    ):
        refused = review(classroom, "L1-1", is_right=True, **{"key": "click-r001", **changed})
        assert refused.status_code == status, changed
    assert count(classroom.store)["review_card"] == 0
    assert due(classroom) == ["L1-1"]


@contextmanager
def classroom_with(
    classroom: School, data: Path, lesson_rules: LessonRules, **changed: Any
) -> Iterator[School]:
    """The same records under other rules or with L1-1 changed, as after a new start."""
    course = classroom.course
    first = course.lessons[0]
    asked = tuple(
        dataclasses.replace(one, **changed) if one.id == "L1-1" else one for one in first.questions
    )
    lesson = dataclasses.replace(first, rules=lesson_rules, questions=asked)
    other: tuple[Course, ...] = (
        dataclasses.replace(course, lessons=(lesson, *course.lessons[1:])),
    )
    url = classroom.store.engine.url.render_as_string(hide_password=False)
    with school(url, data, other, lambda *_: b"PK", is_new=False) as opened:
        opened.clock.now = classroom.clock.now
        yield opened


def test_a_key_that_the_rules_hold_back_never_comes_early(
    classroom: School, answer: Answer, tmp_path: Path
) -> None:
    spend_all_tries(answer, "L1-1")
    answer("L1-2", is_right=False)  # two tries are left
    classroom.clock.now += 5 * DAY
    assert due(classroom) == ["L1-1"]
    with classroom_with(classroom, tmp_path, LessonRules(feedback="handin")) as later:
        assert due(later) == []
        refused = review(later, "L1-1", is_right=True, key="click-r001")
        assert refused.status_code == 404
        assert "explanation" not in refused.text
        with later.client("cadre_a") as client:
            handed_in = client.post(f"{LESSON}/submissions", json={"key": "handin-L1"})
        assert handed_in.status_code == 201
        assert due(later) == ["L1-1", "L1-2"]


def test_a_changed_question_drops_out(classroom: School, answer: Answer, tmp_path: Path) -> None:
    spend_all_tries(answer, "L1-1", "L1-2")
    classroom.clock.now += 5 * DAY
    changed = {"prompt": "换了题面"}
    with classroom_with(classroom, tmp_path, LessonRules(), **changed) as later:
        assert due(later) == ["L1-2"]


def test_texts_and_data_tasks_do_not_come_back(classroom: School, answer: Answer) -> None:
    for one in classroom.course.lessons[0].questions:
        if one.kind not in ("written", "case"):  # these have tries of another sort
            spend_all_tries(answer, one.id)
    classroom.clock.now += 5 * DAY
    seen: set[str] = set()
    while found := due(classroom):
        for question_id in found:
            review(classroom, question_id, is_right=True, key=f"click-{question_id}")
            seen.add(question_id)
    kinds = {one.id: one.kind for one in classroom.course.lessons[0].questions}
    assert {kinds[question_id] for question_id in seen} >= {"single", "multiple", "blank"}
    assert not {kinds[question_id] for question_id in seen} & {"data", "written", "case"}


def test_nobody_else_sees_that_somebody_reviews(classroom: School, answer: Answer) -> None:
    spend_all_tries(answer, "L1-1")
    classroom.clock.now += 2 * DAY
    before = {who: everything(classroom, who) for who in CAST if who != "cadre_a"}
    assert review(classroom, "L1-1", is_right=False, key="click-r001").status_code == 200
    for who, pages in before.items():
        assert everything(classroom, who) == pages, who
    trails = classroom.rows(select(tables.Audit.action).where(tables.Audit.actor == "cadre_a"))
    assert {action for (action,) in trails} == {"answer.give"}
    with classroom.client("cadre_a") as client:
        assert "review" not in json.dumps(client.get(f"{API}/record").json())


def everything(classroom: School, who: str) -> dict[str, str]:
    """All that somebody can read without an id of their own making, and with this learner's."""
    addresses = [f"{PREFIX}{name}" for name in ("", "courses", "record", "review")]
    addresses += [f"{PREFIX}courses/{COURSE}/lessons/L1?section=1", LESSON, REVIEW]
    addresses += [f"{API}/{name}" for name in ("courses", "record", "units", "me")]
    addresses += [f"{LESSON}/submissions", f"{API}/units/S1/weeks", f"{API}/units/Q1/weeks"]
    addresses += [f"{REVIEW}?{name}=cadre_a" for name in ("username", "person", "who")]
    with classroom.client(who, by_cookie=True) as client:
        return {address: client.get(address).text for address in addresses}


@pytest.mark.parametrize("who", ["cadre_b", "trainer_x", "district"])
def test_the_page_is_calm_where_there_is_nothing_to_review(classroom: School, who: str) -> None:
    with classroom.client(who, by_cookie=True) as client:
        page = client.get(f"{PREFIX}review")
    assert "现在没有要温故的题" in page.text


def test_the_page_holds_the_questions_without_their_keys(classroom: School, answer: Answer) -> None:
    spend_all_tries(answer, "L1-1")
    classroom.clock.now += 2 * DAY
    asked = question(classroom, "L1-1")
    with classroom.client("cadre_a", by_cookie=True) as client:
        page = client.get(f"{PREFIX}review").text
    assert asked.prompt in page
    assert not [option.reason for option in asked.options if option.reason in page]
    assert asked.explanation not in page
    assert "review.js" in page
