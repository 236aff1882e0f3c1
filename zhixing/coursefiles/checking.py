"""Checking: everything ``zhixing check`` holds against a course, file by file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from zhixing.coursefiles.assumptions import (
    assumption_findings,
    notebook_findings,
    source_findings,
)
from zhixing.coursefiles.crosscheck import codetrack_findings
from zhixing.coursefiles.documents import citation_findings, review_findings
from zhixing.coursefiles.finding import Finding, shown
from zhixing.coursefiles.giveaway import giveaway_findings
from zhixing.coursefiles.keytexts import told_findings
from zhixing.coursefiles.lengths import length_findings, limits_findings
from zhixing.coursefiles.loading import CourseFiles, LessonFiles, read_course
from zhixing.coursefiles.nbcheck import format_findings
from zhixing.coursefiles.notebook import Notebook, read_notebook
from zhixing.coursefiles.pictures import picture_findings
from zhixing.coursefiles.prose import prose_faults
from zhixing.coursefiles.publicationfile import read_record
from zhixing.coursefiles.questionfile import QuestionFile
from zhixing.coursefiles.rulecheck import ZONE
from zhixing.coursefiles.sealing import sealing_findings
from zhixing.coursefiles.textfile import read_text
from zhixing.coursefiles.toml import TomlFile, read_toml

SHORTEST_SECTION = 5
LONGEST_SECTION = 10
"""Minutes; a section is what one does between two other things."""


def course_findings(folder: Path, today: date | None = None) -> list[Finding]:
    """Everything wrong with a course, what the loader refuses first.

    Parameters
    ----------
    today
        Day by which documents are in force or overdue; the one in Beijing if not given.
    """
    files = read_course(folder)
    findings = [*files.findings, *_unlisted(files), *read_record(files.folder).findings]
    toml = read_toml(files.folder / "course.toml", files.name)
    day = (today or datetime.now(ZONE).date()).isoformat()
    if files.lessons and isinstance(toml, TomlFile):
        findings += limits_findings(toml)
        findings += review_findings(toml, day)
    for lesson in files.lessons:
        findings += _lesson_findings(files, lesson, day)
    return list(dict.fromkeys(findings))


def _lesson_findings(files: CourseFiles, lesson: LessonFiles, day: str) -> Iterator[Finding]:
    figures = files.data.get("figures_more_than", ())
    documents = {document["id"]: document for document in files.data.get("document", ())}
    for file in lesson.files:
        yield from _question_prose(files.folder, file, figures)
        yield from citation_findings(file, documents, day)
        yield from source_findings(file)
        yield from assumption_findings(file)
    is_shuffled = lesson.entry.get("rules", {}).get("shuffle", False)
    yield from giveaway_findings(lesson.questions, is_shuffled=is_shuffled)
    if lesson.notebook:
        yield from format_findings(lesson.notebook)
        yield from _notebook_prose(lesson.notebook, figures)
        yield from notebook_findings(lesson.notebook)
        yield from length_findings(lesson, files.data)
        yield from _minutes(files, lesson)
        yield from _title(lesson)
    yield from _codetracks(files.folder, lesson)
    yield from _told(files, lesson)
    yield from picture_findings(
        files.folder, lesson.entry["id"], _notebooks(files, lesson), figures
    )


def _told(files: CourseFiles, lesson: LessonFiles) -> Iterator[Finding]:
    questions = [question for file in lesson.standing() for question in file.questions]
    for notebook in _notebooks(files, lesson):
        yield from told_findings(notebook, questions)


def _unlisted(files: CourseFiles) -> Iterator[Finding]:
    """Files that no lesson of the course uses: forgotten, or misnamed."""
    if not files.lessons:
        return
    lessons = {lesson.entry["id"] for lesson in files.lessons}
    cases = {name for lesson in files.lessons for name in lesson.entry.get("cases", ())}
    found = [
        *files.folder.glob("questions/*.toml"),
        *files.folder.glob("cases/*.toml"),
        *(path for path in files.folder.glob("source/*") if path.is_dir()),
    ]
    for path in sorted(found):
        if path.stem not in (cases if path.parent.name == "cases" else lessons):
            name = f"{files.folder.name}/{path.relative_to(files.folder).as_posix()}"
            expected = "在 course.toml 中列为一课"
            yield Finding(name, None, "文件", "没有课时使用", expected, "请列入或删去。")


def _notebooks(files: CourseFiles, lesson: LessonFiles) -> list[Notebook]:
    """Every notebook of a lesson that can be read; the others are named elsewhere."""
    name = lesson.entry["id"]
    paths = sorted((files.folder / "source" / name).glob("*.ipynb"))
    read = [read_notebook(p, f"{files.folder.name}/source/{name}/{p.name}") for p in paths]
    return [one for one in read if isinstance(one, Notebook)]


def _codetracks(folder: Path, lesson: LessonFiles) -> Iterator[Finding]:
    name = lesson.entry["id"]
    paths = {path.stem: path for path in sorted((folder / "source" / name).glob("*.ipynb"))}
    tracks = dict.fromkeys(_named_tracks(lesson))
    for stem in [*tracks, *(stem for stem in paths if stem != name and stem not in tracks)]:
        path = folder / "source" / name / f"{stem}.ipynb"
        notebook = read_notebook(path, f"{folder.name}/source/{name}/{stem}.ipynb")
        if isinstance(notebook, Finding):
            yield notebook
            continue
        yield from format_findings(notebook)
        yield from sealing_findings(notebook)
        yield from _notebook_prose(notebook, ())
        if not lesson.questions.findings:
            asked = _asked(lesson, stem)
            yield from codetrack_findings(stem, notebook, lesson.questions, asked)


def _named_tracks(lesson: LessonFiles) -> list[str]:
    cells = lesson.notebook.cells if lesson.notebook else ()
    return [str(cell.ours["codetrack"]) for cell in cells if cell.ours.get("codetrack")]


def _asked(lesson: LessonFiles, task: str) -> tuple[str, ...]:
    """Questions whose key comes from this task's solver."""
    return tuple(
        question
        for question, solver in lesson.questions.solvers.items()
        if solver.partition(".")[0] == task
    )


def _minutes(files: CourseFiles, lesson: LessonFiles) -> Iterator[Finding]:
    notebook = lesson.notebook
    cells = [cell for cell in (notebook.cells if notebook else ()) if cell.heading]
    minutes = [cell.ours.get("minutes") for cell in cells]
    if not notebook or not all(isinstance(number, int) for number in minutes):
        return
    for cell, number in zip(cells, minutes, strict=True):
        if not SHORTEST_SECTION <= int(number or 0) <= LONGEST_SECTION:
            expected = f"{SHORTEST_SECTION} 至 {LONGEST_SECTION} 分钟"
            field = f"小节“{cell.heading}” zhixing.minutes"
            advice = "请拆分或合并小节。"
            yield Finding(notebook.name, cell.line, field, f"{number} 分钟", expected, advice)
    total = sum(int(number or 0) for number in minutes)
    if total != lesson.entry["minutes"]:
        field, found = f"{lesson.entry['id']} minutes", f"{lesson.entry['minutes']}"
        expected = f"各小节合计 {total}"
        yield Finding(files.name, lesson.line, field, found, expected, "请使两处一致。")


def _title(lesson: LessonFiles) -> Iterator[Finding]:
    notebook, title = lesson.notebook, lesson.entry["title"]
    if not notebook or not notebook.cells:
        return
    first = notebook.cells[0].source.split("\n", maxsplit=1)[0].removeprefix("# ").strip()
    if first != title:
        line, expected = notebook.cells[0].line, shown(title)
        yield Finding(notebook.name, line, "标题", shown(first), expected, "请使两处一致。")


def _notebook_prose(notebook: Notebook, figures: tuple[str, ...]) -> Iterator[Finding]:
    for cell in notebook.cells:
        if cell.kind != "markdown":
            continue
        for source_line in cell.source.split("\n"):
            for found, expected, advice in prose_faults(source_line, figures):
                line = notebook.line(cell, source_line)
                yield Finding(notebook.name, line, "正文", found, expected, advice)


def _question_prose(
    folder: Path, file: QuestionFile, figures: tuple[str, ...]
) -> Iterator[Finding]:
    """Check every text of every question; its line is where the text stands in the file."""
    text = read_text(folder.parent / file.name, file.name)
    for question in file.questions:
        content = json.loads(json.dumps(question.content(), ensure_ascii=False, default=list))
        for field, value in _texts(content):
            for found, expected, advice in prose_faults(value, figures):
                line = _line(str(text), file.lines[question.id], value)
                place = f"{question.id} {field}"
                yield Finding(file.name, line, place, found, expected, advice)


def _texts(content: Any, field: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(content, str):
        yield field, content
    elif isinstance(content, Mapping):
        for name, inside in content.items():
            yield from _texts(inside, f"{field}.{name}".lstrip("."))
    elif isinstance(content, list):
        for place, inside in enumerate(content):
            label = inside.get("id", place + 1) if isinstance(inside, dict) else place + 1
            yield from _texts(inside, f"{field}[{label}]")


def _line(text: str, start: int, value: str) -> int:
    """First line from ``start`` on that holds the text; the start where none does."""
    first = value.split("\n", maxsplit=1)[0]
    for number, line in enumerate(text.split("\n"), start=1):
        if number >= start and first in line:
            return number
    return start
