"""A lesson that is not published: nobody gets it, and nobody completes its course without it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from tests.classroom_school import API, COURSE, NOW, PREFIX, School, school
from tests.integration.classroom.conftest import courses
from zhixing.records.tables import LessonProgress


@pytest.fixture
def opened(database_url: str, tmp_path: Path) -> Iterator[School]:
    course, *others = courses()
    first, *rest = course.lessons
    half = replace(course, lessons=(first,), withheld=tuple(lesson.id for lesson in rest))
    with school(database_url, tmp_path, (half, *others), lambda *_: b"PK") as started:
        yield started


def test_a_withheld_lesson_opens_for_nobody_and_the_course_says_so(opened: School) -> None:
    for username in ("cadre_a", "trainer_x"):
        with opened.client(username) as client:
            assert client.get(f"{API}/courses/{COURSE}/lessons/L3").status_code == 404
            assert client.get(f"{API}/courses/{COURSE}/questions/L3-1").status_code == 404
            assert client.get(f"{API}/tasks/{COURSE}/D1/roster.json").status_code == 404
    with opened.client("cadre_a", by_cookie=True) as client:
        assert "还有 1 讲没有发布" in client.get(f"{PREFIX}courses").text


def test_the_hours_come_with_the_whole_course_only(opened: School) -> None:
    with opened.client("cadre_a") as client:
        client.headers["X-Zhixing"] = "1"
        address = f"{API}/courses/{COURSE}/lessons/L1/position"
        assert client.put(address, json={"section": 0}).status_code == 200
        with opened.store.begin() as conn:
            conn.execute(update(LessonProgress).values(completed_at=NOW))
        record = client.get(f"{API}/record").json()
        assert record["courses"][0]["lessons"][0]["completed_at"]
        assert record["courses"][0]["withheld"] == 1
        assert record["hours"] == 0
