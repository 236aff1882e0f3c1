"""Draft and receipt: an answer before it is written, and what is said once it is on disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from zhixing.rules import LessonRules


@dataclass(frozen=True)
class AnswerDraft:
    """One marked answer on its way to the records.

    Parameters
    ----------
    enrolment_id
        Who answers in which cohort; None to have it found from ``username`` and ``course_id``
        in the transaction of the answer, together with the dates of the cohort.
    username
        Who answers, as the server knows it.
    course_id
        Needed where ``enrolment_id`` is None.
    value
        The answer as given, plain JSON data.
    score
        0 to 1, or None while a person has yet to grade it.
    reasons
        As :attr:`zhixing.question.Mark.reasons`.
    points
        What the question is worth.
    question_total
        Questions of the lesson; the lesson is completed once all are answered.
    key
        Made once a click; the same key again is the same answer.
    received_at
        Server time, aware.
    refuse_after_handin
        Whether a lesson that was handed in takes no more answers.
    opens, closes
        Aware times between which the lesson takes answers; None means no bound. A repeat of an
        answer that was taken in time gets its receipt at any time.
    kind
        Of the question. For a ``case`` ``value`` is the path so far: it must go on from the last
        recorded step by exactly one, or begin anew after an end.
    is_complete
        False for a step after which the case goes on: recorded, but no try.
    rules
        The lesson's: how many answers the question takes, and what they count for.
    certainty
        How sure the learner is, 1 to 3; None where the lesson does not ask.
    sitting
        Sitting whose paper was answered; None where there is but one paper.
    """

    enrolment_id: int | None
    username: str
    lesson_id: str
    question_id: str
    version: str
    value: Any
    score: float | None
    reasons: Sequence[Mapping[str, str]]
    points: float
    question_total: int
    key: str
    received_at: datetime
    refuse_after_handin: bool = False
    grader: str = "zhixing"
    course_id: str = ""
    opens: datetime | None = None
    closes: datetime | None = None
    kind: str = "single"
    is_complete: bool = True
    rules: LessonRules = field(default_factory=LessonRules)
    certainty: int | None = None
    sitting: int | None = None

    @property
    def is_step(self) -> bool:
        """Whether the answer is one step of a case."""
        return self.kind == "case"


@dataclass(frozen=True)
class Recorded:
    """Receipt of an answer that is on disk.

    Parameters
    ----------
    receipt
        What a learner may quote to a trainer, e.g. ``A-00001234``.
    attempt
        1 for the first answer to this question.
    attempts
        Tries of this question used so far; a step of a case that goes on is none.
    best
        Best score of this question so far, None while nothing is marked.
    credit
        Score that counts for this question so far, see :func:`zhixing.rules.credit`.
    rules
        The learner's own, by which the credit was worked out.
    score, reasons, value
        Of this answer; for a repeat, of the first with the same key.
    repeated
        Whether the same key was recorded before.
    """

    receipt: str
    answer_id: int
    attempt: int
    attempts: int
    value: Any
    received_at: datetime
    score: float | None
    reasons: tuple[Mapping[str, str], ...]
    best: float | None
    credit: float
    rules: LessonRules
    repeated: bool = False


def receipt_from_id(answer_id: int) -> str:
    """Receipt of the answer with this id."""
    return f"A-{answer_id:08d}"
