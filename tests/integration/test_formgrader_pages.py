"""Formgrader's pages in a real Jupyter server: they answer, in Chinese, and show work inert."""

import json
import shutil
from collections.abc import Iterator

import httpx
import pytest
from nbgrader.api import Gradebook

from grading.autograding import autograde
from tests.grading_course import hand_in, released_course, right_answers, workbook
from tests.grading_server import TOKEN, FormgraderServer, formgrader_server

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

SCRIPT = "核对<b>底数</b>。<script>window.broken = 1</script>"
PAGES = {
    "manage_assignments": "课时",
    "manage_submissions/L3": "交卷时间",
    "gradebook": "人工批改",
    "gradebook/L3": "平均分",
    "gradebook/L3/L3": "显示姓名",
    "manage_students": "学员",
    "manage_students/zhang": "总分",
    "manage_students/zhang/L3": "笔记本",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FormgraderServer]:
    course = released_course(tmp_path_factory.mktemp("教员"), "L3")
    books = {"D1": workbook(course, {"d1-clean": "print('<script>window.broken = 2</script>')"})}
    hand_in(course, "L3", "zhang", right_answers(course, "L3", SCRIPT), books)
    assert [one.state for one in autograde(course, "L3", ["zhang"])] == ["waiting"]
    shutil.copytree(course, course.with_name("dierke"), ignore=shutil.ignore_patterns("*.db"))
    with formgrader_server(course) as started:
        yield started


@pytest.mark.parametrize("path", sorted(PAGES))
def test_every_page_answers_in_chinese_and_asks_nobody_outside(
    server: FormgraderServer, path: str
) -> None:
    answer = server.get(path)
    assert answer.status_code == 200
    assert PAGES[path] in answer.text
    assert "https://" not in answer.text.replace("https://nbgrader", "")


@pytest.mark.parametrize(
    "name", ["utils", "manage_assignments", "manage_submissions", "formgrade", "formgrade_models"]
)
def test_its_scripts_are_served_in_chinese(server: FormgraderServer, name: str) -> None:
    answer = server.get(f"static/js/{name}.js")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert any("一" <= letter <= "鿿" for letter in answer.text)


def test_a_script_that_is_none_of_nbgraders_is_not_served(server: FormgraderServer) -> None:
    assert server.get("static/js/nothing.js").status_code == 404


def submissions(server: FormgraderServer, notebook: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = server.get(f"api/submitted_notebooks/L3/{notebook}").json()
    return found


@pytest.mark.parametrize("notebook", ["L3", "D1"])
def test_the_grading_page_shows_the_work_and_runs_nothing_of_it(
    server: FormgraderServer, notebook: str
) -> None:
    answer = page_of(server, notebook)
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "script-src 'nonce-" in policy
    assert "frame-ancestors 'self'" in policy
    assert "unsafe-eval" not in policy
    nonce = policy.split("'nonce-")[1].split("'")[0]
    scripts = answer.text.count("<script")
    assert scripts
    assert answer.text.count(f'<script nonce="{nonce}"') == scripts
    assert "<script>window.broken" not in answer.text
    assert "&amp;lt;script&amp;gt;window.broken" in answer.text, "in a frame, and as text"


def page_of(server: FormgraderServer, notebook: str) -> httpx.Response:
    return server.get(f"submissions/{submissions(server, notebook)[0]['id']}/")


def test_each_look_at_a_page_has_a_nonce_of_its_own(server: FormgraderServer) -> None:
    first, second = (page_of(server, "L3").headers["content-security-policy"] for _ in "12")
    assert first != second


def test_the_grading_page_has_the_rubric_and_what_was_answered(server: FormgraderServer) -> None:
    text = page_of(server, "L3").text
    assert "评分标准" in text
    assert "写明谁、怎样、何时，照着就能做" in text
    assert "第 1 次作答：" in text


def test_a_crafted_address_cannot_put_script_into_a_page(server: FormgraderServer) -> None:
    answer = server.get("manage_students/%22;alert(1);%22%3C%2Fscript%3E%3Cscript%3Ealert(2)")
    assert "<script>alert(2)" not in answer.text
    assert '";alert(1)' not in answer.text


def test_a_notebook_that_was_not_handed_in_says_so(server: FormgraderServer) -> None:
    assert server.get("submissions/0123456789abcdef/").status_code == 404


def test_without_a_token_nothing_is_shown(server: FormgraderServer) -> None:
    answer = httpx.get(f"{server.url}/formgrader/manage_assignments", follow_redirects=True)
    assert "交卷份数" not in answer.text


def test_autograde_and_feedback_buttons_do_their_work(server: FormgraderServer) -> None:
    for button in ("submission/L3/zhang/autograde", "assignment/L3/zhang/generate_feedback"):
        answer = httpx.post(
            server.address(f"api/{button}"),
            headers={"Authorization": f"token {TOKEN}"},
            timeout=120,
        )
        assert answer.status_code == 200
        assert answer.json()["success"], answer.json()


def test_autograding_one_hand_in_that_is_not_there_says_so(server: FormgraderServer) -> None:
    answer = httpx.post(
        server.address("api/submission/L3/%E8%B0%81/autograde"),
        headers={"Authorization": f"token {TOKEN}"},
        timeout=120,
    )
    told = answer.json()
    assert not told["success"]
    assert "没有收到 谁" in told["log"]


def test_all_new_hand_ins_are_autograded_at_once_and_each_is_told(
    server: FormgraderServer,
) -> None:
    lines = []
    with httpx.stream(
        "POST",
        server.address("api/assignment/L3/autograde"),
        headers={"Authorization": f"token {TOKEN}"},
        timeout=120,
    ) as answer:
        assert answer.status_code == 200
        lines = [json.loads(line) for line in answer.iter_lines()]
    assert lines[0] == {"total": 1}
    assert lines[1]["username"] == "zhang"
    assert lines[-1]["end"] is True
    assert "共 1 份" in lines[-1]["log"]
    assert "封闭批改" in lines[-1]["log"]


def test_autograding_needs_a_token(server: FormgraderServer) -> None:
    for path in ("api/assignment/L3/autograde", "api/submission/L3/zhang/autograde"):
        assert httpx.post(f"{server.url}/formgrader/{path}").status_code in (302, 403)


def test_a_name_from_the_roster_is_text(server: FormgraderServer) -> None:
    with Gradebook(f"sqlite:///{server.course_dir / 'gradebook.db'}") as gradebook:
        gradebook.update_or_create_student("zhang", last_name="张<i>𠮷</i>", first_name="")
    text = page_of(server, "L3").text
    assert "张&lt;i&gt;𠮷&lt;/i&gt;" in text


def test_a_trainer_changes_the_course_without_a_restart(server: FormgraderServer) -> None:
    """nbgrader keeps one gradebook open; the other course must not be written into it."""
    try:
        page = open_course(server, "dierke")
        assert (page.status_code, "课时" in page.text) == (200, True)
        assert server.get("api/submitted_notebooks/L3/L3").json() == []
        lessons = {one["name"]: one for one in server.get("api/assignments").json()}
        assert lessons["L3"]["status"] == "released"
    finally:
        assert open_course(server, "shujiketang").status_code == 200
    assert [one["student"] for one in submissions(server, "L3")] == ["zhang"]


def open_course(server: FormgraderServer, course: str) -> httpx.Response:
    address = f"{server.url}/formgrader?token={TOKEN}"
    return httpx.get(address, params={"token": TOKEN, "course": course}, follow_redirects=True)


@pytest.mark.parametrize("course", ["..", "../dierke", "/etc", "shujiketang/source", "nothing"])
def test_only_a_course_of_ones_own_can_be_opened(server: FormgraderServer, course: str) -> None:
    assert open_course(server, course).status_code == 404
    assert server.get("api/submitted_notebooks/L3/L3").json() != []
