"""Desk: one learner in one lesson: enrolment, what was answered, what may be shown of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from zhixing.certainty import certainty_words
from zhixing.classroom.counting import counting_words, outlook_words
from zhixing.classroom.hall import Hall
from zhixing.classroom.problem import ProblemError, not_found
from zhixing.course import Course, Lesson
from zhixing.kinds.case import scene
from zhixing.marking import reveal
from zhixing.paper import own_lesson
from zhixing.question import Question
from zhixing.records.judged import judged_version
from zhixing.records.own import current_cohort
from zhixing.records.progress import OwnEnrolment, OwnLesson, own_lessons
from zhixing.records.scope import Viewer
from zhixing.records.tables import Answer, MarkRecord
from zhixing.records.teaching import taught_cohorts
from zhixing.rules import LessonRules, credit
from zhixing.span import Span


@dataclass(frozen=True)
class Try:
    """One recorded answer with its newest mark."""

    version: str
    value: Any
    received_at: datetime
    score: float | None
    reasons: Sequence[Mapping[str, str]]
    is_complete: bool = True
    certainty: int | None = None


@dataclass(frozen=True)
class Standing:
    """All answers to one question, first to last, as far as they matter for what is shown.

    A step of a case that goes on is no attempt.
    """

    attempts: int
    best: float | None
    last: Try | None
    credit: float = 0.0

    @classmethod
    def of(cls, tries: Sequence[Try], rules: LessonRules) -> Standing:
        """Sum up the tries of one question."""
        scores = [one.score for one in tries if one.is_complete]
        best = max((score for score in scores if score is not None), default=None)
        last = tries[-1] if tries else None
        return cls(len(scores), best, last, credit(scores, rules))


@dataclass(frozen=True)
class Desk:
    """A place in a lesson of a cohort: a learner's, or a trainer's who only reads.

    ``lesson`` is the learner's own paper, with the rules by which the own answers count.
    """

    course: Course
    lesson: Lesson
    enrolment: OwnEnrolment
    tries: Mapping[str, Sequence[Try]] = field(default_factory=dict)
    is_learner: bool = True

    @property
    def progress(self) -> OwnLesson | None:
        """How far the learner is, None before the first step."""
        return self.enrolment.lessons.get(self.lesson.id)

    @property
    def sitting(self) -> int:
        """Number of the sitting whose paper lies here, from 1."""
        return self.progress.sitting if self.progress else 1

    @property
    def closes(self) -> datetime:
        """First moment at which this learner's answers are no longer taken."""
        return self.span.closes

    def is_closed(self, now: datetime) -> bool:
        """Whether the lesson closed for this learner; what opens later is not closed."""
        return now >= self.closes

    @property
    def sittings_for_all(self) -> int:
        """Sittings that the lesson gives everybody; a trainer may have granted more."""
        lesson = self.course.lesson(self.lesson.id)
        return 1 + lesson.rules.resits if lesson and lesson.rules.is_test else 1

    def may_resit(self, now: datetime) -> bool:
        """Whether another sitting may begin now."""
        own = self.progress
        if own is None or own.submitted_at is None or not self.is_open(now):
            return False
        return own.sitting < max(own.sittings, self.sittings_for_all)

    @property
    def is_handed_in(self) -> bool:
        """Whether the lesson takes no more answers because it was handed in."""
        return bool(self.progress and self.progress.submitted_at)

    def is_open(self, now: datetime) -> bool:
        """Whether cohort and lesson take answers at this moment."""
        return self.is_learner and self.span.is_open(now)

    @property
    def span(self) -> Span:
        """From when to when answers are taken here, with what a trainer added for the learner."""
        return self.enrolment.span(self.lesson)

    def state(self, question: Question, now: datetime) -> dict[str, Any]:
        """AnswerState of the API for one question."""
        rules = self.lesson.rules.for_kind(question.kind)
        standing = Standing.of(self.tries.get(question.id, ()), rules)
        is_takable = self.is_open(now) and not self.is_handed_in
        return answer_state(
            question,
            rules,
            standing,
            is_handed_in=self.is_handed_in,
            is_takable=is_takable,
            is_closed=self.is_closed(now),
        )

    def is_told(self, now: datetime) -> bool:
        """Whether marks, reasons and keys are shown by now."""
        rules = self.lesson.rules
        return rules.is_told(is_handed_in=self.is_handed_in, is_closed=self.is_closed(now))

    def unanswered(self) -> list[Question]:
        """Questions without a whole answer, in the order of the lesson."""
        answered = {name for name, tries in self.tries.items() if any(t.is_complete for t in tries)}
        return [question for question in self.lesson.questions if question.id not in answered]


def answer_state(
    question: Question,
    rules: LessonRules,
    standing: Standing,
    *,
    is_handed_in: bool,
    is_takable: bool,
    is_closed: bool = False,
) -> dict[str, Any]:
    """Say where a learner stands with a question, and nothing the rules do not release yet."""
    is_shown = rules.is_told(is_handed_in=is_handed_in, is_closed=is_closed)
    # That nothing is left to gain is a mark too, and told no earlier than one.
    is_right = is_shown and standing.best == 1.0
    # A case may be walked again after its best end: there is more than one way to learn from it.
    is_spent = standing.attempts >= rules.tries_for(question.kind) or (
        is_right and question.kind != "case"
    )
    is_revealed = is_shown and (is_handed_in or is_spent)
    last = standing.last
    return {
        "status": _status(question, standing, is_spent, is_takable, is_handed_in),
        "attempts": standing.attempts,
        "tries": rules.tries_for(question.kind),
        "counting": counting_words(question, rules, standing.attempts),
        "outlook": outlook_words(question, rules, is_handed_in=is_handed_in),
        "last": {"value": last.value, "received_at": last.received_at.isoformat()}
        if last
        else None,
        "score": last.score if last and is_shown else None,
        "credit": standing.credit if standing.best is not None and is_shown else None,
        "reasons": _reasons(last, is_shown=is_shown),
        "reveal": reveal(question) if is_revealed else None,
        "scene": _scene(question, last, is_shown=is_shown) if question.kind == "case" else None,
    }


def _reasons(last: Try | None, *, is_shown: bool) -> list[dict[str, str]]:
    """Why the last answer was right or wrong, and what being so sure of it was worth."""
    if last is None or not is_shown:
        return []
    sure = certainty_words(last.score, last.certainty)
    return [*map(dict, last.reasons), *([{"id": "", "text": sure}] if sure else [])]


def _scene(question: Question, last: Try | None, *, is_shown: bool) -> dict[str, Any]:
    """Where the walk through a case stands; a walk through another version is over."""
    is_same = last is not None and last.version == question.version
    return scene(question, last.value if last and is_same else [], is_scored=is_shown)


def _status(
    question: Question,
    standing: Standing,
    is_spent: bool,  # noqa: FBT001 - private, named at its one call
    is_takable: bool,  # noqa: FBT001 - likewise
    is_handed_in: bool,  # noqa: FBT001 - likewise
) -> str:
    if question.kind == "written" and is_handed_in and standing.attempts:
        return "waiting"
    if is_spent and standing.attempts:
        return "done"
    return "open" if is_takable else "closed"


async def desk_of(hall: Hall, viewer: Viewer, course_id: str, lesson_id: str) -> Desk:
    """Return the viewer's desk in a lesson; 404 where the viewer is not enrolled."""
    course, lesson = hall.course(course_id), hall.lesson(course_id, lesson_id)
    desk = await asyncio.to_thread(_desk, hall, viewer, course, lesson)
    if desk is None:
        raise not_found()
    return desk


async def reading_desk_of(hall: Hall, viewer: Viewer, course_id: str, lesson_id: str) -> Desk:
    """Return the viewer's desk, or one to read at for those who teach the course; else 404.

    Raises
    ------
    ProblemError
        409 for learners while a test has not begun: whoever reads it early has it longer.
    """
    course, lesson = hall.course(course_id), hall.lesson(course_id, lesson_id)
    desk = await asyncio.to_thread(_desk, hall, viewer, course, lesson)
    if desk is not None and lesson.rules.is_test:
        require_begun(desk, hall.clock())
    desk = desk or await asyncio.to_thread(_trainers_desk, hall, viewer, course, lesson)
    if desk is None:
        raise not_found()
    return desk


def _desk(hall: Hall, viewer: Viewer, course: Course, lesson: Lesson) -> Desk | None:
    with hall.store.read() as conn:
        enrolment = newest_enrolment(own_lessons(conn, viewer), course.id, hall.clock())
        if enrolment is None:
            return None
        return _own_desk(conn, viewer, course, lesson, enrolment)


def _own_desk(
    conn: Connection, viewer: Viewer, course: Course, lesson: Lesson, enrolment: OwnEnrolment
) -> Desk:
    progress = enrolment.lessons.get(lesson.id)
    sitting = progress.sitting if progress else 1
    own = own_lesson(lesson, course.id, viewer.username, sitting)
    rules = own.rules.counted_by(progress.counting if progress else None)
    tries = tries_of_lesson(conn, enrolment.enrolment_id, lesson.id, sitting)
    return Desk(course, replace(own, rules=rules), enrolment, tries)


def desks_of(conn: Connection, hall: Hall, viewer: Viewer) -> list[Desk]:
    """Read the viewer's desks in every lesson of the own courses that was begun."""
    own, now = own_lessons(conn, viewer), hall.clock()
    current = [(course, newest_enrolment(own, course.id, now)) for course in hall.courses]
    return [
        _own_desk(conn, viewer, course, lesson, enrolment)
        for course, enrolment in current
        if enrolment is not None
        for lesson in course.lessons
        if lesson.id in enrolment.lessons
    ]


def _trainers_desk(hall: Hall, viewer: Viewer, course: Course, lesson: Lesson) -> Desk | None:
    with hall.store.read() as conn:
        taught = [one for one in taught_cohorts(conn, viewer) if one.course_id == course.id]
    cohort = current_cohort(taught, hall.clock())
    if cohort is None:
        return None
    bare = OwnEnrolment(0, course.id, cohort.cohort_id, cohort.title, cohort.opens, cohort.closes)
    own = own_lesson(lesson, course.id, viewer.username, 1)
    return Desk(course, own, bare, is_learner=False)


def newest_enrolment(
    enrolments: Sequence[OwnEnrolment], course_id: str, now: datetime
) -> OwnEnrolment | None:
    """Return the open enrolment of a course, else the one that opened last."""
    own = [enrolment for enrolment in enrolments if enrolment.course_id == course_id]
    return current_cohort(own, now)


def tries_of_lesson(
    conn: Connection, enrolment_id: int, lesson_id: str, sitting: int
) -> dict[str, list[Try]]:
    """Answers of one enrolment in a sitting of a lesson, with the mark that counts now."""
    newest: dict[int, tuple[str, Try]] = {}
    for row in conn.execute(
        select(
            Answer.id,
            Answer.question_id,
            # After a regrade an answer counts as one to the version whose key it was judged by.
            judged_version,
            Answer.value,
            Answer.received_at,
            MarkRecord.score,
            MarkRecord.reasons,
            Answer.is_complete,
            Answer.certainty,
        )
        .join(MarkRecord, MarkRecord.answer_id == Answer.id)
        .where(
            Answer.enrolment_id == enrolment_id,
            Answer.lesson_id == lesson_id,
            Answer.sitting == sitting,
        )
        .order_by(Answer.question_id, Answer.attempt, MarkRecord.id)
    ):
        newest[row.id] = (row.question_id, Try(*row[2:]))
    tries: dict[str, list[Try]] = {}
    for question_id, one in newest.values():
        tries.setdefault(question_id, []).append(one)
    return tries


def question_of(lesson: Lesson, question_id: str) -> Question:
    """Question of a lesson, else 404."""
    question = lesson.question(question_id)
    if question is None:
        raise not_found()
    return question


def lesson_of_question(course: Course, question_id: str) -> Lesson:
    """Return the lesson a question stands in, else 404."""
    for lesson in course.lessons:
        if lesson.question(question_id):
            return lesson
    raise not_found()


def require_open(desk: Desk, now: datetime) -> None:
    """Refuse with 409 where no answer is taken, and say why."""
    if desk.is_handed_in:
        raise ProblemError(
            409, "handed_in", "这一讲已经交卷，不能再答。", "成绩和评语会出现在课程页上。"
        )
    require_begun(desk, now)
    if not desk.is_open(now):
        raise ProblemError(409, "closed", "这一讲已经截止，不能再答。", "请联系教员。")


def require_begun(desk: Desk, now: datetime) -> None:
    """Refuse with 409 before the cohort or the lesson begins."""
    if now < desk.enrolment.opens:
        raise ProblemError(409, "not_yet_open", "班次还没有开始。", "请在开班以后再来。")
    if now < desk.span.opens:
        raise ProblemError(409, "not_yet_open", "这一讲还没有开始。", "请在开始以后再来。")
