"""The classroom on each database, fresh for every test."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.classroom_school import API, COURSE, COURSES, School, released_packer, school
from tests.right_and_wrong import right_value, wrong_value
from zhixing.course import Course
from zhixing.coursefiles import load_courses

Answer = Callable[..., httpx.Response]


@cache
def courses() -> tuple[Course, ...]:
    return load_courses(COURSES)


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data folder with both lessons released, made by the first hand-in of the run."""
    return tmp_path_factory.mktemp("released")


@pytest.fixture
def classroom(database_url: str, tmp_path: Path, released: Path) -> Iterator[School]:
    with school(database_url, tmp_path, courses(), released_packer(released)) as opened:
        yield opened


@pytest.fixture
def answer(classroom: School) -> Answer:
    """Give an answer: by default cadre A a right one to L1-1, with a key of its own."""
    keys = iter(range(1000))

    def give(question_id: str = "L1-1", *, who: str = "cadre_a", **changed: Any) -> httpx.Response:
        question = classroom.course.lessons[0].question(question_id)
        assert question
        is_right = changed.pop("is_right", True)
        value = (right_value if is_right else wrong_value)(question)
        body = {"version": question.version, "value": value, "key": f"click-{next(keys):04d}"}
        with classroom.client(who) as client:
            address = f"{API}/courses/{COURSE}/questions/{question_id}/answers"
            return client.post(address, json=body | changed)

    return give
