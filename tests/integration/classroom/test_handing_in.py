"""Hand-in, collecting and giving back, with the real nbgrader package and the real records."""

import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import httpx
from sqlalchemy import func, select

from tests.classroom_school import API, COURSE, LESSON, NOW, PREFIX, School, school
from tests.integration.classroom.conftest import Answer, courses
from zhixing.records import tables

WISH = {"key": "handin-L1"}
PAGE = f"{PREFIX}courses/{COURSE}/lessons/L1?section=4"
GRADE = {
    "score": 61.5,
    "max_score": 100,
    "comment": "写得具体。\n请补上时限：谁、<b>几点</b>?",
    "cells": [{"id": "L1-W1", "score": 6.5, "max_score": 8, "comment": "写得具体。"}],
}


def hand_in(classroom: School, who: str = "cadre_a") -> httpx.Response:
    with classroom.client(who) as client:
        return client.post(f"{LESSON}/submissions", json=WISH)


def hand_ins(classroom: School) -> int:
    return int(classroom.rows(select(func.count()).select_from(tables.Submission))[0][0])


def files_of(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


def collected(classroom: School, trainer: str = "trainer_x") -> list[dict[str, Any]]:
    with classroom.client(trainer) as client:
        found: list[dict[str, Any]] = client.get(f"{LESSON}/submissions").json()
        return found


def test_the_circle_from_answer_to_grade_on_the_page(classroom: School, answer: Answer) -> None:
    answer("L1-6", is_right=False)
    answer("L1-W1", value="请 𠮷龑 同志每周三入户核对底数。")
    receipt = hand_in(classroom)
    assert receipt.status_code == 201
    [waiting] = collected(classroom)
    assert (waiting["username"], waiting["graded"]) == ("cadre_a", False)
    assert collected(classroom, "trainer_y") == []
    with classroom.client("trainer_x") as client:
        package = client.get(f"{API}/submissions/{waiting['id']}/package")
        assert package.headers["content-type"] == "application/zip"
        given = client.post(f"{API}/submissions/{waiting['id']}/grades", json=GRADE)
        assert given.status_code == 201
    files = files_of(package.content)
    assert "L1.ipynb" in files
    assert "answers.json" in files
    assert "𠮷龑" in json.dumps(json.loads(files["L1.ipynb"]), ensure_ascii=False)
    with classroom.client("cadre_a", by_cookie=True) as client:
        [course] = client.get(f"{API}/courses").json()
        pages = [client.get(address).text for address in (PAGE, f"{PREFIX}courses")]
        pages.append(client.get(f"{PREFIX}record").text)
    assert course["lessons"][0]["grade"]["score"] == 61.5
    assert all("61.5" in page and "&lt;b&gt;几点" in page for page in pages)
    assert receipt.json()["receipt"] in pages[0]
    assert collected(classroom)[0]["graded"] is True


def test_a_hand_in_closes_the_lesson_and_explains_everything(
    classroom: School, answer: Answer
) -> None:
    answer("L1-6", is_right=False)
    hand_in(classroom)
    refused = answer("L1-1")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "handed_in")
    with classroom.client("cadre_a") as client:
        lesson = client.get(LESSON).json()
    assert lesson["is_handed_in"] is True
    assert all(view["state"]["reveal"] for view in lesson["questions"])
    assert {view["state"]["status"] for view in lesson["questions"]} == {"closed"}


def test_a_repeat_after_the_hand_in_tells_the_standing_of_now(
    classroom: School, answer: Answer
) -> None:
    first = answer("L1-6", is_right=False, key="click-before").json()
    hand_in(classroom)
    again = answer("L1-6", is_right=False, key="click-before")
    assert again.status_code == 200
    assert again.json()["receipt"] == first["receipt"]
    assert (first["state"]["status"], again.json()["state"]["status"]) == ("open", "closed")


def test_many_clicks_on_hand_in_are_one_hand_in_with_one_receipt(
    classroom: School, answer: Answer
) -> None:
    answer()
    with ThreadPoolExecutor(6) as pool:
        given = list(pool.map(lambda _: hand_in(classroom), range(6)))
    assert sorted(one.status_code for one in given) == [200] * 5 + [201]
    assert len({one.json()["receipt"] for one in given}) == 1
    assert hand_ins(classroom) == 1


def test_nothing_answered_is_nothing_to_hand_in(classroom: School) -> None:
    refused = hand_in(classroom)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "nothing_answered")
    assert hand_ins(classroom) == 0


def test_an_answer_that_arrives_while_the_package_is_made_is_in_it(tmp_path: Path) -> None:
    packing, packed = Event(), []

    def slow_pack(_: str, __: str, answers: dict[str, Any], *___: Any) -> bytes:
        packed.append(set(answers))
        packing.set()
        if len(packed) == 1:
            answered.wait(10)
        return b"PK"

    answered = Event()
    with school(f"sqlite:///{tmp_path}/r.db", tmp_path, courses(), slow_pack) as opened:
        post(opened, "L1-1", "a")
        with ThreadPoolExecutor(1) as pool:
            handing = pool.submit(hand_in, opened)
            packing.wait(10)
            post(opened, "L1-5", "230")
            answered.set()
            assert handing.result().status_code == 201
        assert packed == [{"L1-1"}, {"L1-1", "L1-5"}]
        assert hand_ins(opened) == 1


def post(opened: School, question_id: str, value: Any) -> None:
    question = opened.course.lessons[0].question(question_id)
    assert question
    body = {"version": question.version, "value": value, "key": f"click-{question_id}"}
    with opened.client("cadre_a") as client:
        address = f"{API}/courses/{COURSE}/questions/{question_id}/answers"
        assert client.post(address, json=body).status_code == 201


def test_one_click_key_for_two_lessons_hands_in_one(classroom: School, answer: Answer) -> None:
    answer()
    question = classroom.course.lessons[1].question("L3-W1")
    assert question
    with classroom.client("cadre_a") as client:
        body = {"version": question.version, "value": "建议", "key": "click-9999"}
        client.post(f"{API}/courses/{COURSE}/questions/{question.id}/answers", json=body)
        assert hand_in(classroom).status_code == 201
        other = client.post(f"{API}/courses/{COURSE}/lessons/L3/submissions", json=WISH)
    assert (other.status_code, other.json()["error"]["code"]) == (409, "key_reused")


def workbook(released: Path, solution: str) -> dict[str, Any]:
    """The code track's notebook as a learner fills it in."""
    path = released / "courses" / COURSE / "release" / "L1" / "D0.ipynb"
    book: dict[str, Any] = json.loads(path.read_text())
    cells = [c for c in book["cells"] if c["metadata"].get("nbgrader", {}).get("solution")]
    cells[0]["source"] = solution
    return book


BAD_NOTEBOOKS = (b"", b"{", b"[]", b"[" * 99_999, b'{"cells": [1]}', b'{"cells": [{}]}')


def test_the_code_tracks_notebook_is_handed_in_as_last_sent(
    classroom: School, answer: Answer, released: Path
) -> None:
    answer()
    classroom.hall.pack(COURSE, "L1", {}, {}, NOW)  # releases the lesson
    address = f"{LESSON}/workbooks/D0"
    with classroom.client("cadre_a") as client:
        for text in ("first = 1", "second = '𠮷龑'"):
            sent = client.put(address, json=workbook(released, text))
            assert sent.status_code == 200, sent.text
        bad = [client.put(address, content=body) for body in BAD_NOTEBOOKS]
        large = client.put(address, content=b"x" * (3 * 1024 * 1024))
        foreign = client.put(f"{LESSON}/workbooks/L1", json={"cells": []})
        assert hand_in(classroom).status_code == 201
        late = client.put(address, json={"cells": []})
    assert {one.status_code for one in bad} == {422}
    assert all(one.json()["error"]["code"] == "no_notebook" for one in bad)
    assert (large.status_code, foreign.status_code, late.status_code) == (413, 404, 409)
    [(package,)] = classroom.rows(select(tables.Submission.package))
    assert "second = '𠮷龑'" in str(json.loads(files_of(package)["D0.ipynb"]))


def test_a_grade_that_no_database_keeps_or_that_is_no_number_is_refused(
    classroom: School, answer: Answer
) -> None:
    answer()
    hand_in(classroom)
    [one] = collected(classroom)
    bad = [{"score": -1}, {"score": "x"}, {"comment": "a\0b"}, {"comment": "长" * 4001}, {"x": 1}]
    with classroom.client("trainer_x") as client:
        for change in bad:
            refused = client.post(f"{API}/submissions/{one['id']}/grades", json=GRADE | change)
            assert refused.status_code == 422, change
    assert collected(classroom)[0]["graded"] is False


def test_a_second_release_replaces_what_is_shown_and_keeps_the_first_on_record(
    classroom: School, answer: Answer
) -> None:
    answer()
    hand_in(classroom)
    [one] = collected(classroom)
    with classroom.client("trainer_x") as client:
        for score in (50, 70):
            client.post(f"{API}/submissions/{one['id']}/grades", json=GRADE | {"score": score})
    with classroom.client("cadre_a") as client:
        assert client.get(f"{API}/courses").json()[0]["lessons"][0]["grade"]["score"] == 70
    assert [row.score for row in classroom.rows(select(tables.Grade.score))] == [50, 70]
    actions = [row.action for row in classroom.rows(select(tables.Audit.action))]
    assert actions.count("grade.release") == 2
    assert actions.count("submission.make") == 1
