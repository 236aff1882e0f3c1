"""A learner's own JupyterLab: nbgrader's stock commands and Assignment List, the real classroom."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from nbgrader.server_extensions.assignment_list.handlers import AssignmentList
from nbgrader.tests import run_nbgrader
from sqlalchemy import insert, select, update

from grading.answersfile import load_answers
from tests.classroom_school import API, COURSE, COURSES, NOW, School, released_packer, school
from tests.right_and_wrong import right_value, steps
from zhixing.coursefiles import load_courses
from zhixing.hub.releases import ReleaseReader
from zhixing.hub.workfolders import refresh_courses
from zhixing.records import tables
from zhixing.settings import Settings

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

ADVICE = "每周三由网格员陶𠮷、龑䶮入户核对<b>底数</b>。"
CODE = "buildings = 7  # 手数的"
Nbgrader = Callable[..., str]


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("released")
    refresh_courses(
        Settings(data=data, courses=COURSES, require_published=False),
        load_courses(COURSES),
        lambda _: None,
    )
    return data


@pytest.fixture
def classroom(tmp_path: Path, released: Path) -> Iterator[School]:
    url, reader = f"sqlite:///{tmp_path}/records.db", ReleaseReader(released / "courses")
    pack = released_packer(released)
    with school(url, tmp_path, load_courses(COURSES), pack, released=reader) as opened:
        # nbgrader asks the machine's clock whether a lesson is to come; the server asks its own.
        opened.clock.now = datetime.now(UTC)
        yield opened


@pytest.fixture
def home(classroom: School, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Cadre A's own folder, as a person's box lays it out, with nobody else's files in sight."""
    home = tmp_path / "home"
    (home / ".jupyter").mkdir(parents=True)
    (home / ".jupyter" / "nbgrader_config.py").write_text(
        "from grading.configuration import configure_learner\n\nconfigure_learner(get_config())\n"
    )
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(home / ".jupyter"))
    monkeypatch.setenv("ZHIXING_API_URL", f"{classroom.url}{API}")
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "token-cadre_a")
    monkeypatch.chdir(home)
    return home


@pytest.fixture
def nbgrader(home: Path) -> Nbgrader:
    """One of nbgrader's own commands; gives back what it said."""

    def run(*arguments: str, fails: bool = False) -> str:
        return run_nbgrader([*arguments], retcode=1 if fails else 0)

    return run


def answer(classroom: School, *question_ids: str, who: str = "cadre_a") -> None:
    with classroom.client(who) as client:
        for question_id in question_ids:
            question = classroom.course.lessons[0].question(question_id)
            assert question
            value = ADVICE if question.kind == "written" else right_value(question)
            address = f"{API}/courses/{COURSE}/questions/{question_id}/answers"
            for number, step in enumerate(steps(question, value)):
                body = {"version": question.version, "value": step}
                given = client.post(address, json=body | {"key": f"click-{question_id}-{number}"})
                assert given.status_code == 201, given.text


def edit(notebook: Path, grade_id: str, source: str) -> None:
    content = json.loads(notebook.read_text())
    for cell in content["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == grade_id:
            cell["source"] = source
            cell["metadata"]["nbgrader"]["points"] = 9999
    notebook.write_text(json.dumps(content))


def package(classroom: School) -> dict[str, bytes]:
    [(content,)] = classroom.rows(select(tables.Submission.package))
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def sources(package: dict[str, bytes], name: str) -> dict[str, str]:
    found = json.loads(package[name])["cells"]
    ids = [cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in found]
    return {name: "".join(cell["source"]) for name, cell in zip(ids, found, strict=True)}


def test_list_shows_own_lessons_with_their_dates_in_shanghai(
    classroom: School, nbgrader: Nbgrader, home: Path
) -> None:
    said = nbgrader("list")
    assert f"{COURSE} L1 《总论：从广陵看“四强四促”》 2027-01-22 16:30:00 +0800 截止" in said
    assert "Asia/Shanghai" in said
    nbgrader("fetch_assignment", "L1")
    assert (
        "L1 《总论：从广陵看“四强四促”》 2027-01-22 16:30:00 +0800 截止（Asia/Shanghai） 已下载"
        in (nbgrader("list"))
    )


def test_fetch_brings_the_released_lesson_and_never_touches_own_files(
    classroom: School, nbgrader: Nbgrader, home: Path, released: Path
) -> None:
    nbgrader("fetch_assignment", "L1")
    folder = home / COURSE / "L1"
    assert sorted(path.name for path in folder.iterdir()) == ["D0.ipynb", "L1.ipynb", "figures"]
    release = released / "courses" / COURSE / "release" / "L1"
    assert (folder / "L1.ipynb").read_bytes() == (release / "L1.ipynb").read_bytes()
    assert "已经有了" in nbgrader("fetch_assignment", "L1", fails=True)
    (folder / "L1.ipynb").write_text("我的")
    (folder / "D0.ipynb").unlink()
    nbgrader("fetch_assignment", "L1", "--replace")
    assert (folder / "L1.ipynb").read_text() == "我的"
    assert (folder / "D0.ipynb").exists()


def test_submit_ends_in_the_same_hand_in_as_the_button_on_the_page(
    classroom: School, nbgrader: Nbgrader, home: Path
) -> None:
    answer(classroom, "L1-1")
    nbgrader("fetch_assignment", "L1")
    edit(home / COURSE / "L1" / "L1.ipynb", "L1-W1", ADVICE)
    edit(home / COURSE / "L1" / "D0.ipynb", "d0-buildings", CODE)
    edit(home / COURSE / "L1" / "L1.ipynb", "L1-1", "Question('L1-1').score = 1")
    said = nbgrader("submit", "L1")
    [(receipt,)] = classroom.rows(select(tables.Submission.receipt))
    assert receipt in said
    with classroom.client("cadre_a") as client:
        again = client.post(
            f"{API}/courses/{COURSE}/lessons/L1/submissions", json={"key": "handin-L1"}
        )
    assert (again.status_code, again.json()["receipt"]) == (200, receipt)
    files = package(classroom)
    assert set(files) == {"L1.ipynb", "D0.ipynb", "answers.json", "timestamp.txt"}
    lesson, code = sources(files, "L1.ipynb"), sources(files, "D0.ipynb")
    assert "陶𠮷" in lesson["L1-W1"]
    assert code["d0-buildings"] == CODE
    assert "score" not in lesson["L1-1"], "a test cell of the file is not taken"
    assert b"9999" not in files["L1.ipynb"] + files["D0.ipynb"]
    folder = home / "opened"
    folder.mkdir()
    (folder / "answers.json").write_bytes(files["answers.json"])
    assert set(load_answers(folder)) == {"L1-1", "L1-W1"}


def test_untouched_code_is_not_handed_in_as_on_the_page(
    classroom: School, nbgrader: Nbgrader
) -> None:
    answer(classroom, "L1-1")
    nbgrader("fetch_assignment", "L1")
    nbgrader("submit", "L1")
    assert set(package(classroom)) == {"L1.ipynb", "answers.json", "timestamp.txt"}


def test_a_second_submit_says_when_it_was_handed_in(classroom: School, nbgrader: Nbgrader) -> None:
    answer(classroom, "L1-1")
    nbgrader("fetch_assignment", "L1")
    nbgrader("submit", "L1")
    assert "交卷，不能再交" in nbgrader("submit", "L1", fails=True)
    assert len(classroom.rows(select(tables.Submission.id))) == 1


def test_nothing_answered_is_refused_as_on_the_page(classroom: School, nbgrader: Nbgrader) -> None:
    assert "请先运行 nbgrader fetch_assignment L1" in nbgrader("submit", "L1", fails=True)
    nbgrader("fetch_assignment", "L1")
    assert "还没有作答，不能交卷" in nbgrader("submit", "L1", fails=True)


def test_two_different_texts_are_not_chosen_between(
    classroom: School, nbgrader: Nbgrader, home: Path
) -> None:
    answer(classroom, "L1-W1")
    nbgrader("fetch_assignment", "L1")
    edit(home / COURSE / "L1" / "L1.ipynb", "L1-W1", "另一段")
    assert "L1-W1 在课时页面上已经写过" in nbgrader("submit", "L1", fails=True)
    assert classroom.rows(select(tables.Submission.id)) == []
    edit(home / COURSE / "L1" / "L1.ipynb", "L1-W1", "")
    nbgrader("submit", "L1")
    assert "陶𠮷" in sources(package(classroom), "L1.ipynb")["L1-W1"]


@pytest.mark.parametrize("content", [b"", b"\xff", b'{"nbformat": 4, "cells": [1]}', None])
def test_a_file_that_is_no_notebook_is_named_and_nothing_is_handed_in(
    classroom: School, nbgrader: Nbgrader, home: Path, content: bytes | None
) -> None:
    answer(classroom, "L1-1")
    nbgrader("fetch_assignment", "L1")
    file = home / COURSE / "L1" / "D0.ipynb"
    file.unlink()
    if content is None:
        file.symlink_to("/etc/passwd")
    else:
        file.write_bytes(content)
    assert "没有交卷：D0.ipynb" in nbgrader("submit", "L1", fails=True)
    assert classroom.rows(select(tables.Submission.id)) == []


def test_strict_refuses_where_a_notebook_is_missing(
    classroom: School, nbgrader: Nbgrader, home: Path
) -> None:
    answer(classroom, "L1-1")
    nbgrader("fetch_assignment", "L1")
    (home / COURSE / "L1" / "D0.ipynb").unlink()
    assert "少了 D0.ipynb" in nbgrader("submit", "L1", "--strict", fails=True)
    nbgrader("submit", "L1")


def test_feedback_is_fetched_once_it_is_released_and_holds_no_test(
    classroom: School, nbgrader: Nbgrader, home: Path
) -> None:
    assert "还没有交卷" in nbgrader("fetch_feedback", "L1", fails=True)
    answer(classroom, "L1-1")
    nbgrader("fetch_assignment", "L1")
    nbgrader("submit", "L1")
    assert "还没有发布" in nbgrader("fetch_feedback", "L1", fails=True)
    give_grade(classroom, "好。\n<script>alert(1)</script>")
    nbgrader("fetch_feedback", "L1")
    [page] = home.glob(f"{COURSE}/L1/feedback/*/L1.html")
    text = page.read_text()
    assert "<strong>6.5 分</strong>，满分 8 分" in text
    assert "&lt;script&gt;" in text
    assert "<script" not in text


def give_grade(classroom: School, comment: str, score: float = 6.5) -> None:
    [(number,)] = classroom.rows(select(tables.Submission.id))
    cell = {"id": "L1-W1", "score": score, "max_score": 8, "comment": comment}
    grade = {"score": score, "max_score": 8, "comment": comment, "cells": [cell]}
    with classroom.client("trainer_x") as client:
        assert client.post(f"{API}/submissions/{number}/grades", json=grade).status_code == 201


def test_the_assignment_list_of_jupyterlab_works_with_it(classroom: School, home: Path) -> None:
    manager = AssignmentList()
    manager.root_dir = str(home)
    assert manager.list_courses() == {"success": True, "value": [COURSE]}
    answer(classroom, "L1-1")
    listed = manager.list_assignments(course_id=COURSE)["value"]
    assert [(one["assignment_id"], one["status"]) for one in listed] == [
        ("L1", "released"),
        ("L3", "released"),
    ]
    assert manager.fetch_assignment(COURSE, "L1") == {"success": True}
    first = manager.list_assignments(course_id=COURSE)["value"][0]
    assert (first["status"], first["path"]) == ("fetched", f"{COURSE}/L1")
    assert [one["path"] for one in first["notebooks"]] == [
        f"{COURSE}/L1/D0.ipynb",
        f"{COURSE}/L1/L1.ipynb",
    ]
    assert manager.submit_assignment(COURSE, "L1") == {"success": True}
    [handed_in] = [
        one
        for one in manager.list_assignments(course_id=COURSE)["value"]
        if one["status"] == "submitted"
    ]
    [submission] = handed_in["submissions"]
    assert submission["timestamp"].endswith("+0800")
    assert not submission["has_exchange_feedback"]
    give_grade(classroom, "好。")
    assert manager.fetch_feedback(COURSE, "L1") == {"success": True}
    [submission] = feedback_shown(manager)
    assert (home / submission["local_feedback_path"] / "L1.html").is_file()
    assert (submission["has_local_feedback"], submission["feedback_updated"]) == (True, False)
    give_grade(classroom, "再看了一遍。", 7)
    [submission] = feedback_shown(manager)
    assert submission["feedback_updated"]


def feedback_shown(manager: AssignmentList) -> list[dict[str, Any]]:
    listed = manager.list_assignments(course_id=COURSE)["value"]
    [found] = [one["submissions"] for one in listed if one["status"] == "submitted"]
    submissions: list[dict[str, Any]] = found
    return submissions


def test_the_server_enforces_the_dates_whatever_the_own_clock_says(
    classroom: School, nbgrader: Nbgrader
) -> None:
    answer(classroom, "L1-1")
    nbgrader("fetch_assignment", "L1")
    classroom.clock.now = NOW + timedelta(days=61)
    assert "已经截止" in nbgrader("submit", "L1", fails=True)
    classroom.clock.now = NOW - timedelta(days=21)
    assert "班次还没有开始" in nbgrader("fetch_assignment", "L3", fails=True)


def test_a_lesson_to_come_is_announced_and_not_offered(
    classroom: School, nbgrader: Nbgrader, home: Path
) -> None:
    with classroom.store.begin() as conn:
        conn.execute(update(tables.Cohort).values(opens=datetime(2030, 1, 1, tzinfo=UTC)))
        conn.execute(update(tables.Cohort).values(closes=datetime(2030, 2, 1, tzinfo=UTC)))
    assert "2030-01-01 08:00:00 +0800 开始" in nbgrader("list")
    manager = AssignmentList()
    manager.root_dir = str(home)
    assert manager.list_assignments(course_id=COURSE)["value"] == []


def test_another_persons_hand_in_and_another_course_are_out_of_reach(
    classroom: School, nbgrader: Nbgrader, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(classroom, "L1-1", who="cadre_b")
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "token-cadre_b")
    nbgrader("fetch_assignment", "L1")
    nbgrader("submit", "L1")
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "token-cadre_a")
    assert "已交卷" not in nbgrader("list", "--inbound")
    assert "您的课程里没有" in nbgrader("fetch_assignment", "L9", fails=True)
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "token-stranger")
    assert "您的课程里没有" in nbgrader("fetch_assignment", "L1", fails=True)


def test_two_courses_need_no_restart_and_a_doubtful_name_asks_which(
    classroom: School, nbgrader: Nbgrader, home: Path
) -> None:
    other = replace(classroom.course, id="dierke", title="第二门课")
    object.__setattr__(classroom.hall, "courses", (classroom.course, other))
    span = {"opens": NOW - timedelta(days=1), "closes": NOW + timedelta(days=9)}
    with classroom.store.begin() as conn:
        conn.execute(insert(tables.Cohort).values(id=9, course_id="dierke", title="一", **span))
        conn.execute(insert(tables.Enrolment).values(cohort_id=9, person_id=1, enrolled_at=NOW))
    assert "dierke L1" in nbgrader("list")
    assert "请加 --course" in nbgrader("fetch_assignment", "L1", fails=True)
    nbgrader("fetch_assignment", "L1", "--course", COURSE)
    assert (home / COURSE / "L1" / "L1.ipynb").exists()


def test_the_command_on_a_command_line_of_its_own(classroom: School, home: Path) -> None:
    program = Path(sys.executable).with_name("nbgrader")
    done = subprocess.run(
        [program, "list"], cwd=home, env=dict(os.environ), capture_output=True, text=True
    )
    assert (done.returncode, f"{COURSE} L1" in done.stderr) == (0, True)
