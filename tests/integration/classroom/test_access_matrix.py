"""Every route for everybody of the cast: who gets in, who is told what, and no route forgotten."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.routing import iter_route_contexts
from sqlalchemy import delete, insert, select

from tests.classroom_school import API, CAST, COURSE, NOW, PREFIX, School, school
from tests.integration.classroom.conftest import courses
from zhixing.bench.postgres import PostgresServer
from zhixing.course import Course
from zhixing.records import tables

EVERYBODY = frozenset(CAST)
ENROLLED = frozenset({"cadre_a", "cadre_b"})
TRAINERS = frozenset({"trainer_x", "trainer_y"})
DEPARTMENTS = frozenset({"street1", "district"})
LESSON = "/courses/{course}/lessons/{lesson}"
QUESTION = "/courses/{course}/questions/{question}"

TABLE: dict[tuple[str, str], frozenset[str]] = {
    ("GET", "/me"): EVERYBODY,
    ("GET", "/record"): EVERYBODY,
    ("GET", "/courses"): EVERYBODY,
    ("GET", "/own/review"): EVERYBODY,
    # Nobody here has an error whose key is released; test_review.py has those who do.
    ("POST", "/own/review"): frozenset(),
    ("GET", LESSON): ENROLLED | TRAINERS,
    ("GET", f"{LESSON}/release"): ENROLLED | TRAINERS,
    ("PUT", f"{LESSON}/position"): ENROLLED,
    ("GET", QUESTION): ENROLLED | TRAINERS,
    ("POST", f"{QUESTION}/answers"): ENROLLED,
    ("POST", f"{LESSON}/submissions"): ENROLLED,
    ("PUT", f"{LESSON}/workbooks/{{name}}"): ENROLLED,
    ("GET", f"{LESSON}/submissions"): TRAINERS,
    ("GET", f"{LESSON}/extensions"): TRAINERS,
    # The learner is of class 1.
    ("POST", f"{LESSON}/extensions"): frozenset({"trainer_x"}),
    ("GET", f"{LESSON}/items"): TRAINERS,
    ("GET", f"{LESSON}/items.xlsx"): TRAINERS,
    # The object is class 1.
    ("GET", f"{LESSON}/items?cohort=1"): frozenset({"trainer_x"}),
    ("GET", f"{LESSON}/items.xlsx?cohort=1"): frozenset({"trainer_x"}),
    # The object is a hand-in of class 1.
    ("GET", "/submissions/{submission}/package"): frozenset({"trainer_x"}),
    ("POST", "/submissions/{submission}/grades"): frozenset({"trainer_x"}),
    # Nobody here has a test; test_sittings.py has one.
    ("POST", f"{LESSON}/sittings"): ENROLLED,
    ("POST", "/submissions/{submission}/resit"): frozenset({"trainer_x"}),
    ("GET", "/courses/{course}/regrades"): TRAINERS,
    ("GET", f"{QUESTION}/regrade"): TRAINERS,
    ("POST", f"{QUESTION}/regrade"): TRAINERS,
    ("GET", f"{LESSON}/regrade"): TRAINERS,
    ("POST", f"{LESSON}/regrade"): TRAINERS,
    # There is none; test_regrade.py has some.
    ("POST", "/regrades/{regrade}/undo"): frozenset(),
    ("POST", "/regrades/{regrade}/gradebook"): frozenset(),
    ("GET", f"{QUESTION}/sheet.docx"): ENROLLED | TRAINERS,
    ("GET", "/tasks/{course}/{task}/{table}.json"): ENROLLED | TRAINERS,
    ("GET", "/tasks/{course}/{task}/{table}.xlsx"): ENROLLED | TRAINERS,
    ("GET", "/units"): DEPARTMENTS,
    # The object is street S2.
    ("GET", "/units/{code}/people"): frozenset({"district"}),
    ("GET", "/units/{code}/weeks"): frozenset({"district"}),
}
"""Who is let in; everybody else is refused with 403 or 404, and nobody with 401."""

NOTHING_TO_DO = {
    ("POST", f"{QUESTION}/regrade"): 409,
    ("POST", f"{LESSON}/regrade"): 409,
    ("POST", "/submissions/{submission}/resit"): 409,
}
"""What whoever is let in is told where there is nothing to be done."""

PAGES: dict[str, frozenset[str]] = {
    "": EVERYBODY,
    "courses": EVERYBODY,
    "record": EVERYBODY,
    "help": EVERYBODY,
    "review": EVERYBODY,
    "courses/{course}/lessons/{lesson}?section=1": ENROLLED | TRAINERS,
    "courses/{course}/lessons/{lesson}/extensions": TRAINERS,
    "courses/{course}/lessons/{lesson}/figures/{figure}": ENROLLED | TRAINERS,
    "courses/{course}/lessons/{lesson}/items": TRAINERS,
    "courses/{course}/lessons/{lesson}/items?cohort=1": frozenset({"trainer_x"}),
    "courses/{course}/regrades": TRAINERS,
    "courses/{course}/lessons/{lesson}/sittings": TRAINERS,
    "courses/{course}/questions/{question}/regrade": TRAINERS,
    "courses/{course}/lessons/{lesson}/regrade": TRAINERS,
    "courses/{course}/cases/{case}": TRAINERS,
}

PARTS = {
    "course": COURSE,
    "lesson": "L1",
    "question": "L1-1",
    "task": "D0",
    "name": "D0",
    "code": "S2",
    "submission": "1",
    "regrade": "1",
    "case": "C1",
    "figure": "tree.svg",
}
FIGURE = b'<svg xmlns="http://www.w3.org/2000/svg"><title>\xe5\x9b\xbe</title></svg>'


def with_figure() -> tuple[Course, ...]:
    """The courses, with a figure in the first lesson whatever the real one shows."""
    course, *others = courses()
    first, *lessons = course.lessons
    drawn = replace(first, figures={**first.figures, "tree.svg": FIGURE, "note.txt": b"x"})
    return (replace(course, lessons=(drawn, *lessons)), *others)


def body_of(method: str, path: str, opened: School) -> Any:
    question = opened.course.lessons[0].question("L1-1")
    assert question
    given = {"version": question.version, "value": "a", "key": "click-0001"}
    bodies: dict[str, Any] = {
        "position": {"section": 0},
        "answers": given,
        "review": {**given, "course": COURSE, "question": "L1-1"},
        "submissions": {"key": "click-0002"},
        "{name}": {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5},
        "regrade": {"reason": "原答案写错", "token": "0" * 16, "key": "click-0004"},
        "undo": {"reason": "看错了"},
        "gradebook": None,
        "sittings": None,
        "resit": None,
        "extensions": {"username": "filler1", "closes": "2027-02-01T18:00", "reason": "住院"},
        "grades": {"score": 1, "max_score": 2, "comment": "好", "cells": []},
    }
    return None if method == "GET" else bodies[path.rsplit("/", 1)[-1]]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def opened(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[School]:
    data = tmp_path_factory.mktemp("matrix")
    url = f"sqlite:///{data}/records.db"
    if request.param == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres")
        url = server.make_database("matrix")
    with school(url, data, with_figure(), lambda *_: b"PK", released=lambda *_: b"PK") as started:
        hand_in_of_class_1(started)
        for username in ENROLLED:
            answer_l3(started, username)
        yield started


def answer_l3(opened: School, username: str) -> None:
    question = opened.course.lessons[1].question("L3-W1")
    assert question
    body = {"version": question.version, "value": "一条工作建议", "key": "click-0003"}
    with opened.client(username) as client:
        given = client.post(f"{API}/courses/{COURSE}/questions/{question.id}/answers", json=body)
    assert given.status_code == 201, given.text


def hand_in_of_class_1(opened: School) -> None:
    [(enrolment,)] = opened.rows(
        select(tables.Enrolment.id)
        .join(tables.Person, tables.Person.id == tables.Enrolment.person_id)
        .where(tables.Person.username == "filler1")
    )
    with opened.store.begin() as conn:
        conn.execute(
            insert(tables.Submission).values(
                enrolment_id=enrolment,
                lesson_id="L1",
                number=1,
                key="k",
                receipt="J-1",
                submitted_at=NOW,
                package=b"PK",
            )
        )


def ask(opened: School, client: httpx.Client, method: str, path: str) -> httpx.Response:
    table = next(iter(task.tables for task in opened.course.lessons[0].tasks))
    parts = PARTS | {"table": next(iter(table))}
    if path.endswith("/submissions"):
        parts["lesson"] = "L3"  # a hand-in would close the lesson for the other rows
    return client.request(method, API + path.format(**parts), json=body_of(method, path, opened))


def test_no_route_is_missing_from_the_table(opened: School) -> None:
    paths = opened.app.openapi()["paths"]
    routes = {
        (method.upper(), path.removeprefix(API)) for path, by in paths.items() for method in by
    }
    assert routes == {(method, path.split("?")[0]) for method, path in TABLE}
    pages = {
        route.path.removeprefix(PREFIX)
        for route in iter_route_contexts(opened.app.routes)
        if route.path and not route.path.startswith(API)
    }
    known = {page.split("?")[0] for page in PAGES}
    assert pages - known == {"static/{hash}/{name:path}", "oauth_callback", "logout"}


@pytest.mark.parametrize(("method", "path"), sorted(TABLE))
def test_each_of_the_cast_gets_what_the_matrix_says(opened: School, method: str, path: str) -> None:
    for username in CAST:
        with opened.client(username) as client:
            status = ask(opened, client, method, path).status_code
        if username in TABLE[method, path]:
            wanted = NOTHING_TO_DO.get((method, path))
            assert status in ((wanted,) if wanted else (200, 201)), (username, status)
        else:
            assert status in (403, 404), (username, status)


@pytest.mark.parametrize(("method", "path"), sorted(TABLE))
def test_nobody_gets_anything_without_a_log_in(opened: School, method: str, path: str) -> None:
    with opened.client() as client:
        refused = ask(opened, client, method, path)
        assert (refused.status_code, refused.json()["error"]["code"]) == (401, "signed_out")
        client.headers["Authorization"] = "Bearer guessed"
        assert ask(opened, client, method, path).status_code == 401
    with opened.client("nobody") as client:  # a log-in that the roster does not know
        assert ask(opened, client, method, path).status_code in (403, 404)


@pytest.mark.parametrize("page", sorted(PAGES))
def test_pages_open_for_whom_they_are(opened: School, page: str) -> None:
    address = PREFIX + page.format(**PARTS)
    for username in CAST:
        with opened.client(username, by_cookie=True) as client:
            shown = client.get(address)
        assert shown.status_code in ((200,) if username in PAGES[page] else (403, 404)), username
        assert shown.headers["cache-control"] == "no-store"
    with opened.client() as client:
        assert client.get(address).headers["location"].startswith("/hub/login")
    with opened.client("nobody", by_cookie=True) as client:
        unknown = client.get(address)
        assert unknown.status_code == 403
        assert "花名册里没有您" in unknown.text


@pytest.mark.parametrize(("method", "path"), [key for key in sorted(TABLE) if key[0] != "GET"])
def test_another_sites_page_cannot_act_with_a_cookie(
    opened: School, method: str, path: str
) -> None:
    for headers in ({}, {"X-Zhixing": "1", "Origin": "http://elsewhere.test"}):
        with opened.client("cadre_a", by_cookie=True) as client:
            client.headers.update(headers)
            refused = ask(opened, client, method, path)
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "foreign_page")


def test_our_own_page_acts_with_a_cookie(opened: School) -> None:
    with opened.client("cadre_b", by_cookie=True) as client:
        client.headers.update({"X-Zhixing": "1", "Origin": opened.url})
        assert ask(opened, client, "PUT", f"{LESSON}/position").status_code == 200


def test_a_street_sees_its_own_units_and_no_other_by_any_code(opened: School) -> None:
    with opened.client("street1") as client:
        assert [unit["code"] for unit in client.get(f"{API}/units").json()] == ["S1"]
        for code in ("S2", "Q1", "s2", "S2 ", "S1/../S2", "%25", "S%", "0", "S2%00", "'OR 1=1--"):
            for what in ("people", "weeks"):
                assert client.get(f"{API}/units/{code}/{what}").status_code == 404, code
        assert client.get(f"{API}/units/S1/people").json()["total"] == 8


def test_each_look_at_a_person_stands_in_that_persons_record(opened: School) -> None:
    with opened.client("street1") as client:
        client.get(f"{API}/units/S1/people?size=200")
    with opened.client("cadre_a") as client:
        looks = client.get(f"{API}/record").json()["accesses"]
        page = client.get(f"{PREFIX}record").text
    assert looks[0]["viewer"] == "街道一办"
    assert "街道一办（䶮山街道）于 2026年11月23日 16:30 查看了完成情况" in page


def test_a_role_that_is_taken_away_is_gone_at_the_next_request(opened: School) -> None:
    [(trainer_x,)] = opened.rows(
        select(tables.Person.id).where(tables.Person.username == "trainer_x")
    )
    with opened.client("trainer_x") as client:
        address = f"{API}/submissions/1/package"
        assert client.get(address).status_code == 200
        with opened.store.begin() as conn:
            taught = tables.CohortTrainer.person_id == trainer_x
            conn.execute(delete(tables.CohortTrainer).where(taught))
        assert client.get(address).status_code == 404
        assert client.get(f"{API}/courses/{COURSE}/lessons/L1").status_code == 404
        with opened.store.begin() as conn:
            again = {"cohort_id": 1, "person_id": trainer_x}
            conn.execute(insert(tables.CohortTrainer).values(**again))


def test_a_trainer_who_learns_in_the_own_class_cannot_grade_the_own_work(opened: School) -> None:
    trainer = select(tables.Person.id).where(tables.Person.username == "trainer_y")
    [(person,)] = opened.rows(trainer)
    with opened.store.begin() as conn:
        enrolment = conn.execute(
            insert(tables.Enrolment)
            .values(cohort_id=2, person_id=person, enrolled_at=NOW)
            .returning(tables.Enrolment.id)
        ).scalar_one()
        own = conn.execute(
            insert(tables.Submission)
            .values(
                enrolment_id=enrolment,
                lesson_id="L3",
                number=1,
                key="k",
                receipt="J-2",
                submitted_at=NOW,
                package=b"PK",
            )
            .returning(tables.Submission.id)
        ).scalar_one()
    grade = {"score": 100, "max_score": 100, "comment": "", "cells": []}
    with opened.client("trainer_y") as client:
        collected = client.get(f"{API}/courses/{COURSE}/lessons/L3/submissions").json()
        assert own not in [one["id"] for one in collected]
        assert client.get(f"{API}/submissions/{own}/package").status_code == 404
        assert client.post(f"{API}/submissions/{own}/grades", json=grade).status_code == 404


def test_a_figure_runs_nothing_and_no_other_file_is_served(opened: School) -> None:
    folder = f"{PREFIX}courses/{COURSE}/lessons/L1/figures"
    with opened.client("cadre_a", by_cookie=True) as client:
        shown = client.get(f"{folder}/tree.svg")
        assert (shown.content, shown.headers["content-type"]) == (FIGURE, "image/svg+xml")
        policy = shown.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "sandbox" in policy
        for name in ("none.svg", "note.txt", "L1.ipynb", "..%2FL1.ipynb", "%2e%2e/L1.ipynb", "."):
            assert client.get(f"{folder}/{name}").status_code in (404, 303), name
        elsewhere = folder.replace("L1", "L3")
        assert client.get(f"{elsewhere}/tree.svg").status_code == 404


def test_every_error_page_is_chinese_and_tells_the_way_on(opened: School, tmp_path: Path) -> None:
    with opened.client("cadre_a", by_cookie=True) as client:
        missing = client.get(f"{PREFIX}nothing")
        method = client.request("DELETE", f"{PREFIX}courses")
    assert (missing.status_code, method.status_code) == (404, 405)
    assert "没有这个内容" in missing.text
    assert "回到首页" in missing.text
