"""Preprocessors: parts that we put into nbgrader's autograde in the place of its own."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import Any

from nbclient.exceptions import DeadKernelError
from nbformat.v4 import new_output
from nbgrader.preprocessors import Execute, NbGraderPreprocessor
from nbgrader.preprocessors.execute import UnresponsiveKernelError

from grading.answersfile import RecordedAnswer, load_answers
from grading.answertext import text_from_answer
from zhixing.course import Course, Lesson
from zhixing.coursefiles import load_course
from zhixing.errors import InvalidAnswerError
from zhixing.kernels.boxedkernel import BoxedKernelManager
from zhixing.marking import mark
from zhixing.question import Question
from zhixing.rules import LessonRules, credit


class ScoreQuestions(NbGraderPreprocessor):
    """Give question cells their points from recorded answers; run code only if there is any.

    Widgets are never run: a question cell gets an output that nbgrader reads as partial credit.
    A notebook without a learner's code never starts a kernel.
    """

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Run learner code in a box, then score the notebook's questions."""
        folder = Path(resources["metadata"]["path"])
        lesson = self._course().lesson(resources["nbgrader"]["assignment"])
        if has_learner_code(nb):
            nb, resources = self._executed(nb, resources, lesson)
        answers = load_answers(folder)
        for cell in nb.cells:
            question = _question_of_cell(lesson, cell)
            if lesson is not None and question is not None:
                answer = answers.get(question.id)
                asked = question_answered(lesson, question, answer)
                cell.outputs = _outputs(asked, answer, lesson.rules)
        return nb, resources

    def _executed(self, nb: Any, resources: Any, lesson: Lesson | None) -> tuple[Any, Any]:
        try:
            with tables_folder(lesson) as tables:
                done: tuple[Any, Any] = boxed_execute(self, tables).preprocess(nb, resources)
                return done
        except (DeadKernelError, UnresponsiveKernelError) as error:
            self.log.warning("学员的代码使内核停了（%s），后面的单元格没有运行", error)
            fail_what_did_not_run(nb)
            return nb, resources

    def _course(self) -> Course:
        root = Path(self.config.CourseDirectory.root)
        return _course_as_of(root, newest_change(root))


def newest_change(course_dir: Path) -> int:
    """When what an author writes in a course directory was last changed, in nanoseconds."""
    folders = [course_dir / name for name in ("cases", "data", "questions", "source")]
    written = [path for folder in folders for path in (folder, *folder.rglob("*")) if path.exists()]
    return max(path.stat().st_mtime_ns for path in (course_dir / "course.toml", *written))


@lru_cache(maxsize=8)
def _course_as_of(course_dir: Path, _changed: int) -> Course:
    """Keep the course between hand-ins: solving its data tasks again takes 0.1 s."""
    return load_course(course_dir)


def _question_of_cell(lesson: Lesson | None, cell: Any) -> Question | None:
    grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
    return lesson.question(grade_id) if lesson and cell.cell_type == "code" else None


def question_answered(
    lesson: Lesson, question: Question, answer: RecordedAnswer | None
) -> Question:
    """Return the question of the learner's own paper, by the version that was answered."""
    own = answer and lesson.possible_question(question.id, answer.version)
    return own or question


def points_earned(question: Question, answer: RecordedAnswer | None, rules: LessonRules) -> float:
    """Points of one question, by the same functions that marked and counted it at once.

    An answer to another version keeps the mark that it got under its own key.
    """
    if answer is None:
        return 0.0
    if answer.version != question.version:
        return question.points * (answer.score or 0.0)
    scores = [_score(question, value) for value in answer.values]
    return question.points * credit([*answer.earlier, *scores], rules)


def _score(question: Question, value: Any) -> float:
    try:
        return mark(question, value).score or 0.0
    except InvalidAnswerError:
        # The API refuses what cannot be marked, so this was written by no learner.
        return 0.0


def _outputs(question: Question, answer: RecordedAnswer | None, rules: LessonRules) -> list[Any]:
    """What was answered, for the trainer, and the points, which nbgrader reads as the grade."""
    told = {"text/plain": text_from_answer(question, answer.values if answer else ())}
    points = {"text/plain": repr(points_earned(question, answer, rules))}
    return [
        new_output("display_data", told),
        new_output("execute_result", points, execution_count=None),
    ]


def has_learner_code(nb: Any) -> bool:
    """Whether any code in the notebook was written by a learner."""
    return any(
        cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution")
        for cell in nb.cells
    )


def fail_what_did_not_run(nb: Any) -> None:
    """Say so in every cell that code kept from running: nbgrader takes silence for a pass."""
    for cell in nb.cells:
        if cell.cell_type == "code" and cell.execution_count is None:
            words = "前面的代码使内核停了，这一格没有运行。"
            stopped = new_output("error", ename="NotRun", evalue=words, traceback=[words])
            cell.outputs = [*cell.outputs, stopped]


@contextmanager
def tables_folder(lesson: Lesson | None) -> Iterator[Path]:
    """Write the tables of the lesson's data tasks, which hold no key, where a box may read."""
    with tempfile.TemporaryDirectory(prefix="zx-tables-") as name:
        folder = Path(name)
        for task in lesson.tasks if lesson else ():
            (folder / task.id).mkdir()
            for table, content in task.tables.items():
                path = folder / task.id / f"{table}.json"
                path.write_text(json.dumps({"note": task.note, **content}, ensure_ascii=False))
        # A box under root runs as another user; the tables are no secret.
        folder.chmod(0o755)
        yield folder


def boxed_execute(parent: Any, tables: Path) -> Any:
    """Return nbgrader's Execute with a kernel in a box that has nothing of the course but tables.

    Raises
    ------
    NoIsolationError
        When it runs, if this machine lets nobody make a box; there is no way round it.
    """
    config = deepcopy(parent.config)
    config.BoxedKernel.box_read_only = [os.fspath(tables)]
    config.BoxedKernel.box_env = {"ZHIXING_TABLES": os.fspath(tables)}
    return Execute(parent=parent, config=config, kernel_manager_class=BoxedKernelManager)
