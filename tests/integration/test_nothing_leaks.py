"""No key, reason or rubric in anything a learner can fetch before the rules release it."""

import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urljoin

import httpx
import pytest

from grading.leaks import texts_in
from tests.running_platform import ROOT, RunningPlatform
from tests.secrets_of import secrets
from zhixing.course import Course, Lesson
from zhixing.coursefiles import load_course
from zhixing.paper import own_course

CLASSROOM = "/services/classroom/"
MOST_PAGES = 400


@pytest.fixture(scope="module")
def newcomer(platform: RunningPlatform) -> str:
    return platform.newcomer()


@pytest.fixture(scope="module")
def course(newcomer: str) -> Course:
    """The course as this cadre has it, with the own data in it."""
    return own_course(load_course(ROOT / "courses" / "shujiketang"), newcomer)


@pytest.fixture(scope="module")
def pages(platform: RunningPlatform, newcomer: str, course: Course) -> dict[str, str]:
    """Everything a cadre who has answered nothing can fetch, by address."""
    with platform.client(newcomer) as client:
        found = dict(crawled(client))
        found |= dict(called(client, course))
    return found


def on_display(lesson: Lesson) -> set[str]:
    """What stands in the tables handed to the learner; to find in them is the exercise."""
    rows = (row for task in lesson.tasks for one in task.tables.values() for row in one["rows"])
    return {cell for row in rows for cell in row if isinstance(cell, str)}


def crawled(client: httpx.Client) -> Iterator[tuple[str, str]]:
    """Follow every link and script of every page, from the home page on."""
    waiting, seen = [CLASSROOM], {CLASSROOM}
    while waiting and len(seen) < MOST_PAGES:
        answer = client.get(waiting.pop())
        yield str(answer.url), answer.text
        for link in re.findall(r'(?:href|src|from|import)\s*=?\s*\(?["\']([^"\'\s]+)', answer.text):
            address = urldefrag(urljoin(str(answer.url), link)).url
            path = address.removeprefix(str(client.base_url).rstrip("/"))
            if path.startswith(CLASSROOM) and "logout" not in path and path not in seen:
                seen.add(path)
                waiting.append(path)


def called(client: httpx.Client, course: Course) -> Iterator[tuple[str, str]]:
    """GET every address of the API's own description, with every id the course has."""
    document = client.get(f"{CLASSROOM}api/openapi.json").json()
    for template, verbs in document["paths"].items():
        for path in filled(template, course) if "get" in verbs else ():
            answer = client.get(path if path.startswith(CLASSROOM) else f"{CLASSROOM}api{path}")
            yield path, answer.text


def filled(template: str, course: Course) -> Iterator[str]:
    lessons, tasks = course.lessons, [task for lesson in course.lessons for task in lesson.tasks]
    known: dict[str, list[str]] = {
        "course": [course.id],
        "lesson": [lesson.id for lesson in lessons],
        "question": [question.id for lesson in lessons for question in lesson.questions],
        "task": [task.id for task in tasks],
        "table": sorted({name for task in tasks for name in task.tables}),
    }
    paths = [template]
    for name in re.findall(r"{(\w+)}", template):
        values = known.get(name, ["1"])
        paths = [path.replace(f"{{{name}}}", value) for path in paths for value in values]
    yield from paths


def test_the_walk_saw_every_section_and_every_question(
    pages: dict[str, str], course: Course
) -> None:
    everything = "\n".join(pages.values())
    for lesson in course.lessons:
        assert all(section.title in everything for section in lesson.sections), lesson.id
        for question in lesson.questions:
            assert any(path.endswith(f"/questions/{question.id}") for path in pages), question.id
            assert question.version in everything, question.id


def test_no_answer_of_the_server_holds_a_secret(pages: dict[str, str], course: Course) -> None:
    found = [
        (address, question.id, secret)
        for lesson in course.lessons
        for displayed in [on_display(lesson)]
        for question in lesson.possible_questions
        for secret in secrets(question) - displayed
        for address, text in pages.items()
        if secret in text or json.dumps(secret)[1:-1] in text
    ]
    assert found == []


def test_every_question_has_a_secret_that_the_test_would_find(course: Course) -> None:
    for lesson in course.lessons:
        for question in lesson.questions:
            assert secrets(question), question.id


def test_no_released_notebook_holds_a_secret(platform: RunningPlatform, course: Course) -> None:
    folder = platform.data / "courses" / course.id / "release"
    texts = {
        path.name: "\n".join(texts_in(json.loads(path.read_bytes())))
        for path in folder.rglob("*.ipynb")
    }
    assert len(texts) >= len(course.lessons)
    for lesson in course.lessons:
        for question in lesson.questions:
            leaks = [n for n, text in texts.items() for s in secrets(question) if s in text]
            assert leaks == [], question.id


def test_the_wheel_holds_no_course(tmp_path: Path, course: Course) -> None:
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path)]
    subprocess.run([*build, str(ROOT)], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        text = b"\n".join(archive.read(name) for name in names).decode(errors="replace")
    assert not [name for name in names if name.startswith("courses/") or name.endswith(".ipynb")]
    known: dict[str, Any] = {
        q.version: secrets(q) for lesson in course.lessons for q in lesson.possible_questions
    }
    assert [(name, s) for name, found in known.items() for s in found if s in text] == []
