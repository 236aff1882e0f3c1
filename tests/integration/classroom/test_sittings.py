"""A test in the classroom: one sitting, the server's closing time, a paper of one's own, resits."""

import dataclasses
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.classroom_school import API, COURSE, NOW, School, school
from tests.integration.classroom.conftest import courses
from zhixing.course import Course, Form
from zhixing.rules import LessonRules

QUESTION = f"{API}/courses/{COURSE}/questions/L1-1"
LESSON = f"{API}/courses/{COURSE}/lessons/L1"
CLOSES = NOW + timedelta(days=2)


def as_test(course: Course) -> Course:
    """The course with L1 as a test whose place L1-1 is drawn from three questions."""
    lesson = course.lessons[0]
    first = lesson.question("L1-1")
    assert first is not None
    forms = tuple(
        Form(f"P{n}", dataclasses.replace(first, prompt=f"第{n}题，属于哪一类？")) for n in range(3)
    )
    questions = tuple(forms[0].question if one.id == "L1-1" else one for one in lesson.questions)
    rules = LessonRules(mode="test", feedback="handin", shuffle=True, closes=CLOSES)
    changed = dataclasses.replace(lesson, questions=questions, rules=rules, forms={"L1-1": forms})
    return dataclasses.replace(course, lessons=(changed, *course.lessons[1:]))


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[School]:
    [course] = courses()
    url = f"sqlite:///{tmp_path}/r.db"
    with school(url, tmp_path, (as_test(course),), lambda *_: b"PK") as started:
        yield started


def give(opened: School, value: str, key: str, who: str = "cadre_a") -> httpx.Response:
    with opened.client(who) as client:
        version = client.get(QUESTION).json()["question"]["version"]
        body = {"version": version, "value": value, "key": key}
        return client.post(f"{QUESTION}/answers", json=body)


def post(opened: School, address: str, who: str = "cadre_a", **body: Any) -> httpx.Response:
    with opened.client(who) as client:
        return client.post(address, json=body or None)


def view(opened: School, who: str = "cadre_a") -> dict[str, Any]:
    with opened.client(who) as client:
        found: dict[str, Any] = client.get(QUESTION).json()
    return found


def hand_in(opened: School, key: str) -> httpx.Response:
    return post(opened, f"{LESSON}/submissions", key=key)


def test_the_last_answer_counts_and_nothing_is_told_before_hand_in(opened: School) -> None:
    right = opened.course.lessons[0].questions[0].key["option"]
    wrong = next(o["id"] for o in view(opened)["question"]["options"] if o["id"] != right)
    for number, value in enumerate((right, wrong, right), start=1):
        told = give(opened, value, f"click-000{number}").json()["state"]
        assert (told["score"], told["reveal"], told["reasons"]) == (None, None, [])
    assert hand_in(opened, "hand-in-1").status_code == 201
    state = view(opened)["state"]
    assert (state["score"], state["credit"]) == (1.0, 1.0)
    assert state["reveal"]


def test_an_answer_after_closing_time_is_refused_and_the_earlier_one_stands(
    opened: School,
) -> None:
    assert give(opened, "a", "click-0001").status_code == 201
    opened.clock.now = CLOSES
    refused = give(opened, "b", "click-0002")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "closed")
    assert "截止" in refused.json()["error"]["message"] or "不接收" in refused.text
    assert view(opened)["state"]["last"]["value"] == "a"


def test_learners_have_papers_of_their_own_and_no_key_of_any(opened: School) -> None:
    shown = [view(opened, who)["question"] for who in ("cadre_a", "filler1", "filler2", "cadre_b")]
    assert len({one["prompt"] for one in shown} | {str(one["options"]) for one in shown}) > 2
    assert all("key" not in one and "reason" not in str(one["options"]) for one in shown)


def test_another_learners_version_is_refused(opened: School) -> None:
    versions = {who: view(opened, who)["question"]["version"] for who in ("cadre_a", "filler1")}
    forms = opened.course.lessons[0].forms["L1-1"]
    foreign = next(
        form.question.version for form in forms if form.question.version != versions["cadre_a"]
    )
    refused = post(opened, f"{QUESTION}/answers", version=foreign, value="a", key="click-0009")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "unknown_version")


def test_a_resit_is_granted_begun_once_and_the_best_sitting_counts(opened: School) -> None:
    right = opened.course.lessons[0].questions[0].key["option"]
    first = view(opened)["question"]["prompt"]
    give(opened, right, "click-0001")
    assert hand_in(opened, "hand-in-1").status_code == 201
    begin = f"{LESSON}/sittings"
    refused = post(opened, begin)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "no_resit")
    with opened.client("trainer_x") as client:
        [row] = client.get(f"{LESSON}/submissions").json()
    grant = f"{API}/submissions/{row['id']}/resit"
    assert post(opened, grant, "cadre_a").status_code == 403
    assert post(opened, grant, "trainer_y").status_code == 404
    for _ in range(2):  # a second click grants nothing more
        assert post(opened, grant, "trainer_x").json()["sittings"] == 2
    opened.clock.now = CLOSES + timedelta(days=1)  # closed for the others by now
    for _ in range(2):
        assert post(opened, begin).json() == {"sitting": 2}
    again = view(opened)
    assert again["question"]["prompt"] != first
    assert (again["state"]["attempts"], again["state"]["last"]) == (0, None)
    wrong = next(o["id"] for o in again["question"]["options"] if o["id"] != right)
    assert give(opened, wrong, "click-0002").status_code == 201
    assert hand_in(opened, "hand-in-2").json()["number"] == 2
    with opened.client("trainer_x") as client:
        [row] = client.get(f"{LESSON}/submissions").json()
    assert row["number"] == 1, "the best of both is what the trainer grades"


def test_only_a_test_has_resits(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/r.db"
    with school(url, tmp_path, courses(), lambda *_: b"PK") as opened:
        give(opened, "a", "click-0001")
        assert hand_in(opened, "hand-in-1").status_code == 201
        with opened.client("trainer_x") as client:
            [row] = client.get(f"{LESSON}/submissions").json()
        refused = post(opened, f"{API}/submissions/{row['id']}/resit", "trainer_x")
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "no_test")


def test_pages_say_what_a_test_is_and_offer_the_resit(opened: School) -> None:
    page = "/services/classroom/courses/shujiketang/lessons/L1"
    with opened.client("cadre_a", by_cookie=True) as client:
        assert "截止，按服务器的时间" in client.get(f"{page}?section=1").text
    give(opened, "a", "click-0001")
    hand_in(opened, "hand-in-1")
    with opened.client("trainer_x", by_cookie=True) as client:
        shown = client.get(f"{page}/sittings").text
        assert "允许欧阳龑再考一次" in shown
        [row] = client.get(f"{LESSON}/submissions").json()
    post(opened, f"{API}/submissions/{row['id']}/resit", "trainer_x")
    with opened.client("cadre_a", by_cookie=True) as client:
        assert "开始第 2 次" in client.get(f"{page}?section=1").text
