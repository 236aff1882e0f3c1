"""Binder's build steps in a clean environment, and a lesson answered there without a Hub."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TRACKED = ("binder", "courses", "grading", "widgets", "zhixing", "pyproject.toml", "README.md")

ANSWERED = """
from widgets.quiz import Question, answer
from widgets.table import Table
question = Question("L1-5")
assert "230" not in str(question.question), question.question
answer("L1-5", "230")
print(len(Table("D1/roster").frame), "rows")
"""


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home as Binder builds it: the repository, its requirements, ``postBuild``."""
    home = tmp_path_factory.mktemp("binder")
    for name in TRACKED:
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copyfile
        copy(source, home / name)
    uv = shutil.which("uv") or str(ROOT / ".uv" / "bin" / "uv")
    python = home / "env" / "bin" / "python"
    subprocess.run(
        [uv, "venv", "-q", "--seed", "--python", sys.executable, "env"], cwd=home, check=True
    )
    # pip would do the same, slower; what is tested is the list and not the installer.
    install = [uv, "pip", "install", "-q", "--python", str(python), "-r", "binder/requirements.txt"]
    subprocess.run(install, cwd=home, check=True)
    subprocess.run(["bash", "binder/postBuild"], cwd=home, env=environ(home), check=True)
    return home


def environ(home: Path) -> dict[str, str]:
    path = f"{home}/env/bin{os.pathsep}{os.environ['PATH']}"
    return {"HOME": str(home), "PATH": path, "LANG": "C.UTF-8"}


def test_the_requirements_are_those_of_the_lock() -> None:
    uv = shutil.which("uv") or str(ROOT / ".uv" / "bin" / "uv")
    options = ["--frozen", "--no-dev", "--no-emit-project", "--no-hashes", "--no-annotate"]
    exported = subprocess.run(
        [uv, "export", "-q", "--no-header", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert (ROOT / "binder" / "requirements.txt").read_text() == exported.stdout


def test_the_lessons_lie_there_released_and_without_keys(image: Path) -> None:
    source = ROOT / "courses" / "shujiketang" / "source"
    written = sorted(path.relative_to(source) for path in source.rglob("*.ipynb"))
    there = image / "书记课堂"
    assert sorted(path.relative_to(there) for path in there.rglob("*.ipynb")) == written
    assert "BEGIN SOLUTION" not in (image / "书记课堂" / "L3" / "D1.ipynb").read_text()


def test_a_question_is_marked_and_explained_without_a_hub(image: Path) -> None:
    started = subprocess.run(
        ["bash", "binder/start", "python", "-c", ANSWERED],
        cwd=image,
        env=environ(image),
        capture_output=True,
        text=True,
        check=False,
    )
    assert started.returncode == 0, started.stderr
    assert "答对了" in started.stdout
    assert "rows" in started.stdout
