"""Preprocessors: parts that we put into nbgrader's autograde in the place of its own."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

from nbclient.exceptions import DeadKernelError
from nbformat import from_dict
from nbformat.v4 import new_output
from nbgrader.preprocessors import Execute, NbGraderPreprocessor
from nbgrader.preprocessors.execute import UnresponsiveKernelError

from grading.answersfile import load_answers
from grading.points import (
    lesson_as_it_is,
    points_earned,
    question_answered,
    question_outputs,
)
from zhixing.course import Lesson
from zhixing.kernels.boxedkernel import BoxedKernelManager
from zhixing.paper import own_lesson
from zhixing.question import Question


class ScoreQuestions(NbGraderPreprocessor):
    """Give question cells their points from recorded answers; run code only if there is any.

    Widgets are never run: a question cell gets an output that nbgrader reads as partial credit.
    A notebook without a learner's code never starts a kernel.
    """

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Run learner code in a box, then score the notebook's questions."""
        folder = Path(resources["metadata"]["path"])
        course, told = Path(self.config.CourseDirectory.root), resources["nbgrader"]
        lesson = lesson_as_it_is(course, told["assignment"])
        if lesson is not None:
            lesson = own_lesson(lesson, course.resolve().name, told["student"], 1)
        if has_learner_code(nb):
            nb, resources = self._executed(nb, resources, lesson)
        answers = load_answers(folder)
        for cell in nb.cells:
            question = _question_of_cell(lesson, cell)
            if lesson is not None and question is not None:
                answer = answers.get(question.id)
                asked = question_answered(lesson, question, answer)
                points = points_earned(asked, answer, lesson.rules)
                cell.outputs = list(map(from_dict, question_outputs(asked, answer, points)))
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


def _question_of_cell(lesson: Lesson | None, cell: Any) -> Question | None:
    grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
    return lesson.question(grade_id) if lesson and cell.cell_type == "code" else None


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
