"""重新判分 through the API: previewed, applied, undone; both marks kept, all points in step."""

import dataclasses
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import insert, select

from tests.classroom_school import API, COURSE, NOW, School, school
from tests.integration.classroom.conftest import Answer
from tests.records_rows import count
from zhixing.course import Course
from zhixing.records import tables

LIST = f"{API}/courses/{COURSE}/regrades"
ONE = f"{API}/courses/{COURSE}/questions/L1-1/regrade"
REASON = "原答案写错，应为先锋意识“淡化”"

Reopen = Callable[..., Any]


def with_question(course: Course, **changed: Any) -> tuple[Course, ...]:
    """The course with L1-1 changed, as an author would release it anew."""
    lesson = course.lessons[0]
    questions = tuple(
        dataclasses.replace(one, **changed) if one.id == "L1-1" else one for one in lesson.questions
    )
    first = dataclasses.replace(lesson, questions=questions)
    return (dataclasses.replace(course, lessons=(first, *course.lessons[1:])),)


@pytest.fixture
def reopened(classroom: School, tmp_path: Path) -> Reopen:
    """The same records with a changed course, as after a new start."""

    @contextmanager
    def reopen(key: str = "b", **changed: Any) -> Iterator[School]:
        grading = changed.pop("grading", None)
        course = with_question(classroom.course, key={"option": key}, **changed)
        url = classroom.store.engine.url.render_as_string(hide_password=False)
        with school(
            url, tmp_path, course, lambda *_: b"PK", is_new=False, grading=grading
        ) as opened:
            yield opened

    return reopen


@pytest.fixture
def answered(answer: Answer) -> None:
    """Under the key a: cadre A chose b, filler 1 a, filler 2 c then a, and cadre B of class 2 b."""
    for who, values in (
        ("cadre_a", "b"),
        ("filler1", "a"),
        ("filler2", "ca"),
        ("cadre_b", "b"),
    ):
        for value in values:
            assert answer("L1-1", who=who, value=value).status_code == 201


def preview(opened: School, who: str = "trainer_x") -> dict[str, Any]:
    with opened.client(who) as client:
        answered = client.get(ONE)
    assert answered.status_code == 200, answered.text
    found: dict[str, Any] = answered.json()
    return found


def regrade(opened: School, who: str = "trainer_x", **changed: Any) -> httpx.Response:
    token = changed.pop("token", None) or preview(opened, who)["token"]
    body = {"reason": REASON, "token": token, "key": "regrade-001", **changed}
    with opened.client(who) as client:
        return client.post(ONE, json=body)


def undo(opened: School, number: int, who: str = "trainer_x", **changed: Any) -> httpx.Response:
    with opened.client(who) as client:
        address = f"{API}/regrades/{number}/undo"
        return client.post(address, json={"reason": "看错了，原答案是对的", **changed})


def earned(opened: School) -> dict[str, float]:
    rows = opened.rows(
        select(tables.Person.username, tables.LessonProgress.earned)
        .join(tables.Enrolment, tables.Enrolment.person_id == tables.Person.id)
        .join(tables.LessonProgress, tables.LessonProgress.enrolment_id == tables.Enrolment.id)
    )
    return dict(map(tuple, rows))


def give_grade(opened: School, who: str, score: float, cell: float) -> int:
    """A grade as released from nbgrader: L1-1 and the rest."""
    [(enrolment,)] = opened.rows(
        select(tables.Enrolment.id)
        .join(tables.Person, tables.Person.id == tables.Enrolment.person_id)
        .where(tables.Person.username == who)
    )
    submission = {
        "enrolment_id": enrolment,
        "lesson_id": "L1",
        "number": 1,
        "key": f"handin-{who}",
        "receipt": f"J-{who}",
        "submitted_at": NOW,
        "package": b"PK",
    }
    cells = [
        {"id": "L1-1", "score": cell, "max_score": 7.0, "comment": ""},
        {"id": "L1-W1", "score": score - cell, "max_score": 8.0, "comment": "写得具体。"},
    ]
    grade = {"score": score, "max_score": 15.0, "comment": "写得具体。", "cells": cells}
    with opened.store.begin() as conn:
        made = insert(tables.Submission).values(**submission).returning(tables.Submission.id)
        number: int = conn.execute(made).scalar_one()
        row = {"submission_id": number, "trainer_id": 3, "released_at": NOW}
        conn.execute(insert(tables.Grade).values(**grade, **row))
    return number


def grade_of(opened: School, who: str) -> dict[str, Any]:
    with opened.client(who) as client:
        [course] = client.get(f"{API}/courses").json()
    found: dict[str, Any] = course["lessons"][0]["grade"]
    return found


def test_without_a_change_there_is_nothing_to_regrade(classroom: School, answered: None) -> None:
    with classroom.client("trainer_x") as client:
        assert client.get(LIST).json() == {"waiting": [], "made": []}
    assert preview(classroom)["learners"] == []
    refused = regrade(classroom)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "nothing_changes")
    assert "没有人的得分会变" in refused.json()["error"]["message"]


def test_the_preview_names_who_gains_and_who_loses(
    classroom: School, answered: None, reopened: Reopen
) -> None:
    give_grade(classroom, "filler1", 13.0, 7.0)
    with reopened() as opened:
        with opened.client("trainer_x") as client:
            listed = client.get(LIST).json()["waiting"]
        found = preview(opened)
        before = count(opened.store)
        assert preview(opened) == found
        assert count(opened.store) == before
    assert [(one["question"], one["gained"], one["lost"]) for one in listed] == [("L1-1", 1, 2)]
    assert (found["gained"], found["lost"], found["same"]) == (1, 2, 0)
    lines = {one["username"]: one for one in found["learners"]}
    assert set(lines) == {"cadre_a", "filler1", "filler2"}
    assert (lines["cadre_a"]["name"], lines["cadre_a"]["before"]) == ("欧阳龑", 0)
    assert (lines["cadre_a"]["after"], lines["cadre_a"]["total_after"]) == (7, 7)
    assert (lines["filler2"]["before"], lines["filler2"]["after"]) == (7, 0)
    assert lines["filler1"]["grade"] == {"before": 13, "after": 6, "is_by_hand": False}


def test_applied_it_keeps_both_marks_and_points_and_grades_follow(
    classroom: School, answered: None, reopened: Reopen
) -> None:
    give_grade(classroom, "filler1", 13.0, 7.0)
    old_marks = classroom.rows(select(tables.MarkRecord.id, tables.MarkRecord.score))
    with reopened() as opened:
        made = regrade(opened)
        assert made.status_code == 201, made.text
        assert made.json()["is_followed"] is True
        number = made.json()["id"]
        assert earned(opened) == {"cadre_a": 7, "filler1": 0, "filler2": 0, "cadre_b": 0}
        marks = opened.rows(select(tables.MarkRecord.id, tables.MarkRecord.score))
        assert set(old_marks) <= set(marks)
        assert len(marks) == len(old_marks) + 4  # filler 2 answered twice
        graders = opened.rows(
            select(tables.MarkRecord.grader).where(tables.MarkRecord.version.is_not(None))
        )
        assert graders == [(f"regrade:{number}",)] * 4
        with opened.client("cadre_a") as client:
            state = client.get(f"{API}/courses/{COURSE}/questions/L1-1").json()["state"]
        assert (state["score"], state["status"]) == (1.0, "done")
        grade = grade_of(opened, "filler1")
        assert (grade["score"], grade["cells"][0]["score"]) == (6, 0)
        assert "题目 L1-1 重新判分：7 分改为 0 分" in grade["comment"]
        assert REASON in grade["comment"]
        assert grade["comment"].startswith("写得具体。")
        actions = {row[0] for row in opened.rows(select(tables.Audit.action))}
        assert {"regrade.make", "grade.release"} <= actions
        with opened.client("trainer_x") as client:
            listed = client.get(LIST).json()
    assert listed["waiting"] == []
    [line] = listed["made"]
    assert (line["reason"], line["gained"], line["lost"]) == (REASON, 1, 2)
    assert line["undone_at"] is None


def test_a_wish_is_taken_once_and_only_as_previewed(
    classroom: School, answered: None, reopened: Reopen
) -> None:
    with reopened() as opened:
        stale = preview(opened)["token"]
        refused = regrade(opened, token="0" * 16)
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "preview_changed")
        first = regrade(opened, token=stale)
        again = regrade(opened, token=stale)
        assert first.json() == again.json()
        other = regrade(opened, token=stale, key="regrade-002")
        assert (other.status_code, other.json()["error"]["code"]) == (409, "nothing_changes")
        for wrong in ({"reason": ""}, {"reason": "a\0b"}, {"key": "!"}, {"token": "zz"}):
            assert regrade(opened, **wrong).status_code == 422, wrong
        assert count(opened.store)["regrade"] == 1


def test_two_trainers_at_once_regrade_once(
    classroom: School, answered: None, reopened: Reopen
) -> None:
    with classroom.store.begin() as conn:
        trainer_y = conn.scalar(
            select(tables.Person.id).where(tables.Person.username == "trainer_y")
        )
        conn.execute(insert(tables.CohortTrainer).values(cohort_id=1, person_id=trainer_y))
        conn.execute(
            tables.CohortTrainer.__table__.delete().where(  # type: ignore[attr-defined]
                tables.CohortTrainer.cohort_id == 2
            )
        )
    with reopened() as opened:
        token = preview(opened)["token"]
        assert preview(opened, "trainer_y")["token"] == token
        with ThreadPoolExecutor(8) as pool:
            clicks = [
                pool.submit(regrade, opened, who, token=token, key=f"regrade-{who}-{n}")
                for n in range(4)
                for who in ("trainer_x", "trainer_y")
            ]
            statuses = sorted(click.result().status_code for click in clicks)
        assert statuses == [201] + [409] * 7
        assert count(opened.store)["regrade"] == 1
        assert earned(opened)["cadre_a"] == 7


def test_undone_everything_is_as_it_was_and_nothing_is_gone(
    classroom: School, answered: None, reopened: Reopen
) -> None:
    give_grade(classroom, "filler1", 13.0, 7.0)
    before = earned(classroom)
    with reopened() as opened:
        number = regrade(opened).json()["id"]
        rows = count(opened.store)
        assert undo(opened, number).status_code == 201
        assert undo(opened, number).status_code == 201  # a second click changes nothing
        assert earned(opened) == before
        now = count(opened.store)
        assert {name: now[name] - rows[name] for name in now if now[name] != rows[name]} == {
            "mark": 4,
            "grade": 1,
            "audit": 2,
        }
        grade = grade_of(opened, "filler1")
        assert (grade["score"], grade["cells"][0]["score"]) == (13, 7)
        assert "0 分改为 7 分" in grade["comment"]
        with opened.client("trainer_x") as client:
            listed = client.get(LIST).json()
        assert listed["made"][0]["undone_by"] == "沈知行"
        assert [one["question"] for one in listed["waiting"]] == ["L1-1"]
        assert regrade(opened, key="regrade-002").status_code == 201
        assert earned(opened)["cadre_a"] == 7


def test_a_key_wrong_twice_is_regraded_twice_and_undone_backwards(
    classroom: School, answered: None, reopened: Reopen
) -> None:
    with reopened("b") as opened:
        first = regrade(opened).json()["id"]
    with reopened("c") as opened:
        second = regrade(opened, key="regrade-002").json()["id"]
        assert earned(opened) == {"cadre_a": 0, "filler1": 0, "filler2": 7, "cadre_b": 0}
        refused = undo(opened, first)
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "regraded_since")
        undo(opened, second)
        assert earned(opened)["cadre_a"] == 7
        undo(opened, first)
        assert earned(opened) == {"cadre_a": 0, "filler1": 7, "filler2": 7, "cadre_b": 0}


def test_another_class_and_other_roles_are_out_of_reach(
    classroom: School, answered: None, reopened: Reopen
) -> None:
    with reopened() as opened:
        number = regrade(opened).json()["id"]
        assert [one["username"] for one in preview(opened, "trainer_y")["learners"]] == ["cadre_b"]
        assert undo(opened, number, "trainer_y").status_code == 404
        with opened.client("trainer_y") as client:
            assert client.post(f"{API}/regrades/{number}/gradebook").status_code == 404
            assert client.get(LIST).json()["made"] == []
        token = "0" * 16
        for who in ("cadre_a", "street1", "district", "admin"):
            with opened.client(who) as client:
                for address in (LIST, ONE):
                    assert client.get(address).status_code == 403, who
            assert regrade(opened, who, token=token).status_code == 403
            assert undo(opened, number, who).status_code == 403
        assert earned(opened)["cadre_b"] == 0


def test_points_given_by_hand_stay(classroom: School, answered: None, reopened: Reopen) -> None:
    give_grade(classroom, "filler1", 9.0, 3.0)  # the answer had earned 7
    with reopened() as opened:
        line = next(one for one in preview(opened)["learners"] if one["username"] == "filler1")
        assert line["grade"] == {"before": 9, "after": 9, "is_by_hand": True}
        regrade(opened)
        assert grade_of(opened, "filler1")["score"] == 9
        assert count(opened.store)["grade"] == 1


def test_an_answer_that_fits_the_new_version_no_more_keeps_its_mark(
    classroom: School, answered: None, reopened: Reopen
) -> None:
    asked = classroom.course.lessons[0].question("L1-1")
    assert asked
    with reopened(options=asked.options[1:]) as opened:
        lines = {one["username"]: one for one in preview(opened)["learners"]}
        assert (lines["filler1"]["untold"], lines["filler1"]["after"]) == (1, 7)
        assert regrade(opened).status_code == 201
        assert earned(opened)["filler1"] == 7


def test_a_later_answer_stands_on_the_regraded_ones(
    classroom: School, answered: None, reopened: Reopen
) -> None:
    with reopened() as opened:
        regrade(opened)
        asked = opened.course.lessons[0].question("L1-1")
        assert asked
        body = {"version": asked.version, "value": "b", "key": "click-new1"}
        with opened.client("filler1") as client:
            address = f"{API}/courses/{COURSE}/questions/L1-1/answers"
            told = client.post(address, json=body).json()["state"]
        assert (told["attempts"], told["score"]) == (2, 1.0)
        assert earned(opened)["filler1"] == 7
        assert all(one["username"] != "filler1" for one in preview(opened)["learners"])


class BrokenGrading:
    """A gradebook that cannot be written."""

    def __init__(self) -> None:
        self.is_broken = True
        self.followed: list[dict[str, Any]] = []

    def repack(self, package: bytes, answers: Any) -> bytes:
        return package

    def follow(self, course_id: str, lesson_id: str, regraded: Any) -> None:
        if self.is_broken:
            raise OSError("attempt to write a readonly database")
        points = {name: one.answers["L1-1"][1] for name, one in regraded().items()}
        self.followed.append(points)


def test_a_gradebook_that_cannot_be_written_waits_and_follows_later(
    classroom: School, answered: None, reopened: Reopen
) -> None:
    for who in ("cadre_a", "filler1"):
        give_grade(classroom, who, 13.0, 7.0)
    grading = BrokenGrading()
    with reopened(grading=grading) as opened:
        made = regrade(opened).json()
        assert made["is_followed"] is False
        assert earned(opened)["cadre_a"] == 7
        with opened.client("trainer_x") as client:
            assert client.get(LIST).json()["made"][0]["is_followed"] is False
            grading.is_broken = False
            again = client.post(f"{API}/regrades/{made['id']}/gradebook")
            assert again.json()["is_followed"] is True
            assert client.get(LIST).json()["made"][0]["is_followed"] is True
    assert grading.followed == [{"cadre_a": 7, "filler1": 0}], "who handed nothing in is not graded"


def test_a_click_acknowledged_under_the_old_version_gets_its_receipt_again(
    classroom: School, answer: Answer, reopened: Reopen
) -> None:
    first = answer("L1-1", value="b", key="old-click")
    question = classroom.course.lessons[0].question("L1-1")
    assert question
    body = {"version": question.version, "value": "b", "key": "old-click"}
    with reopened() as opened, opened.client("cadre_a") as client:
        address = f"{API}/courses/{COURSE}/questions/L1-1/answers"
        again = client.post(address, json=body)
        assert again.status_code == 200
        assert again.json()["receipt"] == first.json()["receipt"]
        other = client.post(address, json={**body, "value": "a"})
        assert other.json()["error"]["code"] == "unknown_version"
        fresh = client.post(address, json={**body, "key": "new-click"})
        assert fresh.json()["error"]["code"] == "unknown_version"
        assert count(opened.store)["answer"] == 1
