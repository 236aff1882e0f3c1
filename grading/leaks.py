"""Leaks: whatever of a key stands in what learners are given."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from zhixing.course import Lesson
from zhixing.coursefiles import load_lesson
from zhixing.coursefiles.keytexts import SHORTEST_SECRET, key_texts
from zhixing.question import Question

SMALLEST_SET = 3
"""A smaller set of codes may stand in a text by chance."""

Stamp = frozenset[tuple[Path, int, int]]
"""Each file's path, time of the last change in nanoseconds, and size in bytes."""

_MARKS = re.compile(r"\b(BEGIN|END) (SOLUTION|HIDDEN TESTS|MARK SCHEME)\b", re.IGNORECASE)


def leaks_in_release(course_dir: Path, lesson_id: str) -> Iterator[str]:
    """Name each secret of a lesson that stands in any file of its release."""
    secrets = secrets_of_lesson(course_dir, lesson_id)
    folder = course_dir / "release" / lesson_id
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        texts = list(_texts_of_file(path))
        yield from (f"{path.name} {leak}" for leak in secrets.leaks(texts))


@dataclass(frozen=True)
class Secrets:
    """What of a lesson must not go out: lines of solutions and the questions' keys."""

    lines: frozenset[str]
    questions: tuple[Question, ...]

    def leaks(self, texts: list[str]) -> tuple[str, ...]:
        """Say what of it stands in these texts."""
        return (
            *_mark_leaks(texts),
            *_line_leaks(texts, self.lines),
            *_key_leaks(texts, self.questions),
        )


def secrets_of_lesson(course_dir: Path, lesson_id: str) -> Secrets:
    """Read them from the course; one that is not of our kind has solutions only."""
    is_ours = (course_dir / "course.toml").is_file()
    lesson = _lesson(course_dir, lesson_id, _stamp(course_dir)) if is_ours else None
    lines = frozenset(_hidden_lines(course_dir / "source" / lesson_id))
    return Secrets(lines, lesson.possible_questions if lesson else ())


@lru_cache(maxsize=2)
def _lesson(course_dir: Path, lesson_id: str, _stamp: Stamp) -> Lesson | None:
    """Read a lesson once for all its notebooks: of a release that was most of the time."""
    return load_lesson(course_dir, lesson_id)


def _stamp(course_dir: Path) -> Stamp:
    """What changes when any file of the course does."""
    files = [course_dir / "course.toml"]
    for part in ("questions", "cases", "data", "source"):
        files += (course_dir / part).rglob("*.*")
    found = ((path, path.stat()) for path in files if path.is_file())
    return frozenset((path, stat.st_mtime_ns, stat.st_size) for path, stat in found)


def _mark_leaks(texts: list[str]) -> Iterator[str]:
    found = {match[0] for text in texts for match in _MARKS.finditer(text)}
    yield from (f"里还有 {mark}" for mark in sorted(found))


def _line_leaks(texts: list[str], hidden: frozenset[str]) -> Iterator[str]:
    shown = {line.strip() for text in texts for line in text.splitlines()}
    yield from (f"里有参考解答：{line[:40]}" for line in sorted(hidden & shown))


def _key_leaks(texts: list[str], questions: tuple[Question, ...]) -> Iterator[str]:
    everything = "\n".join(texts)
    for question in questions:
        if any(secret in everything for secret in key_texts(question)):
            yield f"里有 {question.id} 的答案、理由或评分标准"
        members = question.key.get("set", ())
        if len(members) >= SMALLEST_SET and any(
            all(str(member) in text for member in members) for text in texts
        ):
            yield f"里有 {question.id} 的全部答案"


def _texts_of_file(path: Path) -> Iterator[str]:
    text = path.read_bytes().decode(errors="replace")
    if path.suffix == ".ipynb":
        yield from texts_in(json.loads(text))
    else:
        yield text


def texts_in(value: Any) -> Iterator[str]:
    """Every text in nested lists and mappings."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from texts_in(item)


def _hidden_lines(folder: Path) -> Iterator[str]:
    """Lines between the marks of the source, but what code outside of them has as well."""
    hidden: set[str] = set()
    shown: set[str] = set()
    for path in folder.rglob("*.ipynb"):
        for cell in json.loads(path.read_bytes())["cells"]:
            inside, outside = _parted_lines("".join(cell["source"]))
            hidden |= inside
            if cell["cell_type"] == "code":
                shown |= outside
    yield from (line for line in hidden - shown if len(line) >= SHORTEST_SECRET)


def _parted_lines(source: str) -> tuple[set[str], set[str]]:
    inside: set[str] = set()
    outside: set[str] = set()
    is_inside = False
    for line in source.splitlines():
        mark = _MARKS.search(line)
        if mark:
            is_inside = mark[1].upper() == "BEGIN"
        else:
            (inside if is_inside else outside).add(line.strip())
    return inside, outside
