"""Work folders: the trainers' nbgrader course directories inside the data folder."""

from __future__ import annotations

import filecmp
import shutil
from collections.abc import Callable
from pathlib import Path

from grading.release import release
from zhixing.course import Course
from zhixing.coursefiles.publicationfile import NAME as RECORD
from zhixing.coursefiles.released import is_published
from zhixing.errors import ZhixingError
from zhixing.settings import Settings

SHIPPED = ("course.toml", "nbgrader_config.py", "questions", "cases", "data", "source", RECORD)
"""What a course brings; everything else in a work folder is the trainers'."""


def refresh_courses(
    settings: Settings, courses: tuple[Course, ...], tell: Callable[[str], None]
) -> None:
    """Bring new and changed course files in and release lessons that have no release yet.

    A file that a trainer changed in the work folder stays: we remember what we shipped in
    ``.shipped`` and replace a file only while it is still as shipped. Where publication is
    required, a lesson that a trainer changed here is released no more until it is published.
    """
    for course in courses:
        folder = settings.data / "courses" / course.id
        _mark_stale(folder, course, _ship(settings.courses / course.id, folder))
        for lesson in course.lessons:
            if not _stale_mark(folder, lesson.id).exists() and _is_released(folder, lesson.id):
                continue
            name = f"《{course.title}》{lesson.id}"
            if settings.require_published and not _may_release(folder, lesson.id):
                tell(f"{name} 的学员版没有生成：课程目录里的文件改过，不是已发布的版本")
                continue
            tell(f"生成{name} 的学员版")
            release(folder, lesson.id)
            _stale_mark(folder, lesson.id).unlink(missing_ok=True)


def _mark_stale(folder: Path, course: Course, changed: list[str]) -> None:
    """Remember which releases are out of date: a lesson may be published long after it changed."""
    for name in (*(lesson.id for lesson in course.lessons), *course.withheld):
        if any(path.startswith(f"source/{name}/") for path in changed):
            mark = _stale_mark(folder, name)
            mark.parent.mkdir(exist_ok=True)
            mark.touch()


def _stale_mark(folder: Path, lesson_id: str) -> Path:
    return folder / ".stale" / lesson_id


def _is_released(folder: Path, lesson_id: str) -> bool:
    return (folder / "release" / lesson_id).is_dir()


def _may_release(folder: Path, lesson_id: str) -> bool:
    try:
        return is_published(folder, lesson_id)
    except ZhixingError:
        return False  # a trainer's change broke the course: it cannot be what was published


def _ship(origin: Path, folder: Path) -> list[str]:
    changed = _clear(origin, folder)
    for path in _shipped_files(origin):
        relative = path.relative_to(origin)
        target, last = folder / relative, folder / ".shipped" / relative
        # The record is nobody's to change in a work folder.
        if relative.name != RECORD and target.exists() and not _is_as_shipped(target, last):
            continue
        if target.exists() and filecmp.cmp(path, target, shallow=False):
            continue
        _copy(path, target)
        _copy(path, last)
        changed.append(relative.as_posix())
    return changed


def _clear(origin: Path, folder: Path) -> list[str]:
    """Take away what the course no longer brings, unless a trainer changed it."""
    gone = []
    shipped = folder / ".shipped"
    for last in sorted(path for path in shipped.rglob("*") if path.is_file()):
        relative = last.relative_to(shipped)
        target = folder / relative
        if (origin / relative).exists() or (target.exists() and not _is_as_shipped(target, last)):
            continue
        target.unlink(missing_ok=True)
        last.unlink()
        gone.append(relative.as_posix())
    return gone


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
