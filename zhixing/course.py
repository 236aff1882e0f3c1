"""Course, lesson and section: what a learner walks through, as frozen values without I/O."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
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
    is_summary
        Whether it is the lesson's summary, which begins a page of its own on paper.
    """

    kind: str
    text: str = ""
    ref: str = ""
    is_summary: bool = False


@dataclass(frozen=True)
class Section:
    """Five to ten minutes of a lesson; begins at a ``##`` heading of the notebook.

    Parameters
    ----------
    is_summary
        Whether the whole section is the lesson's summary.
    """

    title: str
    minutes: int
    blocks: tuple[Block, ...]
    is_summary: bool = False


@dataclass(frozen=True)
class DataTask:
    """A data exercise: its tables as a learner gets them.

    Parameters
    ----------
    tables
        Name to ``{"title": str, "columns": [str], "rows": [[cell]]}``; cells are text,
        numbers or None.
    seed
        What they were drawn from.
    """

    id: str
    title: str
    note: str
    tables: Mapping[str, Mapping[str, Any]]
    seed: int = 0

    @cached_property
    def digest(self) -> str:
        """What its tables are known by, 16 hexadecimal digits."""
        text = json.dumps(self.tables, ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Draw:
    """One drawing of a data task from a seed of its own.

    Parameters
    ----------
    questions
        By id, the questions whose keys were worked out from these tables.
    """

    task: DataTask
    questions: Mapping[str, Question]


@dataclass(frozen=True)
class Form:
    """One of the questions that may stand in a place of a lesson.

    Parameters
    ----------
    origin
        Id of the question as it was written: no paper has two forms of one origin.
    question
        That question with the place's own id and, of a question with variants, one's numbers.
    """

    origin: str
    question: Question


@dataclass(frozen=True)
class Lesson:
    """One lesson; ``id`` is the nbgrader assignment name, e.g. ``L1``.

    Parameters
    ----------
    questions
        What stands in the lesson's places, in order. Where a place is drawn, this is one of its
        forms, and :mod:`zhixing.paper` says which one a learner has.
    forms
        By question id, for the places of which learners have different questions.
    draws
        By data task, its drawings where it has several: each learner works on one of them, and
        :mod:`zhixing.paper` says on which. ``tasks`` and ``questions`` have the first.
    figures
        File name to content of the pictures that its texts show as ``figures/NAME``.
    """

    id: str
    title: str
    aim: str
    minutes: int
    sections: tuple[Section, ...]
    questions: tuple[Question, ...]
    sources: tuple[str, ...] = ()
    rules: LessonRules = field(default_factory=LessonRules)
    tasks: tuple[DataTask, ...] = ()
    forms: Mapping[str, tuple[Form, ...]] = field(default_factory=dict)
    draws: Mapping[str, tuple[Draw, ...]] = field(default_factory=dict)
    figures: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def is_drawn(self) -> bool:
        """Whether learners have papers of their own: other questions, data, or another order."""
        return bool(self.forms or self.draws) or self.rules.shuffle

    @cached_property
    def varying(self) -> Mapping[str, tuple[Question, ...]]:
        """Of the places in which learners have different questions, by id, all these."""
        found = {name: tuple(form.question for form in forms) for name, forms in self.forms.items()}
        for draws in self.draws.values():
            for name in draws[0].questions:
                found[name] = tuple(draw.questions[name] for draw in draws)
        return found

    @property
    def possible_questions(self) -> tuple[Question, ...]:
        """Every question that any learner may get."""
        fixed = tuple(q for q in self.questions if q.id not in self.varying)
        return fixed + tuple(q for questions in self.varying.values() for q in questions)

    def possible_question(self, question_id: str, version: str) -> Question | None:
        """Question of this id and version that a learner may have got, or None."""
        found = (q for q in self.possible_questions if (q.id, q.version) == (question_id, version))
        return next(found, None)

    def question(self, question_id: str) -> Question | None:
        """Question of this id, or None."""
        return next((q for q in self.questions if q.id == question_id), None)

    def task(self, task_id: str) -> DataTask | None:
        """Data task of this id, or None."""
        return next((task for task in self.tasks if task.id == task_id), None)

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
    withheld
        Ids of lessons that are not published and therefore not shown.
    """

    id: str
    title: str
    summary: str
    hours: float
    lessons: tuple[Lesson, ...]
    self_study: bool = False
    withheld: tuple[str, ...] = ()

    @property
    def lesson_ids(self) -> tuple[str, ...]:
        """Lessons to complete, those withheld included: what was completed once stays so."""
        return (*(lesson.id for lesson in self.lessons), *self.withheld)

    def lesson(self, lesson_id: str) -> Lesson | None:
        """Lesson of this id, or None."""
        return next((lesson for lesson in self.lessons if lesson.id == lesson_id), None)
