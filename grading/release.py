"""Release: the learners' version of a lesson, made by nbgrader and searched for keys."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from grading.leaks import leaks_in_release
from grading.nbgraderapi import nbgrader_api, reason_from_outcome
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
        raise ReleaseError(f"{lesson_id} 没有生成学员版：{reason_from_outcome(outcome)}")
    leaks = list(leaks_in_release(course_dir, lesson_id))
    if leaks:
        shutil.rmtree(folder)
        raise ReleaseError(
            f"{lesson_id} 的学员版里发现不该给学员的内容，没有发布：" + "；".join(leaks)
        )
    return folder


def main(arguments: list[str]) -> None:
    """Release every lesson of a course into a folder: ``COURSE --to FOLDER`` (Binder)."""
    course_dir, target = Path(arguments[0]), Path(arguments[2])
    for lesson in load_course(course_dir).lessons:
        folder = release(course_dir, lesson.id)
        shutil.copytree(folder, target / lesson.id, dirs_exist_ok=True)


if __name__ == "__main__":
    main(sys.argv[1:])
