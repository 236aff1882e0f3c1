"""重新判分 of a test that some have sat twice: each sitting by itself, and the best one counts."""

import dataclasses
from pathlib import Path
from typing import Any

from sqlalchemy import select

from tests.classroom_school import API, COURSE, School, school
from tests.integration.classroom.conftest import courses
from zhixing.course import Course
from zhixing.records import tables
from zhixing.rules import LessonRules

QUESTION = f"{API}/courses/{COURSE}/questions/L1-1"
LESSON = f"{API}/courses/{COURSE}/lessons/L1"


def as_test(key: str) -> tuple[Course, ...]:
    """The course with L1 as a test of two sittings, and this key of L1-1."""
    [course] = courses()
    lesson = course.lessons[0]
    questions = tuple(
        dataclasses.replace(one, key={"option": key}) if one.id == "L1-1" else one
        for one in lesson.questions
    )
    rules = LessonRules(mode="test", feedback="handin", resits=1)
    changed = dataclasses.replace(lesson, questions=questions, rules=rules)
    return (dataclasses.replace(course, lessons=(changed, *course.lessons[1:])),)


def give(opened: School, who: str, value: str, key: str, address: str = QUESTION) -> None:
    with opened.client(who) as client:
        version = client.get(address).json()["question"]["version"]
        body = {"version": version, "value": value, "key": key}
        assert client.post(f"{address}/answers", json=body).status_code == 201


def hand_in(opened: School, who: str, key: str) -> None:
    with opened.client(who) as client:
        assert client.post(f"{LESSON}/submissions", json={"key": key}).status_code == 201


def begin_again(opened: School, who: str) -> None:
    with opened.client(who) as client:
        assert client.post(f"{LESSON}/sittings").json() == {"sitting": 2}


def progress(opened: School) -> dict[str, tuple[int, float, float]]:
    """User name to sitting, points of it, and the best points before."""
    kept = tables.LessonProgress
    rows = opened.rows(
        select(tables.Person.username, kept.sitting, kept.earned, kept.earlier)
        .join(tables.Enrolment, tables.Enrolment.person_id == tables.Person.id)
        .join(kept, kept.enrolment_id == tables.Enrolment.id)
    )
    return {row[0]: tuple(row[1:]) for row in rows}


def sittings(opened: School) -> list[tuple[Any, ...]]:
    sent = tables.Submission
    rows = opened.rows(
        select(tables.Person.username, sent.number, sent.earned)
        .join(tables.Enrolment, tables.Enrolment.person_id == tables.Person.id)
        .join(sent, sent.enrolment_id == tables.Enrolment.id)
        .order_by(tables.Person.username, sent.number)
    )
    return [tuple(row) for row in rows]


def counting(opened: School) -> dict[str, int]:
    """User name to the sitting that the trainer grades."""
    with opened.client("trainer_x") as client:
        return {
            row["username"]: row["number"] for row in client.get(f"{LESSON}/submissions").json()
        }


def test_each_sitting_is_regraded_by_itself_and_undone_alike(
    database_url: str, tmp_path: Path
) -> None:
    with school(database_url, tmp_path, as_test("a"), lambda *_: b"PK") as opened:
        for who, values in (("cadre_a", "ba"), ("filler1", "b")):
            give(opened, who, values[0], f"{who}-first")
            hand_in(opened, who, f"{who}-hand-in-1")
            begin_again(opened, who)
        give(opened, "cadre_a", "a", "cadre_a-second")
        hand_in(opened, "cadre_a", "cadre_a-hand-in-2")
        before = (progress(opened), sittings(opened), counting(opened))
    assert before[0] == {"cadre_a": (2, 7, 0), "filler1": (2, 0, 0)}
    assert before[2] == {"cadre_a": 2, "filler1": 1}
    with school(database_url, tmp_path, as_test("b"), lambda *_: b"PK", is_new=False) as opened:
        with opened.client("trainer_x") as client:
            plan = client.get(f"{QUESTION}/regrade").json()
            lines = [
                (one["username"], one["sitting"], one["total_before"], one["total_after"])
                for one in plan["learners"]
            ]
            assert sorted(lines) == [
                ("cadre_a", 1, 0, 7),
                ("cadre_a", 2, 7, 0),
                ("filler1", 1, 0, 7),
            ]
            assert (plan["gained"], plan["lost"], plan["same"]) == (2, 1, 0)
            wish = {"reason": "原答案写错", "token": plan["token"], "key": "regrade-001"}
            made = client.post(f"{QUESTION}/regrade", json=wish)
            assert made.status_code == 201, made.text
            assert progress(opened) == {"cadre_a": (2, 0, 7), "filler1": (2, 0, 7)}
            assert sittings(opened) == [("cadre_a", 1, 7), ("cadre_a", 2, 0), ("filler1", 1, 7)]
            assert counting(opened) == {"cadre_a": 1, "filler1": 1}
            undone = client.post(
                f"{API}/regrades/{made.json()['id']}/undo", json={"reason": "看错了"}
            )
            assert undone.status_code == 201, undone.text
        assert (progress(opened), sittings(opened), counting(opened)) == before


def test_a_sitting_that_counts_again_is_fetched_although_it_was_not_regraded(
    database_url: str, tmp_path: Path
) -> None:
    other = QUESTION.replace("L1-1", "L1-8")
    with school(database_url, tmp_path, as_test("a"), lambda *_: b"PK") as opened:
        right = opened.course.lessons[0].question("L1-8")
        assert right
        give(opened, "cadre_a", right.key["option"], "cadre_a-first", other)
        hand_in(opened, "cadre_a", "cadre_a-hand-in-1")
        begin_again(opened, "cadre_a")
        give(opened, "cadre_a", right.key["option"], "cadre_a-second", other)
        give(opened, "cadre_a", "a", "cadre_a-third")
        hand_in(opened, "cadre_a", "cadre_a-hand-in-2")
        assert counting(opened) == {"cadre_a": 2}
    with school(database_url, tmp_path, as_test("b"), lambda *_: b"PK", is_new=False) as opened:
        with opened.client("trainer_x") as client:
            token = client.get(f"{QUESTION}/regrade").json()["token"]
            wish = {"reason": "原答案写错", "token": token, "key": "regrade-001"}
            assert client.post(f"{QUESTION}/regrade", json=wish).status_code == 201
            [row] = client.get(f"{LESSON}/submissions").json()
        assert (row["number"], row["regraded"]) == (1, True)
