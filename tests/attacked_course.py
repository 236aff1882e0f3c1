"""The doctor's small course in a folder of one's own, released by stock nbgrader once a run."""

import atexit
import shutil
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from grading.bench.sides import write_config
from grading.doctor import course as doctors


def attacked_course(folder: Path) -> Path:
    """Put the course into a folder, as :func:`grading.doctor.course.attacked_course` does."""
    shutil.copytree(_released(), folder, dirs_exist_ok=True)
    write_config(folder)
    return folder


@cache
def _released() -> Path:
    folder = Path(mkdtemp(prefix="zhixing-attacked-course-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return doctors.attacked_course(folder)
