"""Versions: the hash of all that a lesson is made of, so that any edit makes another one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from zhixing.coursefiles.loading import CourseFiles, LessonFiles, seeds_of

DIGITS = 16
"""Hexadecimal; as many as the version of a question has."""


def lesson_version(files: CourseFiles, lesson: LessonFiles) -> str:
    """Hash of the lesson's entry, questions, cases, data tasks, notebooks and figures.

    Where a place is filled from a pool, the questions it may hold belong to the lesson too,
    wherever they are written.
    """
    digest = hashlib.sha256()
    for part in (_entry(files, lesson), *_drawn(lesson)):
        digest.update(part.encode() + b"\0")
    for path in lesson_paths(files.folder, lesson):
        name = path.relative_to(files.folder).as_posix()
        content = path.read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:DIGITS]


def lesson_paths(folder: Path, lesson: LessonFiles) -> list[Path]:
    """Files that belong to one lesson, sorted; what editors leave lying about is none of them."""
    name = lesson.entry["id"]
    single = [
        folder / "questions" / f"{name}.toml",
        *(folder / "cases" / f"{case}.toml" for case in lesson.entry.get("cases", ())),
        *(folder / "data" / f"{task}.py" for task in lesson.entry.get("tasks", ())),
    ]
    inside = [path for path in (folder / "source" / name).rglob("*") if not _is_left(folder, path)]
    return sorted(path for path in (*single, *inside) if path.is_file())


def _is_left(folder: Path, path: Path) -> bool:
    parts = path.relative_to(folder).parts
    return any(part.startswith(".") or part == "__pycache__" for part in parts)


def _entry(files: CourseFiles, lesson: LessonFiles) -> str:
    """What ``course.toml`` says of the lesson, and the seeds its data are made from."""
    seeds = seeds_of(files.data) if lesson.entry.get("tasks") else None
    said = {"lesson": lesson.entry, "seeds": seeds}
    return json.dumps(said, ensure_ascii=False, sort_keys=True, default=str)


def _drawn(lesson: LessonFiles) -> Iterator[str]:
    for place, forms in sorted(lesson.drawn.forms.items()):
        for form in forms:
            yield f"{place}\0{form.question.version}"
