"""Where publication is required: the setting, the platform's start and a trainer's release."""

from pathlib import Path
from typing import Any

import pytest
from traitlets.config import Config

from grading.refusedrafts import VARIABLE, RefuseDrafts
from grading.refusekeys import ReleaseError
from tests.broken_course import NOTEBOOK, cell, copied_course, swap
from tests.course_record import ROUND, take
from zhixing.coursefiles.released import released_courses
from zhixing.errors import ZhixingError
from zhixing.hub import workfolders
from zhixing.hub.launcher import settings_from_options, tell_withheld
from zhixing.settings import Settings, environ_from_settings, settings_from_environ


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copied_course(tmp_path)


def test_publication_is_required_unless_it_is_a_demonstration_or_somebody_says_so() -> None:
    told = {"ZHIXING_REQUIRE_PUBLISHED": "false"}
    assert settings_from_options({}, None, None).require_published
    assert not settings_from_options({}, None, None, is_demo=True).require_published
    assert not settings_from_options(told, None, None).require_published
    told = {"ZHIXING_REQUIRE_PUBLISHED": "1"}
    assert settings_from_options(told, None, None, is_demo=True).require_published


@pytest.mark.parametrize("is_required", [True, False])
def test_services_read_what_the_launcher_was_told(is_required: bool) -> None:
    settings = Settings(Path("/d"), Path("/c"), require_published=is_required)
    assert settings_from_environ(environ_from_settings(settings)) == settings


def test_a_slip_of_the_pen_opens_nothing() -> None:
    with pytest.raises(ZhixingError, match="应为 true 或 false"):
        settings_from_options({"ZHIXING_REQUIRE_PUBLISHED": "ture"}, None, None)


def test_the_start_says_which_lessons_are_withheld(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    take(folder, *ROUND)
    tell_withheld(released_courses(folder, require_published=True), require_published=True)
    assert "《书记课堂》L3 没有发布" in capsys.readouterr().err
    tell_withheld(released_courses(folder, require_published=False), require_published=False)
    assert "草稿也对学员开放" in capsys.readouterr().err


def refused(folder: Path, lesson: str) -> bool:
    step = RefuseDrafts(config=Config({"CourseDirectory": {"root": str(folder)}}))
    try:
        step.preprocess({}, {"nbgrader": {"assignment": lesson}})
    except ReleaseError:
        return True
    return False


def test_a_trainer_cannot_release_a_draft_where_publication_is_required(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(folder, *ROUND)
    assert not refused(folder, "L3")
    monkeypatch.setenv(VARIABLE, "True")
    assert refused(folder, "L3")
    assert not refused(folder, "L1")
    swap("questions/L1.toml", "重心下移", "重心向下")(folder)
    assert refused(folder, "L1")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the lessons that are released; nbgrader itself is for the integration tests."""
    lessons: list[str] = []

    def release(folder: Path, lesson: str) -> None:
        lessons.append(lesson)
        (folder / "release" / lesson).mkdir(parents=True, exist_ok=True)

    monkeypatch.setattr(workfolders, "release", release)
    return lessons


def refresh(settings: Settings) -> list[str]:
    said: list[str] = []
    courses: Any = released_courses(settings.courses, require_published=settings.require_published)
    workfolders.refresh_courses(settings, courses, said.append)
    return said


def test_only_published_versions_reach_the_release_folder(
    folder: Path, tmp_path: Path, made: list[str]
) -> None:
    take(folder, *ROUND)
    settings = Settings(data=tmp_path / "data", courses=tmp_path)
    refresh(settings)
    assert made == ["L1"]
    work = tmp_path / "data" / "courses" / folder.name
    (work / "release" / "L1").rmdir()
    swap("questions/L1.toml", "重心下移", "重心向下")(work)  # a trainer's own change
    assert any("不是已发布的版本" in line for line in refresh(settings))
    assert made == ["L1"]


def test_a_lesson_published_after_its_files_came_is_released_anew(
    folder: Path, tmp_path: Path, made: list[str]
) -> None:
    take(folder, *ROUND)
    settings = Settings(data=tmp_path / "data", courses=tmp_path)
    refresh(settings)
    cell(NOTEBOOK, "numbers", lambda found: found["source"].append("\n加一句。"))(folder)
    refresh(settings)
    assert made == ["L1"]
    take(folder, *ROUND)
    refresh(settings)
    refresh(settings)
    assert made == ["L1", "L1"]


def test_nobody_publishes_by_writing_into_a_work_folder(
    folder: Path, tmp_path: Path, made: list[str]
) -> None:
    settings = Settings(data=tmp_path / "data", courses=tmp_path)
    take(folder, ROUND[0])
    refresh(settings)
    work = tmp_path / "data" / "courses" / folder.name
    take(work, *ROUND[1:])
    refresh(settings)
    assert (work / "publication.toml").read_text() == (folder / "publication.toml").read_text()
    assert made == []


def test_a_file_that_the_course_no_longer_brings_goes_unless_a_trainer_changed_it(
    folder: Path, tmp_path: Path, made: list[str]
) -> None:
    figures = folder / "source/L1/figures"
    figures.mkdir(exist_ok=True)
    for name in ("a.svg", "b.svg"):
        (figures / name).write_text("<svg/>")
    settings = Settings(data=tmp_path / "data", courses=tmp_path, require_published=False)
    refresh(settings)
    work = tmp_path / "data" / "courses" / folder.name / "source/L1/figures"
    (work / "b.svg").write_text("<svg>own</svg>")
    for name in ("a.svg", "b.svg"):
        (figures / name).unlink()
    refresh(settings)
    left = {path.name for path in work.iterdir()}
    assert left & {"a.svg", "b.svg"} == {"b.svg"}
