"""nbgrader's own tests, from its wheel, against this project's grading.

They run in a process of their own, as they change folders and configuration at will. What differs
is listed in DIFFERENT and ELSEWHERE with the reason.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

from nbgrader.tests import preprocessors
from nbgrader.tests.apps import test_nbgrader_autograde

ROOT = Path(__file__).parents[2]
DIFFERENT = {
    "test_side_effects": "files that learner code writes stay in its box and are gone with it"
}
ELSEWHERE = {
    "test_instantiatetests.py": "of the release, not of grading; 11 of its tests read nbgrader's "
    "documentation, which is not in the wheel, and fail with stock nbgrader too"
}


def ran(tmp_path: Path, *options: str) -> str:
    """Run pytest on tests of the wheel; what it said."""
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    usual = ["-W", "ignore", "-p", "no:cacheprovider", "-c", os.devnull, f"--rootdir={tmp_path}"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *usual, *options],
        cwd=tmp_path,
        env={**os.environ, "PATH": programs, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    said = f"{done.stdout[:3000]}\n{done.stdout[-6000:]}"
    assert done.returncode == 0, said
    return said


def passed(said: str) -> int:
    return int(re.findall(r"(\d+) passed", said)[-1])


def test_nbgraders_own_tests_of_autograde_pass_in_compatible_mode(tmp_path: Path) -> None:
    left_out = [f"--deselect=::TestNbGraderAutograde::{name}" for name in DIFFERENT]
    tests = str(test_nbgrader_autograde.__file__)
    said = ran(tmp_path, "-q", "-p", "tests.compatible_nbgrader", *left_out, tests)
    assert passed(said) >= 38, said


def test_nbgraders_own_tests_of_preprocessors_pass_with_what_compatible_mode_writes(
    tmp_path: Path,
) -> None:
    folder = Path(preprocessors.__path__[0])
    left_out = [f"--ignore={folder / name}" for name in ELSEWHERE]
    said = ran(tmp_path, "-p", "tests.compatible_preprocessors", *left_out, str(folder))
    assert passed(said) >= 130, said
    for name in ("saveautogrades.SaveAutoGrades", "getgrades.SaveAutoGrades", "overwritecells."):
        assert f"test_{name}" in said, "ours are not among them"
