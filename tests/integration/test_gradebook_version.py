"""A gradebook that this program does not know is named, and nothing is written to it."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from grading.doctor.attacks import PLAIN
from grading.doctor.course import hand_in
from grading.engine.gradebookversion import KNOWN
from tests.attacked_course import attacked_course
from tests.grading_command import run_grade

CHANGED = {
    "unseen": "UPDATE alembic_version SET version_num = 'deadbeef'",
    "renamed": "ALTER TABLE grade RENAME COLUMN extra_credit TO more",
    "dropped": "DROP TABLE comment",
    "nameless": "DROP TABLE alembic_version",
}
FOUND = {
    "unseen": "deadbeef",
    "renamed": "grade.extra_credit",
    "dropped": "comment",
    "nameless": "alembic_version",
}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = attacked_course(tmp_path_factory.mktemp("版本"))
    hand_in(made, "one", {"s-total": PLAIN, "s-number": "number = 7"})
    shutil.copy(made / "gradebook.db", made / "gradebook.kept")
    return made


@pytest.fixture(params=["sealed", "compatible"])
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("name", CHANGED)
def test_another_version_is_named_with_the_next_step(course: Path, mode: str, name: str) -> None:
    shutil.copy(course / "gradebook.kept", course / "gradebook.db")
    with closing(sqlite3.connect(course / "gradebook.db")) as changed:
        changed.execute(CHANGED[name])
        changed.commit()
    before = (course / "gradebook.db").read_bytes()
    ran = run_grade(course, mode)
    assert ran.code == 1
    assert FOUND[name] in ran.talk
    assert "nbgrader db upgrade" in ran.talk
    assert (course / "gradebook.db").read_bytes() == before


def test_what_is_no_gradebook_is_named(course: Path, mode: str) -> None:
    (course / "gradebook.db").write_bytes(b"no database at all" * 100)
    ran = run_grade(course, mode)
    assert (ran.code, "成绩册用不了" in ran.talk) == (1, True), ran.talk


def test_the_version_known_here_is_the_installed_nbgraders() -> None:
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    asked = "from nbgrader.api import get_alembic_version as v; print(v())"
    ran = subprocess.run(
        [sys.executable, "-c", asked],
        env={**os.environ, "PATH": programs},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == KNOWN
