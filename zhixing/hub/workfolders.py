"""Work folders: the trainers' nbgrader course directories inside the data folder."""

from __future__ import annotations

import filecmp
import shutil
from collections.abc import Callable
from pathlib import Path

from grading.release import release
from zhixing.course import Course
from zhixing.settings import Settings

SHIPPED = ("course.toml", "nbgrader_config.py", "questions", "cases", "data", "source")
"""What a course brings; everything else in a work folder is the trainers'."""


def refresh_courses(
    settings: Settings, courses: tuple[Course, ...], tell: Callable[[str], None]
) -> None:
    """Bring new and changed course files in and release lessons that have no release yet.

    A file that a trainer changed in the work folder stays: we remember what we shipped in
    ``.shipped`` and replace a file only while it is still as shipped.
    """
    for course in courses:
        folder = settings.data / "courses" / course.id
        changed = _ship(settings.courses / course.id, folder)
        for lesson in course.lessons:
            is_stale = any(f"source/{lesson.id}/" in path for path in changed)
            if is_stale or not (folder / "release" / lesson.id).is_dir():
                tell(f"生成《{course.title}》{lesson.id} 的学员版")
                release(folder, lesson.id)


def _ship(origin: Path, folder: Path) -> list[str]:
    changed = []
    for path in _shipped_files(origin):
        relative = path.relative_to(origin)
        target, last = folder / relative, folder / ".shipped" / relative
        if target.exists() and not _is_as_shipped(target, last):
            continue
        if target.exists() and filecmp.cmp(path, target, shallow=False):
            continue
        _copy(path, target)
        _copy(path, last)
        changed.append(relative.as_posix())
    return changed


def _shipped_files(origin: Path) -> list[Path]:
    roots = [origin / name for name in SHIPPED]
    inside = [path for root in roots if root.is_dir() for path in sorted(root.rglob("*"))]
    files = [*(root for root in roots if root.is_file()), *inside]
    return [path for path in files if path.is_file() and "__pycache__" not in path.parts]


def _is_as_shipped(target: Path, last: Path) -> bool:
    return last.exists() and filecmp.cmp(target, last, shallow=False)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
