"""Points: what recorded answers earn, by the functions that marked and counted them at once."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from grading.answersfile import RecordedAnswer
from grading.answertext import text_from_answer
from zhixing.course import Lesson
from zhixing.coursefiles import load_lesson
from zhixing.errors import InvalidAnswerError
from zhixing.marking import mark
from zhixing.question import Question
from zhixing.rules import LessonRules, credit


def lesson_as_it_is(course_dir: Path, lesson_id: str) -> Lesson | None:
    """Load a lesson, once for as long as nobody changes the course; None if there is none such."""
    return _lesson_as_of(course_dir, lesson_id, newest_change(course_dir))


def newest_change(course_dir: Path) -> int:
    """When what an author writes in a course directory was last changed, in nanoseconds."""
    folders = [course_dir / name for name in ("cases", "data", "questions", "source")]
    written = [path for folder in folders for path in (folder, *folder.rglob("*")) if path.exists()]
    return max(path.stat().st_mtime_ns for path in (course_dir / "course.toml", *written))


@lru_cache(maxsize=8)
def _lesson_as_of(course_dir: Path, lesson_id: str, _changed: int) -> Lesson | None:
    return load_lesson(course_dir, lesson_id)


def question_answered(
    lesson: Lesson, question: Question, answer: RecordedAnswer | None
) -> Question:
    """Return the question of the learner's own paper, by the version that was answered."""
    own = answer and lesson.possible_question(question.id, answer.version)
    return own or question


def points_earned(question: Question, answer: RecordedAnswer | None, rules: LessonRules) -> float:
    """Points of one question, by the same functions that marked and counted it at once.

    An answer to another version keeps the mark that it got under its own key. The tries add up as
    the records say that they do for this learner.
    """
    if answer is None:
        return 0.0
    if answer.version != question.version:
        return question.points * (answer.score or 0.0)
    scores = [_score(question, value) for value in answer.values]
    own = rules.counted_by(answer.counting).for_kind(question.kind)
    return question.points * credit([*answer.earlier, *scores], own)


def _score(question: Question, value: Any) -> float:
    try:
        return mark(question, value).score or 0.0
    except InvalidAnswerError:
        # The API refuses what cannot be marked, so this was written by no learner.
        return 0.0


def question_outputs(
    question: Question, answer: RecordedAnswer | None, points: float
) -> list[dict[str, Any]]:
    """What was answered, for the trainer, and the points, which nbgrader reads as the grade."""
    told = text_from_answer(question, answer.values if answer else ())
    return [
        {"output_type": "display_data", "data": {"text/plain": told}, "metadata": {}},
        {
            "output_type": "execute_result",
            "data": {"text/plain": repr(points)},
            "metadata": {},
            "execution_count": None,
        },
    ]
