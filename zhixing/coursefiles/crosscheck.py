"""Cross-check: whether questions, notebook, tables and code track of a lesson fit together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from zhixing.coursefiles.finding import Finding, shown
from zhixing.coursefiles.notebook import Cell, Notebook
from zhixing.coursefiles.questionfile import QuestionFile, Tasks
from zhixing.question import Question

_NEXT = "请改正其中一处，使两边一致。"
_ANSWER = re.compile(r'answer\("([^"\n]+)"')
_QUESTION_CELL = {"grade": True, "solution": False, "locked": True}
_WRITTEN_CELL = {"grade": True, "solution": True, "locked": False}


def lesson_findings(
    files: Sequence[QuestionFile], notebook: Notebook, tasks: Tasks
) -> Iterator[Finding]:
    """Everything that does not fit between the question files and the lesson notebook."""
    known = {question.id: question for file in files for question in file.questions}
    yield from _repeated(notebook)
    for file in files:
        yield from _unshown(file, notebook)
    for place, cell in enumerate(notebook.cells):
        if cell.question:
            following = notebook.cells[place + 1] if place + 1 < len(notebook.cells) else None
            yield from _cell_findings(notebook.name, cell, following, known)
        if cell.table:
            yield from _table_findings(notebook.name, cell, tasks)
        if cell.ours.get("codetrack", cell.id) not in (cell.id, *tasks):
            yield _named(notebook.name, cell, "zhixing.codetrack", tuple(tasks))


def _repeated(notebook: Notebook) -> Iterator[Finding]:
    seen: set[str] = set()
    for cell in notebook.cells:
        if cell.question and cell.question in seen:
            found = f"{cell.question} 出现第二次"
            yield _finding(notebook.name, cell, cell.question, found, "每题只放一次")
        seen.add(cell.question)


def _unshown(questions: QuestionFile, notebook: Notebook) -> Iterator[Finding]:
    shown_ids = {cell.question for cell in notebook.cells}
    for question in questions.questions:
        if question.id not in shown_ids:
            yield Finding(
                questions.name,
                questions.lines[question.id],
                question.id,
                f"{notebook.name} 里没有这道题",
                f'一个单元格写 Question("{question.id}")',
                _NEXT,
            )


def _cell_findings(
    name: str, cell: Cell, following: Cell | None, known: Mapping[str, Question]
) -> Iterator[Finding]:
    question = known.get(cell.question)
    if question is None:
        yield _named(name, cell, cell.question, tuple(known))
    elif question.kind != "written":
        yield from _grader_findings(name, cell, question, _QUESTION_CELL)
    else:
        yield from _written_findings(name, cell, following, question)


def _written_findings(
    name: str, cell: Cell, following: Cell | None, question: Question
) -> Iterator[Finding]:
    if cell.grader:
        yield _finding(name, cell, question.id, "有 nbgrader 元数据", "简答题的题目单元格不带它")
    if following is None or not following.is_written_answer:
        yield _finding(
            name, cell, question.id, "后面没有作答单元格", "紧接一个人工评分的文本单元格"
        )
    else:
        yield from _grader_findings(name, following, question, _WRITTEN_CELL)


def _grader_findings(
    name: str, cell: Cell, question: Question, flags: Mapping[str, bool]
) -> Iterator[Finding]:
    wanted: dict[str, Any] = {**flags, "grade_id": question.id, "points": question.points}
    for field, expected in wanted.items():
        found = cell.grader.get(field)
        if found != expected:
            place = f"{question.id} nbgrader.{field}"
            yield _finding(name, cell, place, shown(found), shown(expected))


def _table_findings(name: str, cell: Cell, tasks: Tasks) -> Iterator[Finding]:
    tables = [f"{task}/{table}" for task, drawn in tasks.items() for table in drawn[0].task.tables]
    if cell.table not in tables:
        yield _named(name, cell, cell.table, tuple(tables))


def codetrack_findings(
    task: str, notebook: Notebook, questions: QuestionFile, asked: tuple[str, ...]
) -> Iterator[Finding]:
    """Whether the code track answers exactly the questions of its task."""
    answered = {
        question: cell for cell in notebook.cells for question in _ANSWER.findall(cell.source)
    }
    for question in asked:
        if question not in answered:
            found, expected = f"{notebook.name} 没有作答", f'answer("{question}", …)'
            line = questions.lines[question]
            yield Finding(questions.name, line, question, found, expected, _NEXT)
    for question, cell in answered.items():
        if question not in asked:
            yield _named(notebook.name, cell, question, asked, f"{task} 的题目之一")


def _named(
    name: str, cell: Cell, field: str, known: tuple[str, ...], what: str = "已有的之一"
) -> Finding:
    found = cell.ours.get("codetrack") or field
    return _finding(name, cell, field, shown(found), f"{what}({'、'.join(known) or '无'})")


def _finding(name: str, cell: Cell, field: str, found: str, expected: str) -> Finding:
    return Finding(name, cell.line, field, found, expected, _NEXT)
