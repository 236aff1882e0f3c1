"""An answer that is refused leaves a row in the audit log and earlier answers as they were."""

from typing import Any

import httpx
import pytest
from sqlalchemy import select

from tests.classroom_school import API, COURSE, School
from tests.integration.classroom.conftest import Answer
from zhixing.classroom.refusals import ACTION, MOST_AN_HOUR
from zhixing.records import tables

ANSWERS = f"{API}/courses/{COURSE}/questions/{{}}/answers"
VERSION = "0123456789abcdef"


def noted(classroom: School) -> list[tuple[str, str, str]]:
    rows = select(tables.Audit).where(tables.Audit.action == ACTION).order_by(tables.Audit.id)
    with classroom.store.read() as conn:
        found = conn.execute(rows).mappings().all()
    return [(row["actor"], row["subject"], row["detail"]["code"]) for row in found]


def answers(classroom: School) -> list[Any]:
    return [tuple(row) for row in classroom.rows(select(tables.Answer.__table__))]


def post(classroom: School, question: str, body: Any, **more: Any) -> httpx.Response:
    with classroom.client("cadre_a") as client:
        return client.post(ANSWERS.format(question), **({"json": body} if body else {}), **more)


BAD = {
    "no such question": ("L1-99", {"value": "a"}, "not_found"),
    "another version": ("L1-1", {"value": "a", "version": VERSION}, "unknown_version"),
    "a version that is none": ("L1-1", {"value": "a", "version": "; DROP"}, "invalid_request"),
    "another shape": ("L1-1", {"value": {"a": 1}}, "invalid_answer"),
    "an option not offered": ("L1-1", {"value": "zz"}, "invalid_answer"),
    "a number that is none": ("L1-5", {"value": "NaN"}, "invalid_answer"),
    "an endless number": ("L1-5", {"value": "9" * 199}, "invalid_answer"),
    "a negative option": ("L1-7", {"value": [-1]}, "invalid_answer"),
    "a jump in a case": ("C1", {"value": ["B", "b1"]}, "out_of_step"),
    "somebody else's name": ("L1-1", {"value": "a", "username": "cadre_b"}, "invalid_request"),
}


@pytest.mark.parametrize("name", BAD)
def test_it_is_refused_noted_and_changes_nothing(
    classroom: School, answer: Answer, name: str
) -> None:
    answer("L1-2")
    before = answers(classroom)
    question, given, code = BAD[name]
    known = classroom.course.lessons[0].question(question)
    version = known.version if known else VERSION
    refused = post(classroom, question, {"version": version, "key": "click-bad-1"} | given)
    assert 400 <= refused.status_code < 500, refused.text
    assert refused.json()["error"]["code"] == code
    assert refused.json()["error"]["message"]
    assert noted(classroom) == [("cadre_a", question, code)]
    assert answers(classroom) == before


def test_a_megabyte_is_refused_unread_and_noted_in_one_short_row(classroom: School) -> None:
    refused = post(classroom, "L1-W1", {"value": "字" * 400_000})
    assert refused.status_code == 413
    assert noted(classroom) == [("cadre_a", "L1-W1", "too_large")]
    assert answers(classroom) == []


def test_a_number_json_does_not_know_is_refused(classroom: School) -> None:
    question = classroom.course.lessons[0].question("L1-5")
    assert question
    body = f'{{"version": "{question.version}", "value": NaN, "key": "click-nan-1"}}'
    headers = {"content-type": "application/json"}
    refused = post(classroom, "L1-5", None, content=body, headers=headers)
    assert refused.status_code == 422
    assert noted(classroom)[0][:2] == ("cadre_a", "L1-5")


def test_another_answer_under_a_used_key_is_noted(classroom: School, answer: Answer) -> None:
    answer("L1-1", key="one-click")
    before = answers(classroom)
    assert answer("L1-1", key="one-click", is_right=False).status_code == 409
    assert noted(classroom) == [("cadre_a", "L1-1", "key_reused")]
    assert answers(classroom) == before


def test_without_a_log_in_nothing_is_noted(classroom: School) -> None:
    with httpx.Client(base_url=classroom.url) as nobody:
        assert nobody.post(ANSWERS.format("L1-1"), json={}).status_code in (401, 422)
    assert noted(classroom) == []


def test_nobody_can_fill_the_log(classroom: School) -> None:
    with classroom.client("cadre_a") as client:
        for _ in range(MOST_AN_HOUR + 5):
            client.post(ANSWERS.format("L1-1"), json={})
    assert len(noted(classroom)) == MOST_AN_HOUR
