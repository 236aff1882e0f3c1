"""The course is a genuine nbgrader course directory, and what it releases holds no key."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from zhixing.coursefiles import load_course

COURSE = Path(__file__).parents[2] / "courses" / "shujiketang"
BIN = Path(sys.executable).parent
LESSONS = ("L1", "L3")


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Release both lessons with stock nbgrader in a copy of the course."""
    copy = tmp_path_factory.mktemp("课程") / "shujiketang"
    shutil.copytree(COURSE, copy, ignore=shutil.ignore_patterns("__pycache__", "gradebook.db"))
    (copy / "source/L1/figures").mkdir(exist_ok=True)
    (copy / "source/L1/figures/of-the-test.svg").write_text("<svg/>")
    # nbgrader looks for alembic on the path.
    environ = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    environ["JUPYTER_CONFIG_DIR"] = environ["JUPYTER_DATA_DIR"] = str(copy.parent / "jupyter")
    for lesson in LESSONS:
        done = subprocess.run(
            [BIN / "nbgrader", "generate_assignment", lesson],
            cwd=copy,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    return copy


def cells(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.rglob("*.ipynb")):
        yield from json.loads(path.read_text())["cells"]


def test_stock_nbgrader_releases_every_notebook_of_both_lessons(released: Path) -> None:
    names = sorted(path.name for path in (released / "release").rglob("*.ipynb"))
    assert names == ["D0.ipynb", "D1.ipynb", "L1.ipynb", "L3.ipynb"]


def test_figures_are_released_beside_the_notebook(released: Path) -> None:
    assert (released / "release/L1/figures/of-the-test.svg").read_text() == "<svg/>"


def test_the_gradebook_knows_the_points_of_each_lesson(released: Path) -> None:
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{released / 'gradebook.db'}") as gradebook:
        assert [gradebook.find_assignment(lesson).max_score for lesson in LESSONS] == [124, 112]
        written = gradebook.find_grade_cell("L3-W1", "L3", "L3")
        assert (written.cell_type, written.max_score) == ("markdown", 8)


def test_no_release_holds_a_key_a_reason_or_a_solution(released: Path) -> None:
    text = "".join(path.read_text() for path in (released / "release").rglob("*.ipynb"))
    assert "SOLUTION" not in text
    assert 'unsupported = [\\"J2\\"' not in text
    for lesson in load_course(COURSE).lessons:
        for question in lesson.questions:
            secrets = [option.reason for option in question.options] + [question.explanation]
            secrets += [str(item["step"]) for item in question.wrong]
            assert [secret for secret in secrets if secret and secret in text] == [], question.id


def test_the_stub_tells_a_learner_where_to_write_in_chinese(released: Path) -> None:
    stubs = ["".join(cell["source"]) for cell in cells(released / "release") if is_stub(cell)]
    assert len(stubs) == 8
    assert all("在这里写代码" in stub for stub in stubs)


def is_stub(cell: dict[str, Any]) -> bool:
    grader = cell["metadata"].get("nbgrader", {})
    return cell["cell_type"] == "code" and bool(grader.get("solution"))


def test_no_course_file_is_in_the_wheel() -> None:
    """The wheel is built of three packages; courses are none of them."""
    import tomllib

    project = tomllib.loads((COURSE.parents[1] / "pyproject.toml").read_text())
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert packages == ["widgets", "grading", "zhixing"]
