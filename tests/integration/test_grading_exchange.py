"""Collect and release through nbgrader's exchange and the real classroom."""

import io
import shutil
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook
from sqlalchemy import select, update

from grading.autograding import SKIPPED, WAITING, autograde
from grading.classroom import ClassroomError
from grading.exchange import MOST_FILES, unpack
from grading.nbgraderapi import nbgrader_api
from grading.submittedfile import SubmittedFileError
from tests.classroom_school import (
    API,
    COURSE,
    COURSES,
    LESSON,
    School,
    released_packer,
    school,
)
from tests.grading_course import ADVICE, TOTALS
from tests.right_and_wrong import right_value, steps, wrong_value
from zhixing.classroom.hall import RegradedLearner
from zhixing.coursefiles import load_course, load_courses
from zhixing.hub.regrading import CourseGrading, OutOfReachError
from zhixing.hub.workfolders import refresh_courses
from zhixing.question import Question
from zhixing.records import tables
from zhixing.rules import Counting
from zhixing.settings import Settings

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

LEARNERS = ("cadre_a", "filler1")


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data folder with both lessons released."""
    data = tmp_path_factory.mktemp("released")
    settings = Settings(data=data, courses=COURSES, require_published=False)
    refresh_courses(settings, load_courses(COURSES), lambda _: None)
    return data


@pytest.fixture
def classroom(tmp_path: Path, released: Path) -> Iterator[School]:
    """Two learners of trainer X and one of trainer Y have handed L1 in, all of it right."""
    url, pack = f"sqlite:///{tmp_path}/records.db", released_packer(released)
    with school(url, tmp_path, load_courses(COURSES), pack) as opened:
        opened.tokens["token-filler1"] = "filler1"
        for username in (*LEARNERS, "cadre_b"):
            hand_in(opened, username)
        yield opened


def right(question: Question) -> Any:
    return ADVICE if question.kind == "written" else right_value(question)


def hand_in(classroom: School, username: str) -> None:
    with classroom.client(username) as client:
        for question in classroom.course.lessons[0].questions:
            address = f"{API}/courses/{COURSE}/questions/{question.id}/answers"
            for number, value in enumerate(steps(question, right(question))):
                key = f"click-{question.id}-{number}"
                body = {"version": question.version, "value": value, "key": key}
                assert client.post(address, json=body).status_code == 201
        answer = client.post(f"{LESSON}/submissions", json={"key": "handin-L1"})
        assert answer.status_code == 201, answer.text


@pytest.fixture
def trainer(
    classroom: School, tmp_path: Path, released: Path, monkeypatch: pytest.MonkeyPatch
) -> Any:
    """nbgrader's API as trainer X's JupyterLab has it."""
    monkeypatch.setenv("ZHIXING_API_URL", f"{classroom.url}{API}")
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "token-trainer_x")
    own = tmp_path / COURSE
    shutil.copytree(released / "courses" / COURSE, own)
    return nbgrader_api(own)


def course_dir(trainer: Any) -> Path:
    return Path(trainer.coursedir.root)


def collected(trainer: Any) -> list[str]:
    return sorted(path.parent.name for path in course_dir(trainer).glob("submitted/*/L1"))


def grade_of(classroom: School, username: str) -> dict[str, Any] | None:
    with classroom.client(username) as client:
        [course] = client.get(f"{API}/courses").json()
    grade: dict[str, Any] | None = course["lessons"][0]["grade"]
    return grade


def grade_by_hand(trainer: Any, username: str, points: float, comment: str) -> None:
    with Gradebook(trainer.coursedir.db_url, COURSE) as gradebook:
        grade = gradebook.find_grade("L1-W1", "L1", "L1", username)
        grade.manual_score, grade.needs_manual_grade = points, False
        gradebook.find_comment("L1-W1", "L1", "L1", username).manual_comment = comment
        gradebook.db.commit()


def points_in_gradebook(trainer: Any, username: str, question: str) -> float:
    with Gradebook(trainer.coursedir.db_url, COURSE) as gradebook:
        return float(gradebook.find_grade(question, "L1", "L1", username).score)


def test_the_circle_from_collect_to_the_grade_on_the_course_page(
    classroom: School, trainer: Any
) -> None:
    outcome = trainer.collect("L1")
    assert outcome["success"], outcome
    assert collected(trainer) == sorted(LEARNERS), "own learners, and none of another trainer's"
    outcomes = list(autograde(course_dir(trainer), "L1", ["cadre_a"]))
    assert [(one.state, one.score) for one in outcomes] == [(WAITING, TOTALS["L1"] - 8)]
    grade_by_hand(trainer, "cadre_a", 6.5, "写得具体。\n请补上时限：<b>几点</b>？")
    assert trainer.release_feedback("L1", "cadre_a")["success"]
    grade = grade_of(classroom, "cadre_a")
    assert grade is not None
    assert (grade["score"], grade["max_score"]) == (TOTALS["L1"] - 1.5, TOTALS["L1"])
    assert grade["comment"] == "写得具体。\n请补上时限：<b>几点</b>？"
    rows = classroom.rows(select(tables.Grade.cells))
    cells = {cell["id"]: cell for cell in rows[0].cells}
    assert cells["L1-W1"]["score"] == 6.5
    assert sum(cell["score"] for cell in cells.values()) == TOTALS["L1"] - 1.5


def test_the_written_text_reaches_the_trainer(trainer: Any) -> None:
    trainer.collect("L1")
    text = (course_dir(trainer) / "submitted" / "cadre_a" / "L1" / "L1.ipynb").read_text()
    assert ADVICE in text


def test_releasing_one_learner_releases_no_other(classroom: School, trainer: Any) -> None:
    trainer.collect("L1")
    list(autograde(course_dir(trainer), "L1", list(LEARNERS)))
    for username in LEARNERS:
        grade_by_hand(trainer, username, 8, "好。")
    assert trainer.release_feedback("L1", "cadre_a")["success"]
    assert grade_of(classroom, "cadre_a") is not None
    assert grade_of(classroom, "filler1") is None


def test_what_waits_for_a_person_is_not_released(classroom: School, trainer: Any) -> None:
    trainer.collect("L1")
    list(autograde(course_dir(trainer), "L1", list(LEARNERS)))
    grade_by_hand(trainer, "filler1", 8, "好。")
    one = trainer.release_feedback("L1", "cadre_a")
    assert not one["success"]
    assert "没有可以发布的成绩" in one["log"]
    everybody = trainer.release_feedback("L1")
    assert everybody["success"]
    assert "还没有批完，暂不发布：cadre_a" in everybody["log"]
    assert grade_of(classroom, "cadre_a") is None
    assert grade_of(classroom, "filler1") is not None


def test_formgrader_shows_who_handed_in_by_name(trainer: Any) -> None:
    trainer.collect("L1")
    list(autograde(course_dir(trainer), "L1", ["cadre_a"]))
    found = {one["student"]: one for one in trainer.get_submissions("L1")}
    assert set(found) == set(LEARNERS)
    assert (found["cadre_a"]["last_name"], found["cadre_a"]["first_name"]) == ("欧阳龑", "")
    assert found["cadre_a"]["display_timestamp"] == "2026-11-23 16:30:00"


def test_collecting_again_brings_nothing_twice_and_takes_nothing_away(trainer: Any) -> None:
    trainer.collect("L1")
    marker = course_dir(trainer) / "submitted" / "cadre_a" / "L1" / "timestamp.txt"
    before = marker.stat().st_mtime_ns
    assert trainer.collect("L1")["success"]
    assert marker.stat().st_mtime_ns == before


@pytest.mark.parametrize("can_write", [False, True])
def test_a_regrade_reaches_the_gradebook_at_once_or_at_the_next_collect_and_autograde(
    classroom: School,
    trainer: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    can_write: bool,
) -> None:
    folder = course_dir(trainer)
    trainer.collect("L1")
    list(autograde(folder, "L1", ["cadre_a"]))
    questions = folder / "questions" / "L1.toml"
    text = questions.read_text()
    questions.write_text(text.replace('key = { option = "a" }', 'key = { option = "b" }', 1))
    url = classroom.store.engine.url.render_as_string(hide_password=False)
    if not can_write:  # as in the classroom's box; root may write wherever the mount lets it
        monkeypatch.setattr("zhixing.hub.regrading.os.access", lambda *_: False)
    courses, grading = (load_course(folder),), CourseGrading(tmp_path)
    with school(url, tmp_path, courses, grading=grading, is_new=False) as changed:
        monkeypatch.setenv("ZHIXING_API_URL", f"{changed.url}{API}")
        assert trainer.collect("L1")["success"]
        assert [one.state for one in autograde(folder, "L1", ["cadre_a"])] == [SKIPPED]
        with changed.client("trainer_x") as client:
            address = f"{API}/courses/{COURSE}/questions/L1-1/regrade"
            wish = {
                "token": client.get(address).json()["token"],
                "reason": "原答案写错",
                "key": "click-0001",
            }
            made = client.post(address, json=wish)
            assert (made.status_code, made.json()["is_followed"]) == (201, can_write)
        assert points_in_gradebook(trainer, "cadre_a", "L1-1") == (0 if can_write else 7)
        assert trainer.collect("L1")["success"]
        [outcome] = autograde(folder, "L1", ["cadre_a"])
    assert (outcome.state, outcome.score) == (WAITING, TOTALS["L1"] - 8 - 7)
    assert points_in_gradebook(trainer, "cadre_a", "L1-1") == 0


def test_new_rules_of_a_lesson_reach_the_gradebook_only_by_a_regrade(
    classroom: School, trainer: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = classroom.course.lessons[0].question("L1-1")
    assert question
    with classroom.client("filler2") as client:
        for number, value in enumerate((wrong_value(question), right_value(question))):
            body = {"version": question.version, "value": value, "key": f"try-{number:04d}"}
            address = f"{API}/courses/{COURSE}/questions/L1-1/answers"
            assert client.post(address, json=body).status_code == 201
        assert client.post(f"{LESSON}/submissions", json={"key": "handin-2"}).status_code == 201
    folder = course_dir(trainer)
    course = folder / "course.toml"
    course.write_text(course.read_text().replace("tries = 3", "tries = 3\nfalloff = 0.25", 1))
    assert trainer.collect("L1")["success"]
    list(autograde(folder, "L1", ["filler2"]))
    assert points_in_gradebook(trainer, "filler2", "L1-1") == question.points
    url = classroom.store.engine.url.render_as_string(hide_password=False)
    courses, grading = (load_course(folder),), CourseGrading(tmp_path / "elsewhere")
    with school(url, tmp_path, courses, grading=grading, is_new=False) as changed:
        monkeypatch.setenv("ZHIXING_API_URL", f"{changed.url}{API}")
        with changed.client("trainer_x") as client:
            token = client.get(f"{LESSON}/regrade").json()["token"]
            wish = {"token": token, "reason": "第二次答对少得一些", "key": "click-0001"}
            assert client.post(f"{LESSON}/regrade", json=wish).status_code == 201
        assert trainer.collect("L1")["success"]
        list(autograde(folder, "L1", ["filler2"]))
        assert points_in_gradebook(trainer, "filler2", "L1-1") == 0.75 * question.points


def test_a_gradebook_is_left_alone_where_another_sitting_was_collected(
    classroom: School, trainer: Any
) -> None:
    trainer.collect("L1")
    list(autograde(course_dir(trainer), "L1", ["cadre_a"]))
    packed = ("v", ("x",), 0.0, (), Counting())
    other = RegradedLearner(datetime(2026, 1, 1, tzinfo=UTC), {"L1-1": (packed, 0.0)})
    grading = CourseGrading(course_dir(trainer).parent)
    with pytest.raises(OutOfReachError, match="another sitting"):
        grading.follow(COURSE, "L1", lambda: {"cadre_a": other, "filler2": other})
    assert points_in_gradebook(trainer, "cadre_a", "L1-1") == 7


def test_a_package_that_is_damaged_is_named_and_the_others_are_collected(
    classroom: School, trainer: Any
) -> None:
    with classroom.store.begin() as conn:
        first = conn.scalar(select(tables.Submission.id).order_by(tables.Submission.id))
        conn.execute(
            update(tables.Submission)
            .where(tables.Submission.id == first)
            .values(package=b"PK no zip")
        )
    outcome = trainer.collect("L1")
    assert not outcome["success"]
    assert "cadre_a 的《L1》没有收下" in outcome["log"]
    assert collected(trainer) == ["filler1"]


@pytest.mark.parametrize("token", ["token-cadre_a", "token-street1", "token-nobody", "none"])
def test_only_a_trainer_collects(trainer: Any, monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", token)
    outcome = trainer.collect("L1")
    assert not outcome["success"]
    assert "课堂服务没有同意" in outcome["log"]
    assert collected(trainer) == []


def test_without_the_platform_it_says_where_to_do_it(
    trainer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ZHIXING_API_URL")
    assert "要在平台打开的 JupyterLab 里做" in trainer.collect("L1")["log"]
    monkeypatch.setenv("ZHIXING_API_URL", "http://127.0.0.1:9/api")
    assert "连不上课堂服务" in trainer.collect("L1")["log"]


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


NOTEBOOK = b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}'


@pytest.mark.parametrize(
    "name", ["../L1.ipynb", "/tmp/L1.ipynb", "a/L1.ipynb", ".L1.ipynb", "nbgrader_config.py"]
)
def test_no_name_in_a_package_leaves_its_folder_or_is_a_strange_file(
    tmp_path: Path, name: str
) -> None:
    target = tmp_path / "submitted" / "x" / "L1"
    with pytest.raises(ClassroomError, match="名字或大小不对"):
        unpack(zipped({name: NOTEBOOK}), target)
    assert not target.exists()
    assert list(tmp_path.rglob("*.ipynb")) == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"\xff\xfe",
        b'{"nbformat": 3, "cells": []}',
        b'{"nbformat": 4, "cells": {}}',
        b'{"nbformat": 4, "cells": [1]}',
        b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": 1, "metadata": {}}]}',
        b'{"nbformat": 4, "cells": [], "x": NaN}',
        b'{"nbformat": 4, "cells": ' + b"[" * 100_000,
    ],
)
def test_what_is_no_notebook_is_not_collected(tmp_path: Path, content: bytes) -> None:
    target = tmp_path / "submitted" / "x" / "L1"
    with pytest.raises(SubmittedFileError, match="没有批改"):
        unpack(zipped({"L1.ipynb": content}), target)
    assert not target.exists()


def test_a_package_of_too_many_files_is_not_unpacked(tmp_path: Path) -> None:
    files = {f"{number}.ipynb": NOTEBOOK for number in range(MOST_FILES + 1)}
    with pytest.raises(ClassroomError, match="没有收下"):
        unpack(zipped(files), tmp_path / "L1")


def test_a_newer_package_takes_the_place_of_the_older_one_whole(tmp_path: Path) -> None:
    target = tmp_path / "L1"
    unpack(zipped({"L1.ipynb": NOTEBOOK, "D0.ipynb": NOTEBOOK}), target)
    unpack(zipped({"L1.ipynb": NOTEBOOK}), target)
    assert [path.name for path in target.iterdir()] == ["L1.ipynb"]
    assert [path.name for path in tmp_path.iterdir()] == ["L1"]
