"""A case through the real API: one step at a time, nothing told before its time."""

from typing import Any

import httpx
import pytest
from sqlalchemy import select

from tests.classroom_school import API, COURSE, School
from tests.integration.classroom.conftest import Answer
from zhixing.kinds.case import case_of
from zhixing.question import Question
from zhixing.records import tables

CASE = f"{API}/courses/{COURSE}/questions/C1"


@pytest.fixture
def case(classroom: School) -> Question:
    question = classroom.course.lessons[0].question("C1")
    assert question
    return question


def scene(response: httpx.Response) -> dict[str, Any]:
    found: dict[str, Any] = response.json()["state"]["scene"]
    return found


def test_a_walk_tells_what_each_step_brings_and_is_scored_at_its_end(
    classroom: School, answer: Answer, case: Question
) -> None:
    path = list(case_of(case).recommended)
    with classroom.client("cadre_a") as client:
        start = scene(client.get(CASE))
    assert start["path"] == []
    assert sorted([one["id"] for one in start["choices"]]) == ["A", "B", "C"]
    first = answer("C1", value=path[:1])
    assert first.status_code == 201, first.text
    state = first.json()["state"]
    assert (state["status"], state["attempts"], state["score"]) == ("open", 0, None)
    assert state["scene"]["path"][0]["consequence"]
    assert state["scene"]["axes"] == []
    last = answer("C1", value=path)
    state = last.json()["state"]
    assert (state["attempts"], state["score"]) == (1, 1.0)
    assert state["scene"]["is_end"]
    assert state["scene"]["ending"].startswith("原文")
    assert [axis["axis"] for axis in state["scene"]["axes"]] == ["E", "V", "M", "S"]


def test_a_walk_goes_on_after_coming_back_and_may_be_walked_again(
    classroom: School, answer: Answer
) -> None:
    answer("C1", value=["A"])
    with classroom.client("cadre_a") as client:
        assert [step["id"] for step in scene(client.get(CASE))["path"]] == ["A"]
    worse = answer("C1", value=["A", "a2"]).json()["state"]
    assert worse["score"] <= 0.59
    assert worse["scene"]["capped"]
    assert answer("C1", value=["B"]).status_code == 201
    better = answer("C1", value=["B", "b1"]).json()["state"]
    assert (better["attempts"], better["score"]) == (2, 1.0)


@pytest.mark.parametrize("jump", [["B", "b1"], ["a1"], ["A", "b1"], ["A", "a1", "b1"], ["C"]])
def test_a_jump_is_refused_and_the_walk_stays_where_it_was(
    classroom: School, answer: Answer, jump: list[str]
) -> None:
    answer("C1", value=["A"])
    refused = answer("C1", value=jump)
    assert refused.status_code in (409, 422), refused.text
    assert refused.json()["error"]["next"]
    with classroom.client("cadre_a") as client:
        assert [step["id"] for step in scene(client.get(CASE))["path"]] == ["A"]
    rows = classroom.rows(select(tables.Answer.value).where(tables.Answer.question_id == "C1"))
    assert [row.value for row in rows] == [["A"]]


def test_a_case_is_answered_once_it_has_come_to_an_end(classroom: School, answer: Answer) -> None:
    answer("C1", value=["B"])
    progress = select(tables.LessonProgress.answered).where(tables.LessonProgress.lesson_id == "L1")
    assert [row.answered for row in classroom.rows(progress)] == [0]
    answer("C1", value=["B", "b1"])
    assert [row.answered for row in classroom.rows(progress)] == [1]


def test_the_same_step_twice_is_one_step(classroom: School, answer: Answer) -> None:
    first = answer("C1", value=["B"], key="one-click")
    again = answer("C1", value=["B"], key="one-click")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["state"]["scene"] == first.json()["state"]["scene"]
