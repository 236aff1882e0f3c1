"""题目分析 through the API: own classes only, first tries only, versions as they are now."""

import dataclasses
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import insert, select

from tests.classroom_school import API, COURSE, LESSON, NOW, PREFIX, School, school
from tests.integration.classroom.conftest import Answer
from tests.widgets_steps import right_value, wrong_value
from zhixing.question import Question
from zhixing.records import tables

REPORT = f"{LESSON}/items"
CLASS_2 = 40


def more_learners(classroom: School, cohort: int, people: int) -> list[int]:
    """Enrol made-up people; returns their enrolments."""
    with classroom.store.begin() as conn:
        ids = []
        for number in range(people):
            name = f"more{cohort}-{number}"
            row = {
                "id": 1000 * cohort + number,
                "key": name,
                "username": name,
                "name": "龑𠮷",
                "unit_id": 3,
                "post": "网格员",
            }
            person = conn.execute(insert(tables.Person).values(**row).returning(tables.Person.id))
            taken = {"cohort_id": cohort, "person_id": person.scalar_one(), "enrolled_at": NOW}
            enrolment = insert(tables.Enrolment).values(**taken).returning(tables.Enrolment.id)
            ids.append(conn.execute(enrolment).scalar_one())
        return ids


def plant(classroom: School, enrolment: int, question: Question, scores: list[float]) -> None:
    """Answers with these marks, first to last."""
    with classroom.store.begin() as conn:
        for attempt, score in enumerate(scores, 1):
            value = (right_value if score == 1 else wrong_value)(question)
            answer = {
                "enrolment_id": enrolment,
                "lesson_id": "L1",
                "question_id": question.id,
                "version": question.version,
                "attempt": attempt,
                "value": value,
                "key": f"{question.id}-{attempt}",
                "received_at": NOW,
                "is_complete": True,
            }
            made = conn.execute(insert(tables.Answer).values(**answer).returning(tables.Answer.id))
            mark = {"answer_id": made.scalar_one(), "score": score, "reasons": []}
            row = insert(tables.MarkRecord).values(**mark, grader="zhixing", marked_at=NOW)
            conn.execute(row)


def singles(classroom: School) -> list[Question]:
    return [one for one in classroom.course.lessons[0].questions if one.kind in ("single", "truth")]


def report(classroom: School, who: str = "trainer_x", **query: Any) -> dict[str, Any]:
    with classroom.client(who) as client:
        answered = client.get(REPORT, params=query)
    assert answered.status_code == 200, answered.text
    found: dict[str, Any] = answered.json()
    return found


def item(found: dict[str, Any], question_id: str) -> dict[str, Any]:
    return next(one for one in found["items"] if one["id"] == question_id)


def test_first_tries_of_own_classes_are_counted_and_no_others(
    classroom: School, answer: Answer
) -> None:
    answer("L1-1", is_right=False)
    answer("L1-1", is_right=True)
    answer("L1-1", is_right=True, who="cadre_b")
    mine, theirs = report(classroom), report(classroom, "trainer_y")
    assert (item(mine, "L1-1")["people"], item(theirs, "L1-1")["people"]) == (1, 1)
    assert (mine["learners"], theirs["learners"]) == (7, 7)
    assert [one["title"] for one in mine["cohorts"]] == ["第一期"]
    assert item(mine, "L1-1")["right"] is None
    assert "数据不足" in item(mine, "L1-1")["remarks"][0]["text"]


def test_the_first_try_counts_and_the_newest_mark_of_it(classroom: School) -> None:
    asked = singles(classroom)[0]
    for number, enrolment in enumerate(more_learners(classroom, 1, 12)):
        plant(classroom, enrolment, asked, [0.0, 1.0] if number < 9 else [1.0])
    before = item(report(classroom), asked.id)
    assert (before["right"]["count"], before["right"]["total"]) == (3, 12)
    assert before["tries"] == pytest.approx(21 / 12)
    with classroom.store.begin() as conn:  # as a regrade does
        firsts = conn.scalars(select(tables.Answer.id).where(tables.Answer.attempt == 1)).all()
        again = {"reasons": [], "grader": "regrade:1", "marked_at": NOW, "score": 1.0}
        conn.execute(insert(tables.MarkRecord), [{**again, "answer_id": one} for one in firsts])
    assert item(report(classroom), asked.id)["right"]["count"] == 12


def test_a_question_that_the_able_miss_is_named_on_the_page(classroom: School) -> None:
    asked = singles(classroom)
    for number, enrolment in enumerate(more_learners(classroom, 1, CLASS_2)):
        is_able = number % 2 == 0
        for one in asked[1:]:
            plant(classroom, enrolment, one, [float(is_able != (number % 7 == 0))])
        plant(classroom, enrolment, asked[0], [float(not is_able)])
    found = report(classroom)
    number = item(found, asked[0].id)["number"]
    sentence = f"第{number}题越会越错，建议检查答案。"
    assert sentence in [one["text"] for one in item(found, asked[0].id)["remarks"]]
    with classroom.client("trainer_x", by_cookie=True) as client:
        page = client.get(f"{PREFIX}courses/{COURSE}/lessons/L1/items").text
        book = client.get(f"{REPORT}.xlsx")
    assert sentence in page
    sheet = openpyxl.load_workbook(io.BytesIO(book.content))["题目"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert len(rows) == 1 + len(found["items"])
    [line] = [row for row in rows if row[1] == asked[0].id]
    assert (line[4], line[5]) == (CLASS_2, CLASS_2 // 2)
    assert sentence in line[-1]


def test_an_answer_to_an_older_version_is_said_and_not_counted(
    classroom: School, answer: Answer, tmp_path: Path
) -> None:
    answer("L1-1")
    course = classroom.course
    lesson = course.lessons[0]
    asked = tuple(
        dataclasses.replace(one, prompt="换了题面") if one.id == "L1-1" else one
        for one in lesson.questions
    )
    changed = dataclasses.replace(
        course, lessons=(dataclasses.replace(lesson, questions=asked), *course.lessons[1:])
    )
    url = classroom.store.engine.url.render_as_string(hide_password=False)
    with school(url, tmp_path, (changed,), lambda *_: b"PK", is_new=False) as later:
        found = report(later)
    assert (item(found, "L1-1")["people"], found["older"]) == (0, 1)


def test_a_class_may_be_looked_at_alone_and_only_ones_own(classroom: School) -> None:
    assert report(classroom, cohort=1)["cohorts"] == [{"id": 1, "title": "第一期"}]
    refused = {"trainer_y": 404, "cadre_a": 403, "district": 403, "street1": 403, "admin": 403}
    for who, status in refused.items():
        with classroom.client(who) as client:
            for address in (REPORT, f"{REPORT}.xlsx"):
                assert client.get(address, params={"cohort": 1}).status_code == status, who
    with classroom.client("trainer_x") as client:
        assert client.get(f"{API}/courses/{COURSE}/lessons/L9/items").status_code == 404
        assert client.get(REPORT, params={"cohort": "1 OR 1=1"}).status_code == 422


def test_without_answers_the_page_says_what_will_be_here(classroom: School) -> None:
    with classroom.client("trainer_x", by_cookie=True) as client:
        page = client.get(f"{PREFIX}courses/{COURSE}/lessons/L1/items").text
        home = client.get(PREFIX).text
    assert "还没有人作答" in page
    assert f"{PREFIX}courses/{COURSE}/lessons/L1/items" in home
