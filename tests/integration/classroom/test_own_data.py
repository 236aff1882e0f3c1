"""Each learner is asked of the own drawing: by page, API, Excel and nbgrader alike."""

import io
from datetime import timedelta
from typing import Any

import httpx
from openpyxl import load_workbook

from grading.answersfile import RecordedAnswer
from grading.points import points_earned, question_answered
from tests.classroom_school import API, COURSE, LESSON, NOW, School
from tests.right_and_wrong import right_value
from zhixing.course import Lesson
from zhixing.paper import own_lesson
from zhixing.question import Question

PLACE = f"{API}/courses/{COURSE}/questions/L3-D1-1"
TABLE = f"{API}/tasks/{COURSE}/D1/roster"


def own(classroom: School, who: str) -> Lesson:
    lesson = classroom.course.lesson("L3")
    assert lesson is not None
    return own_lesson(lesson, COURSE, who, 1)


def asked(classroom: School, who: str) -> Question:
    question = own(classroom, who).question("L3-D1-1")
    assert question is not None
    return question


def post(client: httpx.Client, question: Question, value: Any, key: str) -> httpx.Response:
    body = {"version": question.version, "value": value, "key": key}
    return client.post(f"{PLACE}/answers", json=body)


def test_two_learners_see_other_data_and_are_marked_by_their_own(classroom: School) -> None:
    mine, theirs = asked(classroom, "cadre_a"), asked(classroom, "filler3")
    assert mine.version != theirs.version
    with classroom.client("cadre_a") as client:
        assert client.get(PLACE).json()["question"]["version"] == mine.version
        table = client.get(f"{TABLE}.json").json()
        task = own(classroom, "cadre_a").task("D1")
        assert task is not None
        assert table["rows"] == task.tables["roster"]["rows"]
        sheet = load_workbook(io.BytesIO(client.get(f"{TABLE}.xlsx").content))["数据"]
        assert [cell.value for cell in sheet["A"]][1:] == [row[0] for row in table["rows"]]
        assert post(client, theirs, right_value(theirs), "their-data").status_code == 409
        given = post(client, mine, right_value(mine), "my-own-data")
        assert given.status_code == 201
        assert given.json()["state"]["score"] == 1.0
    with classroom.client("trainer_x") as client:
        assert client.get(f"{TABLE}.json").status_code == 200


def test_a_hand_in_is_scored_by_the_drawing_that_was_answered(classroom: School) -> None:
    lesson = classroom.course.lesson("L3")
    assert lesson is not None
    mine = asked(classroom, "filler3")
    answer = RecordedAnswer(mine.version, (right_value(mine),), 1.0)
    placed = lesson.question(mine.id)
    assert placed is not None
    found = question_answered(lesson, placed, answer)
    assert found == mine
    assert points_earned(found, answer, lesson.rules) == mine.points


def test_first_tries_on_any_drawing_count_for_the_item(classroom: School) -> None:
    for number in range(1, 7):
        who = f"filler{number}"
        question = asked(classroom, who)
        classroom.tokens[f"token-{who}"] = who
        with classroom.client(who) as client:
            given = post(client, question, right_value(question), f"item-{number:04d}")
            assert given.status_code == 201, given.text
    with classroom.client("trainer_x") as client:
        report = client.get(f"{LESSON.replace('L1', 'L3')}/items").json()
    assert report["older"] == 0
    [item] = [one for one in report["items"] if one["id"] == "L3-D1-1"]
    assert item["people"] == 6


def test_a_drawn_question_is_not_regraded_as_if_it_had_one_key(classroom: School) -> None:
    classroom.clock.now = NOW + timedelta(hours=1)
    with classroom.client("trainer_x") as client:
        refused = client.get(f"{PLACE}/regrade")
    assert refused.status_code == 409
    assert "每人的题或数据不同" in refused.json()["error"]["message"]
