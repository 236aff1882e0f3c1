"""Release: the learners' version of a lesson, made by nbgrader and searched for keys."""

from __future__ import annotations

import logging
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from nbgrader.apps.api import NbGraderAPI
from traitlets.config import Config

from grading.configuration import configure
from grading.leaks import leaks_in_release
from grading.refusekeys import ReleaseError
from zhixing.coursefiles import load_course


def release(course_dir: Path, lesson_id: str) -> Path:
    """Generate the release version of a lesson in its nbgrader course directory.

    Returns
    -------
    Path
        ``release/<lesson>`` in the course directory.

    Raises
    ------
    ReleaseError
        If nbgrader cannot generate it, or if anything of a key is found in it; the folder is
        removed then.
    """
    outcome = nbgrader_api(course_dir).generate_assignment(lesson_id, force=True)
    folder = course_dir / "release" / lesson_id
    if not outcome["success"]:
        raise ReleaseError(f"{lesson_id} 没有生成学员版：{outcome.get('error') or outcome['log']}")
    leaks = list(leaks_in_release(course_dir, lesson_id))
    if leaks:
        shutil.rmtree(folder)
        raise ReleaseError(
            f"{lesson_id} 的学员版里发现不该给学员的内容，没有发布：" + "；".join(leaks)
        )
    return folder


def nbgrader_api(course_dir: Path) -> Any:
    """Return nbgrader's own API over a course directory, quiet and with our configuration."""
    _put_programs_on_path()
    config = Config()
    configure(config, course_dir)
    logging.getLogger("traitlets").setLevel(logging.ERROR)
    return NbGraderAPI(config=config)


def _put_programs_on_path() -> None:
    """Let nbgrader find ``alembic`` beside our Python, which it runs for every new gradebook."""
    programs = str(Path(sys.executable).parent)
    path = os.environ.get("PATH", "")
    if programs not in path.split(os.pathsep):
        os.environ["PATH"] = programs + os.pathsep + path


def main(arguments: list[str]) -> None:
    """Release every lesson of a course into a folder: ``COURSE --to FOLDER`` (Binder)."""
    course_dir, target = Path(arguments[0]), Path(arguments[2])
    for lesson in load_course(course_dir).lessons:
        folder = release(course_dir, lesson.id)
        shutil.copytree(folder, target / lesson.id, dirs_exist_ok=True)


if __name__ == "__main__":
    main(sys.argv[1:])
