"""One answer through the real API on the real database, and every way it may be refused."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from tests.classroom_school import API, COURSE, LESSON, NOW, School
from tests.grading_course import TOTALS
from tests.integration.classroom.conftest import Answer
from tests.right_and_wrong import right_value, steps
from zhixing.records import tables

QUESTION = f"{API}/courses/{COURSE}/questions/L1-1"


def error(response: httpx.Response) -> dict[str, Any]:
    body = response.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message", "field", "next"}
    found: dict[str, Any] = body["error"]
    return found


def count(classroom: School) -> int:
    return int(classroom.rows(select(func.count()).select_from(tables.Answer))[0][0])


def test_an_answer_is_marked_explained_and_on_record(classroom: School, answer: Answer) -> None:
    given = answer()
    assert given.status_code == 201
    receipt = given.json()
    assert receipt["state"]["score"] == 1.0
    assert receipt["state"]["reveal"]["explanation"]
    [row] = classroom.rows(select(tables.Answer.value, tables.Answer.received_at))
    assert (row.value, row.received_at) == ("a", NOW)
    assert receipt["received_at"] == NOW.isoformat()
    with classroom.client("cadre_a") as client:
        assert client.get(QUESTION).json()["state"] == receipt["state"]


def test_the_same_click_twice_is_one_answer_and_one_receipt(
    classroom: School, answer: Answer
) -> None:
    first = answer(key="one-click", is_right=False)
    again = answer(key="one-click", is_right=False)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert count(classroom) == 1


def test_twenty_posts_of_one_click_at_once_are_one_answer(
    classroom: School, answer: Answer
) -> None:
    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(lambda _: answer(key="one-click"), range(20)))
    assert {one.status_code for one in given} <= {200, 201}
    assert len({one.json()["receipt"] for one in given}) == 1
    assert count(classroom) == 1


def test_one_click_with_two_contents_keeps_the_first(classroom: School, answer: Answer) -> None:
    answer(key="one-click", is_right=False)
    refused = answer(key="one-click")
    assert (refused.status_code, error(refused)["code"]) == (409, "key_reused")
    assert count(classroom) == 1


def test_the_best_try_counts_and_after_the_last_try_there_is_none(
    classroom: School, answer: Answer
) -> None:
    for _ in range(3):
        last = answer("L1-6", is_right=False)
    assert last.json()["state"]["status"] == "done"
    assert last.json()["state"]["reveal"]
    refused = answer("L1-6")
    assert (refused.status_code, error(refused)["code"]) == (409, "tries_spent")
    assert count(classroom) == 3


INVALID = (
    ("L1-1", "z"),
    ("L1-1", ["a"]),
    ("L1-1", None),
    ("L1-1", {"a": {"b": ["c"] * 50}}),
    ("L1-2", {"politics": "nowhere"}),
    ("L1-5", "大约两百多"),
    ("L1-6", ["a", "a"]),
    ("L1-W1", "x" * 6000),
)


def test_an_invalid_answer_costs_no_try_and_says_why_in_chinese(
    classroom: School, answer: Answer
) -> None:
    for question, value in INVALID:
        refused = answer(question, value=value)
        told = error(refused)
        assert (refused.status_code, told["code"]) == (422, "invalid_answer"), (question, value)
        assert told["field"] == "value"
        assert any("\u4e00" <= sign <= "\u9fff" for sign in told["message"])
        assert "不算" in told["next"]
    assert count(classroom) == 0


MALFORMED = (
    b"",
    b"{",
    b"[]",
    b'{"value": "a"}',
    b'{"version": "x", "value": "a", "key": "12345678"}',
    b'{"version": "0123456789abcdef", "value": "a", "key": "short"}',
    b'{"version": "0123456789abcdef", "value": "a", "key": "12345678", "username": "cadre_b"}',
    b"[" * 30_000,
    b'{"value": "\xff\xfe"}',
)


def test_a_malformed_request_gets_the_one_shape(classroom: School) -> None:
    with classroom.client("cadre_a") as client:
        client.headers["Content-Type"] = "application/json"
        for body in MALFORMED:
            refused = client.post(f"{QUESTION}/answers", content=body)
            assert refused.status_code in (400, 422), body[:40]
            assert error(refused)["message"]
    assert count(classroom) == 0


@pytest.mark.parametrize("sign", ["\\u0000", "\\ud800"])
def test_what_a_database_may_not_keep_is_kept_whole_or_refused_with_words(
    classroom: School, sign: str
) -> None:
    question = classroom.course.lessons[0].question("L1-W1")
    assert question
    body = f'{{"version": "{question.version}", "value": "好{sign}坏", "key": "click-0001"}}'
    with classroom.client("cadre_a") as client:
        client.headers["Content-Type"] = "application/json"
        address = f"{API}/courses/{COURSE}/questions/L1-W1/answers"
        given = client.post(address, content=body.encode())
    if given.status_code == 201:
        assert [row.value for row in classroom.rows(select(tables.Answer.value))] == ["好\0坏"]
    else:
        assert given.status_code in (409, 422)
        assert error(given)["message"]
        assert count(classroom) == 0


def test_rare_characters_and_markup_are_kept_as_written(classroom: School, answer: Answer) -> None:
    words = "请 𠮷龑䶮 同志入户，核对<b>底数</b>。😀\n第二行"
    assert answer("L1-W1", value=words).status_code == 201
    assert classroom.rows(select(tables.Answer.value)) == [(words,)]


def test_a_written_answer_may_be_put_down_again(classroom: School, answer: Answer) -> None:
    for words in ("第一稿", "第二稿"):
        given = answer("L1-W1", value=words)
    assert given.json()["state"]["status"] == "open"
    assert given.json()["state"]["last"]["value"] == "第二稿"
    assert given.json()["state"]["score"] is None


def test_an_unknown_version_is_refused_and_says_to_reload(answer: Answer) -> None:
    refused = answer(version="0123456789abcdef")
    assert (refused.status_code, error(refused)["code"]) == (409, "unknown_version")
    assert "刷新" in error(refused)["next"]


@pytest.mark.parametrize(("days", "code"), [(-21, "not_yet_open"), (61, "closed")])
def test_a_closed_lesson_takes_no_answer(
    classroom: School, answer: Answer, days: int, code: str
) -> None:
    classroom.clock.now = NOW + timedelta(days=days)
    refused = answer()
    assert (refused.status_code, error(refused)["code"]) == (409, code)
    with classroom.client("cadre_a") as client:
        assert client.get(QUESTION).json()["state"]["status"] == "closed"


def test_an_answer_taken_in_time_keeps_its_receipt_after_the_end(
    classroom: School, answer: Answer
) -> None:
    first = answer(key="in-time-1")
    classroom.clock.now = NOW + timedelta(days=61)
    again = answer(key="in-time-1")
    assert again.status_code == 200
    assert again.json()["receipt"] == first.json()["receipt"]


def test_a_foreign_lesson_looks_like_one_that_does_not_exist(
    classroom: School, answer: Answer
) -> None:
    foreign = answer(who="stranger")
    guessed = [answer(who="stranger", value="z"), answer(who="stranger", version="0" * 16)]
    with classroom.client("cadre_a") as client:
        missing = client.post(f"{API}/courses/{COURSE}/questions/L9-9/answers", json={})
        nowhere = client.get(f"{API}/courses/nothing/lessons/L1")
    assert [one.status_code for one in (foreign, *guessed)] == [404, 404, 404]
    assert nowhere.status_code == 404
    assert error(foreign) == error(nowhere)
    assert missing.status_code in (404, 422)


def test_more_than_64_kb_is_refused_before_it_is_read(classroom: School, answer: Answer) -> None:
    refused = answer("L1-W1", value="长" * 30_000)
    assert (refused.status_code, error(refused)["code"]) == (413, "too_large")
    with classroom.client("cadre_a") as client:
        stream = client.post(f"{QUESTION}/answers", content=iter([b"{", b"}"]))
    assert (stream.status_code, error(stream)["code"]) == (411, "no_length")


def test_no_answer_of_the_api_holds_a_key_before_its_time(classroom: School) -> None:
    course = classroom.course
    with classroom.client("cadre_a") as client:
        texts = [client.get(f"{API}/courses").text, client.get(LESSON).text]
        texts += [
            client.get(f"/services/classroom/courses/{COURSE}/lessons/L1?section={n}").text
            for n in range(1, 5)
        ]
    for question in course.lessons[0].questions:
        secrets = [option.reason for option in question.options if len(option.reason) > 8]
        secrets += [question.explanation] + [str(wrong["step"]) for wrong in question.wrong]
        for secret in filter(None, secrets):
            assert not any(secret in text for text in texts), question.id


def test_each_answer_counts_in_progress_at_once(classroom: School, answer: Answer) -> None:
    for question in classroom.course.lessons[0].questions:
        for value in steps(question, right_value(question)):
            assert answer(question.id, value=value).status_code == 201
    with classroom.client("cadre_a") as client:
        [course] = client.get(f"{API}/courses").json()
    lesson = course["lessons"][0]
    assert lesson["answered"] == lesson["questions"]
    assert lesson["earned"] == lesson["possible"] == TOTALS["L1"] - 8
    assert lesson["completed_at"] == NOW.isoformat()


def test_the_place_to_resume_is_kept_and_checked(classroom: School) -> None:
    with classroom.client("cadre_a") as client:
        assert client.put(f"{LESSON}/position", json={"section": 2}).status_code == 200
        assert client.get(LESSON).json()["position"] == 2
        beyond = client.put(f"{LESSON}/position", json={"section": 99})
        assert error(beyond)["code"] == "no_such_section"
        assert client.put(f"{LESSON}/position", json={"section": -1}).status_code == 422
        opened = client.get(f"/services/classroom/courses/{COURSE}/lessons/L1")
    assert opened.headers["location"].endswith("?section=3")
