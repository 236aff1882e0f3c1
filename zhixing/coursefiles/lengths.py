"""Lengths: whether a lesson and each of its sections can be read in the time they ask for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from zhixing.coursefiles.finding import Finding
from zhixing.coursefiles.loading import LessonFiles
from zhixing.coursefiles.notebook import Cell, Notebook
from zhixing.coursefiles.prose import LEAST_CHARACTERS, MOST_CHARACTERS, characters
from zhixing.coursefiles.toml import TomlFile

MOST_A_MINUTE = 400
"""Chinese characters one can read in a minute and follow: an assumption of ours, stated in
``docs/howto/course.md``; a section's minutes are also for its questions."""

_PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)")


def limits_findings(toml: TomlFile) -> Iterator[Finding]:
    """Limits of a course that no text can meet."""
    least, most = _limits(toml.data)
    if least >= most:
        line, found = toml.line(("characters",)) or 1, f"[{least}, {most}]"
        expected = "前小后大，如 [1800, 3000]"
        yield Finding(toml.name, line, "characters", found, expected, "请改正。")


def length_findings(lesson: LessonFiles, data: Mapping[str, Any]) -> Iterator[Finding]:
    """A lesson's text outside its course's limits, or a section's longer than its minutes."""
    notebook = lesson.notebook
    if notebook is None:
        return
    yield from _sections(notebook)
    if _is_test(lesson):
        return
    count = sum(_read(cell) for cell in notebook.cells)
    least, most = _limits(data)
    if not least <= count <= most:
        expected = f"{least} 至 {most} 个汉字"
        advice = "请增删正文；另一类课程可在 course.toml 写 characters。"
        yield Finding(notebook.name, None, "正文长度", f"{count} 个汉字", expected, advice)


def _limits(data: Mapping[str, Any]) -> tuple[int, int]:
    least, most = data.get("characters", (LEAST_CHARACTERS, MOST_CHARACTERS))
    return least, most


def _is_test(lesson: LessonFiles) -> bool:
    """Whether there is nothing to read: a test, or places that are filled from a pool."""
    return lesson.entry.get("rules", {}).get("mode") == "test" or bool(lesson.questions.slots)


def _read(cell: Cell) -> int:
    """Characters to read in a cell; a text alternative stands for a picture one looks at."""
    return characters(_PICTURE.sub("", cell.source)) if cell.kind == "markdown" else 0


def _sections(notebook: Notebook) -> Iterator[Finding]:
    starts = [place for place, cell in enumerate(notebook.cells) if cell.heading]
    for start, end in zip(starts, [*starts[1:], len(notebook.cells)], strict=True):
        head = notebook.cells[start]
        minutes = head.ours.get("minutes")
        if isinstance(minutes, bool) or not isinstance(minutes, int):
            continue  # named as missing already
        cells = [cell for cell in notebook.cells[start:end] if not cell.ours.get("sources")]
        count = sum(map(_read, cells))
        if count > minutes * MOST_A_MINUTE:
            field, found = f"小节“{head.heading}”", f"{count} 个汉字，{minutes} 分钟"
            expected = f"每分钟不超过 {MOST_A_MINUTE} 个汉字（至多 {minutes * MOST_A_MINUTE}）"
            yield Finding(notebook.name, head.line, field, found, expected, "请删减或拆分小节。")
