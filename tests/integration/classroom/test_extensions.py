"""Extensions (延期): one learner may answer later, and nobody else; through the real API."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from tests.classroom_school import API, COURSE, LESSON, NOW, PREFIX, School
from tests.integration.classroom.conftest import Answer
from zhixing.records import tables

CLOSED = NOW + timedelta(days=61)
"""A day after the cohort closed; in Shanghai 2027-01-23 16:30."""

LATER = "2027-01-31T18:00"


def extend(classroom: School, who: str = "trainer_x", **changed: Any) -> httpx.Response:
    wish = {"username": "cadre_a", "closes": LATER, "reason": "住院两周"} | changed
    with classroom.client(who) as client:
        return client.post(f"{LESSON}/extensions", json=wish)


def test_whoever_has_an_extension_answers_and_hands_in_and_nobody_else_does(
    classroom: School, answer: Answer
) -> None:
    answer("L1-1")
    answer("L1-1", who="filler1")
    assert extend(classroom).json()["closes"] == "2027-01-31T10:00:00+00:00"
    classroom.clock.now = CLOSED
    assert answer("L1-2").status_code == 201
    assert answer("L1-2", who="filler1").json()["error"]["code"] == "closed"
    with classroom.client("filler1") as client:
        assert client.post(f"{LESSON}/submissions", json={"key": "handin-L1"}).status_code == 409
    with classroom.client("cadre_a") as client:
        [course] = client.get(f"{API}/courses").json()
        assert [one["extended"] for one in course["lessons"]] == [True, False]
        assert client.get(LESSON).json()["is_open"]
        assert client.post(f"{LESSON}/submissions", json={"key": "handin-L1"}).status_code == 201


def test_an_extension_ends_too_and_opens_no_other_lesson(classroom: School, answer: Answer) -> None:
    extend(classroom)
    classroom.clock.now = CLOSED
    other = classroom.course.lessons[1].questions[0]
    body = {"version": other.version, "value": "a", "key": "click-L3-1"}
    with classroom.client("cadre_a") as client:
        address = f"{API}/courses/{COURSE}/questions/{other.id}/answers"
        assert client.post(address, json=body).json()["error"]["code"] in (
            "closed",
            "invalid_answer",
        )
    classroom.clock.now = NOW + timedelta(days=70)
    assert answer("L1-1").json()["error"]["code"] == "closed"


def test_taking_it_back_ends_it_at_once_and_both_stay_on_record(
    classroom: School, answer: Answer
) -> None:
    extend(classroom)
    assert extend(classroom, closes=None, reason="已经出院").status_code == 201
    classroom.clock.now = CLOSED
    assert answer("L1-1").json()["error"]["code"] == "closed"
    with classroom.client("trainer_x") as client:
        made = client.get(f"{LESSON}/extensions").json()["made"]
    assert [(one["name"], one["reason"], one["by"]) for one in made] == [
        ("欧阳龑", "已经出院", "沈知行"),
        ("欧阳龑", "住院两周", "沈知行"),
    ]
    audit = classroom.rows(
        select(tables.Audit.actor, tables.Audit.action, tables.Audit.subject, tables.Audit.detail)
        .where(tables.Audit.action.like("extension.%"))
        .order_by(tables.Audit.id)
    )
    subject = f"{COURSE}/L1/cadre_a"
    assert [tuple(row) for row in audit] == [
        (
            "trainer_x",
            "extension.grant",
            subject,
            {"closes": "2027-01-31T18:00:00+08:00", "reason": "住院两周"},
        ),
        ("trainer_x", "extension.withdraw", subject, {"closes": None, "reason": "已经出院"}),
    ]


def test_the_same_again_writes_nothing_more(classroom: School) -> None:
    for _ in range(2):
        assert extend(classroom).status_code == 201
    assert len(classroom.rows(select(tables.Extension.id))) == 1


@pytest.mark.parametrize(
    ("changed", "status", "words"),
    [
        ({"closes": "2027-01-22T16:30"}, 422, "也晚于原来的截止时间"),
        ({"closes": "2026-01-01T00:00Z"}, 422, "也晚于原来的截止时间"),
        ({"closes": "9999-12-31T23:59:59Z"}, 422, "最多延期 366 天"),
        ({"closes": "0001-01-01T00:00"}, 422, "也晚于原来的截止时间"),
        ({"closes": "下周五"}, 422, "请求的内容不对"),
        ({"closes": None}, 422, "没有给这名学员延过期"),
        ({"reason": "x"}, 422, "请求的内容不对"),
        ({"username": "cadre_b"}, 404, "没有这个内容"),
        ({"username": "trainer_x"}, 404, "没有这个内容"),
        ({"username": "𠮷"}, 404, "没有这个内容"),
    ],
)
def test_what_makes_no_sense_is_refused_in_chinese(
    classroom: School, changed: dict[str, Any], status: int, words: str
) -> None:
    refused = extend(classroom, **changed)
    assert (refused.status_code, words in refused.text) == (status, True), refused.text
    assert classroom.rows(select(tables.Extension.id)) == []


def test_a_learner_who_handed_in_needs_none(classroom: School, answer: Answer) -> None:
    answer("L1-1")
    with classroom.client("cadre_a") as client:
        client.post(f"{LESSON}/submissions", json={"key": "handin-L1"})
    assert "已经交卷" in extend(classroom).text


def test_only_the_trainer_of_the_class_gives_it_and_never_to_oneself(classroom: School) -> None:
    for who in ("trainer_y", "cadre_a", "street1", "district", "admin"):
        assert extend(classroom, who).status_code in (403, 404), who
    trainer = select(tables.Person.id).where(tables.Person.username == "trainer_x")
    [(person,)] = classroom.rows(trainer)
    with classroom.store.begin() as conn:
        row = {"cohort_id": 1, "person_id": person, "enrolled_at": NOW}
        conn.execute(tables.Enrolment.__table__.insert().values(**row))
    assert extend(classroom, username="trainer_x").status_code == 404
    assert classroom.rows(select(tables.Extension.id)) == []


def test_dates_stand_on_the_pages_in_shanghai_time(classroom: School) -> None:
    lesson = f"{PREFIX}courses/{COURSE}/lessons/L1?section=1"
    with classroom.client("cadre_a", by_cookie=True) as client:
        assert "2027年1月22日 16:30 截止" in client.get(lesson).text
        assert "2027年1月22日 16:30 截止" in client.get(f"{PREFIX}courses").text
        extend(classroom)
        for address in (lesson, f"{PREFIX}courses"):
            assert "2027年1月31日 18:00 截止" in client.get(address).text
            assert "教员已为您延期" in client.get(address).text
    with classroom.client("trainer_x", by_cookie=True) as client:
        page = client.get(f"{PREFIX}courses/{COURSE}/lessons/L1/extensions").text
    assert "欧阳龑" in page
    assert "2027年1月31日 18:00" in page
    assert "住院两周" in page
