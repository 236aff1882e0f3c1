"""Two lessons of the real course in a folder of their own, for tests that two are enough for."""

import atexit
import shutil
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

COURSE = "shujiketang"
LESSONS = {"L1": ("C1", "D0"), "L3": ("C5", "D1")}
"""Lessons with their case and their data task."""

_REAL = Path(__file__).parents[1] / "courses" / COURSE
_TABLE = "[[lesson]]\n"


@cache
def two_lessons() -> Path:
    """Folder of courses that holds this one course; nobody writes into it."""
    folder = Path(mkdtemp(prefix="zhixing-two-lessons-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o755)  # services of other users read it too
    copy_two_lessons(folder / COURSE)
    return folder


def copy_two_lessons(target: Path) -> Path:
    """Copy the course of these lessons to a folder that is not there yet."""
    for lesson, (case, task) in LESSONS.items():
        for file in (f"questions/{lesson}.toml", f"cases/{case}.toml", f"data/{task}.py"):
            (target / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(_REAL / file, target / file)
        shutil.copytree(_REAL / "source" / lesson, target / "source" / lesson)
    shutil.copy(_REAL / "nbgrader_config.py", target)
    head, *tables = (_REAL / "course.toml").read_text().split(_TABLE)
    kept = [table for table in tables if table.split('"', 2)[1] in LESSONS]
    (target / "course.toml").write_text(_TABLE.join([head, *kept]))
    return target
