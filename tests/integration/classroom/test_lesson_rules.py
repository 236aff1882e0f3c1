"""What a lesson's rules do to an answer, through the real API on the real database."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from tests.classroom_school import API, COURSE, School, school
from tests.integration.classroom.conftest import courses
from tests.right_and_wrong import right_value, wrong_value
from zhixing.records import tables
from zhixing.rules import LessonRules

RULES = LessonRules(tries=3, falloff=0.25, certainty=True)


@pytest.fixture
def strict(database_url: str, tmp_path: Path) -> Iterator[School]:
    """The classroom with tries that earn less and less and a question how sure one is."""
    [course] = courses()
    first, *others = course.lessons
    changed = replace(course, lessons=(replace(first, rules=RULES), *others))
    with school(database_url, tmp_path, (changed,)) as opened:
        yield opened


def give(
    strict: School, key: str, *, is_right: bool, question_id: str = "L1-6", **more: Any
) -> httpx.Response:
    question = strict.course.lessons[0].question(question_id)
    assert question
    value = (right_value if is_right else wrong_value)(question)
    body = {"version": question.version, "value": value, "key": key, **more}
    with strict.client("cadre_a") as client:
        address = f"{API}/courses/{COURSE}/questions/{question_id}/answers"
        return client.post(address, json=body)


def test_a_later_try_earns_less_everywhere_it_is_told(strict: School) -> None:
    question = strict.course.lessons[0].question("L1-6")
    assert question
    first = give(strict, "first-try", is_right=False, certainty=3).json()
    second = give(strict, "second-try", is_right=True, certainty=2).json()
    assert (second["state"]["score"], second["state"]["credit"]) == (1.0, 0.75)
    [earned] = strict.rows(select(tables.LessonProgress.earned))[0]
    assert earned == 0.75 * question.points
    with strict.client("cadre_a") as client:
        view = client.get(f"{API}/courses/{COURSE}/questions/L1-6").json()
        lessons = client.get(f"{API}/courses").json()[0]["lessons"]
    assert view["state"] == second["state"]
    assert "第 2 次答对得 75%" in first["state"]["counting"]
    assert lessons[0]["earned"] == 0.75 * question.points


def test_how_sure_one_was_is_kept_with_the_answer_and_its_mark_beside_the_score(
    strict: School,
) -> None:
    told = give(strict, "sure-wrong", is_right=False, certainty=3).json()["state"]
    wrong = told["score"]
    assert "您选了“很有把握”" in told["reasons"][-1]["text"]
    rows = strict.rows(select(tables.Answer.certainty))
    marks = strict.rows(select(tables.MarkRecord.score, tables.MarkRecord.certainty_mark))
    assert [tuple(row) for row in rows] == [(3,)]
    assert [tuple(row) for row in marks] == [(wrong, -6 + 9 * wrong)]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({}, "certainty_missing"),
        ({"certainty": None}, "certainty_missing"),
        ({"certainty": 4}, "invalid_request"),
        ({"certainty": True}, "invalid_request"),
        ({"certainty": "3"}, "invalid_request"),
    ],
)
def test_an_answer_without_it_is_refused_and_costs_no_try(
    strict: School, more: dict[str, Any], code: str
) -> None:
    refused = give(strict, "not-said", is_right=True, **more)
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, code)
    assert refused.json()["error"]["field"] == "certainty"
    assert strict.rows(select(tables.Answer.id)) == []


def test_one_click_with_two_certainties_keeps_the_first(strict: School) -> None:
    first = give(strict, "one-click", is_right=True, certainty=1)
    assert give(strict, "one-click", is_right=True, certainty=1).json() == first.json()
    assert give(strict, "one-click", is_right=True, certainty=3).status_code == 409


def test_nobody_is_asked_how_sure_about_a_text(strict: School) -> None:
    taken = give(strict, "a-text-of-mine", is_right=True, question_id="L1-W1", certainty=3)
    assert taken.status_code == 201
    assert strict.rows(select(tables.Answer.certainty))[0].certainty is None
