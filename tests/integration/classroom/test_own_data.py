"""Each learner is asked of the own drawing: by page, API, Excel and nbgrader alike."""

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
from openpyxl import load_workbook

from grading.answersfile import RecordedAnswer
from grading.points import points_earned, question_answered
from tests.classroom_school import API, COURSE, LESSON, School, school
from tests.right_and_wrong import right_value
from zhixing.course import Course, Lesson
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


def test_a_mended_solver_regrades_each_by_the_own_data(classroom: School, tmp_path: Path) -> None:
    who = ("cadre_a", "filler1", "filler2")
    assert len({asked(classroom, name).version for name in who}) > 1
    for number, name in enumerate(who):
        question = asked(classroom, name)
        given = str(int(right_value(question)) + 1)
        with classroom.client(name) as client:
            assert (
                post(client, question, given, f"mended-{number:02d}").json()["state"]["score"] == 0
            )
    url = classroom.store.engine.url.render_as_string(hide_password=False)
    mended = (with_mended_solver(classroom.course),)
    with school(url, tmp_path, mended, lambda *_: b"PK", is_new=False) as opened:
        with opened.client("trainer_x") as client:
            seen = client.get(f"{PLACE}/regrade").json()
            assert (seen["gained"], seen["lost"]) == (3, 0)
            body = {"reason": "原来的解法少算了一人", "token": seen["token"], "key": "regrade-001"}
            assert client.post(f"{PLACE}/regrade", json=body).status_code == 201
            assert client.get(f"{API}/courses/{COURSE}/regrades").json()["waiting"] == []
        for name in who:
            with opened.client(name) as client:
                assert client.get(PLACE).json()["state"]["score"] == 1.0


def with_mended_solver(course: Course) -> Course:
    """The course as if the solver of L3-D1-1 counted one more on every drawing."""

    def mended(question: Question) -> Question:
        return replace(question, key={"integer": question.key["integer"] + 1}, wrong=())

    lesson = course.lesson("L3")
    assert lesson is not None
    draws = tuple(
        replace(draw, questions={**draw.questions, "L3-D1-1": mended(draw.questions["L3-D1-1"])})
        for draw in lesson.draws["D1"]
    )
    questions = tuple(draws[0].questions.get(q.id, q) for q in lesson.questions)
    changed = replace(lesson, questions=questions, draws={**lesson.draws, "D1": draws})
    return replace(
        course, lessons=tuple(changed if one.id == "L3" else one for one in course.lessons)
    )
