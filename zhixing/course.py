"""Course, lesson and section: what a learner walks through, as frozen values without I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from zhixing.certainty import takes_certainty
from zhixing.question import Question
from zhixing.rules import LessonRules


@dataclass(frozen=True)
class Block:
    """One piece of a section, from one notebook cell.

    Parameters
    ----------
    kind
        ``text`` (``text`` holds markdown), ``question`` (``ref`` is a question id),
        ``table`` (``ref`` is ``TASK/table``, e.g. ``D1/roster``), or ``codetrack``
        (``ref`` names the notebook of the code track, e.g. ``D1``).
    """

    kind: str
    text: str = ""
    ref: str = ""


@dataclass(frozen=True)
class Section:
    """Five to ten minutes of a lesson; begins at a ``##`` heading of the notebook."""

    title: str
    minutes: int
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class DataTask:
    """A data exercise: its tables as a learner gets them.

    Parameters
    ----------
    tables
        Name to ``{"title": str, "columns": [str], "rows": [[cell]]}``; cells are text,
        numbers or None.
    """

    id: str
    title: str
    note: str
    tables: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Lesson:
    """One lesson; ``id`` is the nbgrader assignment name, e.g. ``L1``."""

    id: str
    title: str
    aim: str
    minutes: int
    sections: tuple[Section, ...]
    questions: tuple[Question, ...]
    sources: tuple[str, ...] = ()
    rules: LessonRules = field(default_factory=LessonRules)
    tasks: tuple[DataTask, ...] = ()

    def question(self, question_id: str) -> Question | None:
        """Question of this id, or None."""
        return next((q for q in self.questions if q.id == question_id), None)

    def public(self, question: Question) -> dict[str, Any]:
        """What a learner may see of a question before marking, and whether it asks how sure."""
        asks = self.rules.certainty and takes_certainty(question)
        return {**question.public(), "certainty": asks}


@dataclass(frozen=True)
class Course:
    """A course: lessons in order; ``id`` is its folder's name, e.g. ``shujiketang``.

    Parameters
    ----------
    hours
        Nominal training hours (学时), credited once on completion and never measured by a clock.
    self_study
        Whether its keys may be shipped to a single reader's own machine (Binder).
    """

    id: str
    title: str
    summary: str
    hours: float
    lessons: tuple[Lesson, ...]
    self_study: bool = False

    def lesson(self, lesson_id: str) -> Lesson | None:
        """Lesson of this id, or None."""
        return next((lesson for lesson in self.lessons if lesson.id == lesson_id), None)
