"""Preprocessors: parts that we put into nbgrader's autograde in the place of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbformat.v4 import new_output
from nbgrader.preprocessors import Execute, NbGraderPreprocessor

from grading.answersfile import RecordedAnswer, load_answers
from zhixing.coursefiles import load_course
from zhixing.errors import InvalidAnswerError
from zhixing.kernels.boxedkernel import BoxedKernelManager
from zhixing.marking import mark
from zhixing.question import Question
from zhixing.rules import credit


class ScoreQuestions(NbGraderPreprocessor):
    """Give question cells their points from recorded answers; run code only if there is any.

    Widgets are never run: a question cell gets an output that nbgrader reads as partial credit.
    A notebook without a learner's code never starts a kernel.
    """

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Score the notebook's questions, then run learner code in a box."""
        folder = Path(resources["metadata"]["path"])
        questions = self._questions(resources["nbgrader"]["assignment"])
        if has_learner_code(nb):
            nb, resources = boxed_execute(self).preprocess(nb, resources)
        answers = load_answers(folder)
        for cell in nb.cells:
            question = questions.get(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
            if question is not None and cell.cell_type == "code":
                cell.outputs = [_points_output(points_earned(question, answers.get(question.id)))]
        return nb, resources

    def _questions(self, lesson_id: str) -> dict[str, Question]:
        course = load_course(Path(self.config.CourseDirectory.root))
        lesson = course.lesson(lesson_id)
        return {question.id: question for question in lesson.questions} if lesson else {}


def points_earned(question: Question, answer: RecordedAnswer | None) -> float:
    """Points of one question: the best try, by the same function that marked it at once.

    An answer to another version keeps the mark that it got under its own key.
    """
    if answer is None:
        return 0.0
    if answer.version != question.version:
        return question.points * (answer.score or 0.0)
    return question.points * credit([_score(question, value) for value in answer.values])


def _score(question: Question, value: Any) -> float:
    try:
        return mark(question, value).score or 0.0
    except InvalidAnswerError:
        # The API refuses what cannot be marked, so this was written by no learner.
        return 0.0


def _points_output(points: float) -> Any:
    return new_output("execute_result", {"text/plain": repr(points)}, execution_count=None)


def has_learner_code(nb: Any) -> bool:
    """Whether any code in the notebook was written by a learner."""
    return any(
        cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution")
        for cell in nb.cells
    )


def boxed_execute(parent: Any) -> Any:
    """Return nbgrader's Execute with a kernel in a box that has nothing of the course."""
    return Execute(parent=parent, kernel_manager_class=BoxedKernelManager)
