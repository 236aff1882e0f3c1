"""nbgrader's own tests of autograde, from its wheel, against this project's interpreter.

They run in a process of their own, as they change folders and configuration at will. What differs
is listed in DIFFERENT with the reason.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

from nbgrader.tests.apps import test_nbgrader_autograde

ROOT = Path(__file__).parents[2]
DIFFERENT = {
    "test_side_effects": "files that learner code writes stay in its box and are gone with it"
}


def test_nbgraders_own_tests_of_autograde_pass_in_compatible_mode(tmp_path: Path) -> None:
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    left_out = [f"--deselect=::TestNbGraderAutograde::{name}" for name in DIFFERENT]
    options = ["-q", "-W", "ignore", "-p", "no:cacheprovider", "-c", os.devnull]
    ran = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", *options, f"--rootdir={tmp_path}"),
            *("-p", "tests.compatible_nbgrader", *left_out, str(test_nbgrader_autograde.__file__)),
        ],
        cwd=tmp_path,
        env={**os.environ, "PATH": programs, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    said = ran.stdout[-6000:]
    assert ran.returncode == 0, said
    [passed] = re.findall(r"(\d+) passed", said)
    assert int(passed) >= 38, said
