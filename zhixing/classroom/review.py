"""Review (温故): a learner's own errors, once their keys are released to that learner."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from zhixing.classroom.desk import Desk, desks_of
from zhixing.classroom.hall import Hall
from zhixing.classroom.problem import ProblemError
from zhixing.course import Course, Lesson
from zhixing.question import Question
from zhixing.records.reviews import CardPlace, KeptCard, keep_card, own_cards
from zhixing.records.scope import Viewer
from zhixing.reviewcard import QUESTIONS_AT_A_TIME, REVIEWED_KINDS, ReviewCard


@dataclass(frozen=True)
class OwnError:
    """A question that the viewer once got wrong, and its card.

    Parameters
    ----------
    key
        Click of the last answer in a review; empty before the first.
    """

    course: Course
    lesson: Lesson
    question: Question
    card: ReviewCard
    key: str = ""

    @property
    def place(self) -> CardPlace:
        """Course and question."""
        return (self.course.id, self.question.id)


def own_errors(hall: Hall, viewer: Viewer) -> list[OwnError]:
    """Read all errors of the viewer that may come back, the one due first at the head.

    A question that changed since is not among them: its old answer says nothing of the new one.
    """
    now = hall.clock()
    with hall.store.read() as conn:
        desks = desks_of(conn, hall, viewer)
        kept = own_cards(conn, viewer)
    errors = [
        _own_error(desk, question, made_at, kept.get((desk.course.id, question.id)))
        for desk in desks
        for question, made_at in _errors_made(desk, now)
    ]
    return sorted(errors, key=lambda error: (error.card.due_at, error.place))


def due_errors(errors: Sequence[OwnError], now: datetime) -> tuple[list[OwnError], bool]:
    """Return the three to review now, and whether more are due."""
    due = [error for error in errors if error.card.is_due(now)]
    return due[:QUESTIONS_AT_A_TIME], len(due) > QUESTIONS_AT_A_TIME


def _errors_made(desk: Desk, now: datetime) -> Iterator[tuple[Question, datetime]]:
    for question in desk.lesson.questions:
        wrong = [
            one.received_at
            for one in desk.tries.get(question.id, ())
            if one.version == question.version and one.score is not None and one.score < 1
        ]
        # Whatever the lesson's rules are: where they do not yet show the key, we do not either.
        is_released = wrong and desk.state(question, now)["reveal"] is not None
        if is_released and question.kind in REVIEWED_KINDS:
            yield question, wrong[-1]


def _own_error(
    desk: Desk, question: Question, made_at: datetime, kept: KeptCard | None
) -> OwnError:
    if kept and kept.version == question.version and kept.card.last_at >= made_at:
        return OwnError(desk.course, desk.lesson, question, kept.card, kept.key)
    return OwnError(desk.course, desk.lesson, question, ReviewCard.from_error(made_at))


def take_review(
    conn: Connection, viewer: Viewer, error: OwnError, key: str, now: datetime, *, is_right: bool
) -> None:
    """Plan the question anew after an answer; the same click again changes nothing.

    Nothing else is written: no try, no mark, no progress, no audit row.

    Raises
    ------
    ProblemError
        409 if the question is not due, or another tab answered it in between.
    """
    kept = own_cards(conn, viewer).get(error.place)
    if kept and kept.key == key:
        return
    is_overtaken = kept is not None and kept.card.last_at > error.card.last_at
    if is_overtaken or not error.card.is_due(now):
        raise ProblemError(
            409, "not_due", "这道题刚温过，现在不用再答。", "请打开“温故”看现在的题。"
        )
    card = error.card.answered(now, is_right=is_right)
    keep_card(conn, viewer, error.place, KeptCard(error.question.version, key, card))
