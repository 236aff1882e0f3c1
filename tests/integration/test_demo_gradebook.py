"""Every grade that the demo shows is in nbgrader's gradebook, where a trainer looks for it."""

import json
import sqlite3
from contextlib import closing

import pytest
from nbgrader.api import Gradebook

from tests.running_platform import ROOT, RunningPlatform
from zhixing.coursefiles import load_course

RELEASED = """
SELECT person.username, person.name, submission.lesson_id, grade.score, grade.max_score, grade.cells
FROM grade
JOIN submission ON submission.id = grade.submission_id
JOIN enrolment ON enrolment.id = submission.enrolment_id
JOIN person ON person.id = enrolment.person_id
WHERE person.username = 'cadre002'
ORDER BY submission.id
"""
LESSONS = [lesson.id for lesson in load_course(ROOT / "courses" / "shujiketang").lessons]
"""The demo's cadre002 has been through the whole course."""


@pytest.fixture
def released(platform: RunningPlatform) -> list[tuple[str, str, str, float, float, str]]:
    with closing(sqlite3.connect(platform.data / "records" / "records.db")) as conn:
        return conn.execute(RELEASED).fetchall()


def test_a_released_grade_of_the_demo_is_the_gradebooks(
    platform: RunningPlatform, released: list[tuple[str, str, str, float, float, str]]
) -> None:
    assert [row[2] for row in released] == LESSONS
    path = platform.data / "courses" / "shujiketang" / "gradebook.db"
    with Gradebook(f"sqlite:///{path}", "shujiketang") as gradebook:
        for username, name, lesson, score, max_score, cells in released:
            found = gradebook.find_submission(lesson, username)
            assert (found.score, found.max_score) == (score, max_score)
            assert not found.needs_manual_grade
            assert found.student.last_name == name
            graded = {g.name: g.score for notebook in found.notebooks for g in notebook.grades}
            assert graded == {cell["id"]: cell["score"] for cell in json.loads(cells)}
