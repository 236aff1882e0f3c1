"""Loading: a course folder to a :class:`~zhixing.course.Course`, or everything wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from zhixing.course import Course, Draw, Lesson
from zhixing.coursefiles.casefile import read_case
from zhixing.coursefiles.crosscheck import lesson_findings
from zhixing.coursefiles.documents import document_findings
from zhixing.coursefiles.figures import read_figures
from zhixing.coursefiles.finding import CourseFaults, Finding
from zhixing.coursefiles.notebook import (
    Notebook,
    read_notebook,
    sections_from_cells,
    sources_from_cells,
    structure_findings,
)
from zhixing.coursefiles.questionfile import QuestionFile, Tasks, read_questions
from zhixing.coursefiles.rulecheck import rule_findings, rules_from_entry
from zhixing.coursefiles.schema import COURSE_FILE
from zhixing.coursefiles.shape import shape_findings
from zhixing.coursefiles.slots import Catalogue, Drawn, drawn_places
from zhixing.coursefiles.toml import TomlFile, read_toml
from zhixing.datatask import Solved, solved_task
from zhixing.errors import CourseFileError


@dataclass(frozen=True)
class LessonFiles:
    """One lesson as read, before it is known to be sound."""

    entry: Mapping[str, Any]
    line: int
    questions: QuestionFile
    cases: tuple[QuestionFile, ...]
    notebook: Notebook | None
    tasks: Tasks
    drawn: Drawn

    @property
    def files(self) -> tuple[QuestionFile, ...]:
        """Every file that questions of the lesson are written in."""
        return (self.questions, *self.cases)

    def standing(self, pooled: frozenset[str] | None = None) -> tuple[QuestionFile, ...]:
        """What stands in the lesson itself: without what is only there to be drawn from.

        Parameters
        ----------
        pooled
            Ids that any test of the course draws from; only they may do without a cell.
        """
        shown = {cell.question for cell in (self.notebook.cells if self.notebook else ())}
        questions = tuple(
            question
            for question in self.questions.questions
            if question.id in shown or (pooled is not None and question.id not in pooled)
        )
        return (replace(self.questions, questions=questions), *self.cases, self.drawn.file)


@dataclass(frozen=True)
class CourseFiles:
    """One course as read; ``findings`` is empty where a :class:`Course` can be made of it."""

    folder: Path
    data: Mapping[str, Any]
    lessons: tuple[LessonFiles, ...]
    findings: tuple[Finding, ...]

    @property
    def name(self) -> str:
        """How reports call the course file."""
        return f"{self.folder.name}/course.toml"


def load_course(folder: Path, draws: int | None = None) -> Course:
    """Read a course.

    Parameters
    ----------
    draws
        At most so many drawings of each data task, where fewer will do: working one out costs
        some 40 ms.

    Raises
    ------
    CourseFileError
        With every fault of its files in ``findings``.
    """
    files = read_course(folder, draws)
    if files.findings:
        raise CourseFaults(files.findings)
    return course_from_files(files)


def load_lesson(folder: Path, lesson_id: str) -> Lesson | None:
    """Read one lesson, and others only where it draws from them; None if there is none such.

    A course's data tasks take seconds to work out. What is wrong with other lessons, and between
    lessons, is left to :func:`load_course`.

    Raises
    ------
    CourseFileError
        With every fault of the files that were read in ``findings``.
    """
    files = read_course(folder, only=lesson_id)
    if files.findings:
        raise CourseFaults(files.findings)
    return course_from_files(files).lesson(lesson_id)


def load_courses(path: Path) -> tuple[Course, ...]:
    """Read every folder in ``path`` that holds a ``course.toml``, by name."""
    return tuple(load_course(folder) for folder in course_folders(path))


def course_folders(path: Path) -> list[Path]:
    """Folders of courses in ``path``, or ``path`` itself if it is one."""
    if (path / "course.toml").is_file():
        return [path]
    return sorted(file.parent for file in path.glob("*/course.toml"))


def course_from_files(files: CourseFiles) -> Course:
    """Make the course of files that have no finding."""
    return Course(
        id=files.folder.name,
        title=files.data["title"],
        summary=files.data["summary"],
        hours=float(files.data["hours"]),
        lessons=tuple(_lesson(files.folder, lesson) for lesson in files.lessons),
        self_study=files.data.get("self_study", False),
    )


def read_course(folder: Path, draws: int | None = None, only: str | None = None) -> CourseFiles:
    """Read all files of a course, gathering what is wrong instead of stopping at it.

    Parameters
    ----------
    draws
        See :func:`load_course`.
    only
        A lesson, where others need not be read but for what it draws from them.
    """
    folder = folder.resolve()
    toml = read_toml(folder / "course.toml", f"{folder.name}/course.toml")
    if isinstance(toml, Finding):
        return CourseFiles(folder, {}, (), (toml,))
    findings = shape_findings(toml, COURSE_FILE)
    if findings:
        return CourseFiles(folder, toml.data, (), tuple(findings))
    seeds = seeds_of(toml.data)[:draws]
    asked = [_read_asked(folder, toml, n, seeds, findings) for n in _places(toml, only)]
    if only and any(one.questions.slots for one in asked):
        others = [n for n in _places(toml) if toml.data["lesson"][n]["id"] != only]
        asked += [_read_asked(folder, toml, n, seeds, findings) for n in others]
    catalogue = Catalogue.of(
        [(one.entry["id"], file) for one in asked for file in (one.questions, *one.cases)]
    )
    drawn = [drawn_places(one.questions, catalogue) for one in asked]
    findings += [finding for one in drawn for finding in one.file.findings]
    pooled = frozenset(name for one in drawn for name in one.origins)
    if only:  # a lesson that was not read may draw from it
        pooled |= {question.id for one in asked for question in one.questions.questions}
    lessons = tuple(
        _read_lesson(folder, one, places, pooled, findings)
        for one, places in zip(asked, drawn, strict=True)
    )
    findings += [*_repeated_ids(toml.name, lessons), *document_findings(toml)]
    return CourseFiles(folder, toml.data, lessons, tuple(findings))


def _places(toml: TomlFile, only: str | None = None) -> list[int]:
    """Places of lessons in ``course.toml``."""
    entries = enumerate(toml.data["lesson"])
    return [n for n, entry in entries if only in (None, entry["id"])]


@dataclass(frozen=True)
class _Asked:
    """What one lesson asks, read before its notebook, as other lessons may draw from it."""

    entry: Mapping[str, Any]
    line: int
    tasks: Tasks
    questions: QuestionFile
    cases: tuple[QuestionFile, ...]


def _read_asked(
    folder: Path, toml: TomlFile, place: int, seeds: Sequence[int], findings: list[Finding]
) -> _Asked:
    entry = toml.data["lesson"][place]
    lesson = entry["id"]
    findings += rule_findings(toml, place)
    tasks = dict(_read_tasks(folder, entry.get("tasks", []), seeds, findings))
    questions = read_questions(
        folder / "questions" / f"{lesson}.toml", f"{folder.name}/questions/{lesson}.toml", tasks
    )
    cases = tuple(
        read_case(folder / "cases" / f"{name}.toml", f"{folder.name}/cases/{name}.toml")
        for name in entry.get("cases", ())
    )
    findings += [finding for file in (questions, *cases) for finding in file.findings]
    return _Asked(entry, toml.line(("lesson", place)) or 1, tasks, questions, cases)


def _read_lesson(
    folder: Path, asked: _Asked, drawn: Drawn, pooled: frozenset[str], findings: list[Finding]
) -> LessonFiles:
    name = asked.entry["id"]
    path = f"source/{name}/{name}.ipynb"
    notebook = read_notebook(folder / path, f"{folder.name}/{path}")
    read = LessonFiles(
        asked.entry, asked.line, asked.questions, asked.cases, None, asked.tasks, drawn
    )
    if isinstance(notebook, Finding):
        findings.append(notebook)
        return read
    findings += structure_findings(notebook)
    read = replace(read, notebook=notebook)
    # A broken question file would have every cell reported too.
    if not any(file.findings for file in (*read.files, drawn.file)):
        findings += lesson_findings(read.standing(pooled), notebook, asked.tasks)
    return read


def _repeated_ids(name: str, lessons: tuple[LessonFiles, ...]) -> Iterator[Finding]:
    """Ids used twice in the course, of lessons or of questions."""
    seen: dict[str, str] = {}
    for lesson in lessons:
        own = [(lesson.entry["id"], name, lesson.line)]
        own += [
            (question.id, file.name, file.lines[question.id])
            for file in (*lesson.files, lesson.drawn.file)
            for question in file.questions
        ]
        for item, where, line in own:
            if item in seen:
                found, expected = f"{item} 已用于 {seen[item]}", "全课程每个编号只用一次"
                yield Finding(where, line, item, found, expected, "请改用别的编号。")
            seen.setdefault(item, where)


def _read_tasks(
    folder: Path, names: list[str], seeds: Sequence[int], findings: list[Finding]
) -> Iterator[tuple[str, tuple[Solved, ...]]]:
    for name in names:
        try:
            drawn = [solved_task(folder / "data" / f"{name}.py", seed) for seed in seeds]
            # A task may have one set of figures, whatever the seed.
            is_same = len(drawn) > 1 and drawn[0].task.tables == drawn[1].task.tables
            yield name, tuple(drawn[:1] if is_same else drawn)
        except CourseFileError as error:
            found, _, advice = error.problem.partition("；")
            findings.append(
                Finding(error.file, error.line, error.field, found, "可运行的数据任务", advice)
            )


def seeds_of(data: Mapping[str, Any]) -> range:
    """Seeds of the drawings that each data task of a course has, as ``course.toml`` says."""
    first: int = data.get("task_seed", 0)
    return range(first, first + data.get("task_draws", 1))


def _lesson(folder: Path, files: LessonFiles) -> Lesson:
    cells = files.notebook.cells if files.notebook else ()
    entry = files.entry
    questions = tuple(question for file in files.standing() for question in file.questions)
    forms = {**files.questions.forms, **files.drawn.forms}
    return Lesson(
        id=entry["id"],
        title=entry["title"],
        aim=entry["aim"],
        minutes=entry["minutes"],
        sections=sections_from_cells(cells),
        questions=questions,
        sources=sources_from_cells(cells),
        rules=rules_from_entry(entry),
        tasks=tuple(drawings[0].task for drawings in files.tasks.values()),
        forms={question.id: forms[question.id] for question in questions if question.id in forms},
        draws=dict(_draws(files)),
        figures=read_figures(folder, entry["id"]),
    )


def _draws(files: LessonFiles) -> Iterator[tuple[str, tuple[Draw, ...]]]:
    """Drawings of the tasks that have several, each with the questions it decides."""
    for name, drawings in files.tasks.items():
        asked = {
            question: drawn
            for question, drawn in files.questions.drawn.items()
            if files.questions.solvers[question].partition(".")[0] == name
        }
        if len(drawings) > 1:
            yield (
                name,
                tuple(
                    Draw(solved.task, {question: drawn[n] for question, drawn in asked.items()})
                    for n, solved in enumerate(drawings)
                ),
            )
