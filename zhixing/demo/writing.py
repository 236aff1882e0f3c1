"""Writing: a story into the records, answers by the same code that records real ones."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from zhixing.course import Course
from zhixing.demo.history import Given
from zhixing.demo.pace import office_hour
from zhixing.demo.story import FINISHED, MIDWAY, Chapter, Judgement
from zhixing.records.audit import add_audit
from zhixing.records.batch import record_answers
from zhixing.records.counted import counted_so_far
from zhixing.records.draft import AnswerDraft, Recorded
from zhixing.records.tables import (
    Access,
    Cohort,
    Enrolment,
    Grade,
    LessonProgress,
    Person,
    QuestionVersion,
    Submission,
)

ANSWERS_A_BATCH = 400


@dataclass(frozen=True)
class HandIn:
    """What is packed into a submission: who hands in which lesson with which answers.

    Parameters
    ----------
    answers
        Question id to every value given, first to last.
    """

    course: Course
    lesson_id: str
    username: str
    name: str
    answers: Mapping[str, Sequence[Any]]
    submitted_at: datetime


@dataclass(frozen=True)
class Judged:
    """A hand-in, its zip and what a trainer said of it."""

    hand_in: HandIn
    package: bytes
    judgement: Judgement


@dataclass(frozen=True)
class GradingDesk:
    """Grading as the demo needs it; handed in, because we do not know it.

    Parameters
    ----------
    pack
        Makes the zip of an nbgrader submission.
    grade
        Takes hand-ins of one lesson, each with its zip and what a trainer said; puts all into
        nbgrader's gradebook and returns for each what is released:
        ``{score, max_score, comment, cells}`` as :class:`Grade` has them.
    """

    pack: Callable[[HandIn], bytes]
    grade: Callable[[Sequence[Judged]], Sequence[Mapping[str, Any]]]


def write_versions(conn: Connection, courses: tuple[Course, ...], released_at: datetime) -> None:
    """Release every question of the courses that is not released yet."""
    known = set(conn.scalars(select(QuestionVersion.version)))
    rows = [
        {
            "version": question.version,
            "course_id": course.id,
            "lesson_id": lesson.id,
            "question_id": question.id,
            "content": question.content(),
            "released_at": released_at,
        }
        for course in courses
        for lesson in course.lessons
        for question in lesson.possible_questions
        if question.version not in known
    ]
    if rows:
        conn.execute(insert(QuestionVersion), rows)


def write_story(conn: Connection, story: Sequence[Chapter], desk: GradingDesk) -> None:
    """Write answers, positions, submissions and grades."""
    enrolments = _enrolments(conn)
    names = {
        row.username: row for row in conn.execute(select(Person.id, Person.username, Person.name))
    }
    _write_answers(conn, story, enrolments)
    _write_positions(conn, story, enrolments)
    handed_in = [
        (chapter.run.handed_in_at, chapter) for chapter in story if chapter.run.handed_in_at
    ]
    waiting: dict[tuple[str, str], dict[int, Judged]] = {}
    for at, chapter in sorted(handed_in, key=lambda pair: (pair[0], pair[1].username)):
        enrolment = enrolments[chapter.cohort, chapter.username]
        hand_in = _hand_in(chapter, names[chapter.username].name, at)
        package = desk.pack(hand_in)
        submission = _write_submission(conn, chapter, enrolment, at, package)
        if chapter.judgement:
            one = Judged(hand_in, package, chapter.judgement)
            waiting.setdefault((chapter.course.id, chapter.run.lesson.id), {})[submission] = one
    for judged in waiting.values():
        for (submission, one), released in zip(
            judged.items(), desk.grade(tuple(judged.values())), strict=True
        ):
            trainer = names[one.judgement.trainer].id
            _write_grade(conn, one.judgement, released, submission, trainer)


def write_accesses(conn: Connection, now: datetime) -> None:
    """Let the two cadres of the story see who looked at their records."""
    ids = {row.username: row.id for row in conn.execute(select(Person.id, Person.username))}
    # At least four days ago: a weekend moves a look forward, and none lies in the future.
    looks = (("street1", 19), ("district", 9), ("street1", 4))
    rows = [
        {
            "viewer_id": ids[viewer],
            "person_id": ids[seen],
            "what": "completion",
            "reason": "",
            "seen_at": office_hour(Random(days), now - timedelta(days=days), 0),  # noqa: S311 - a story
        }
        for viewer, days in looks
        for seen in (MIDWAY, FINISHED)
    ]
    conn.execute(insert(Access), rows)


def _enrolments(conn: Connection) -> dict[tuple[str, str], int]:
    query = (
        select(Cohort.title, Person.username, Enrolment.id)
        .join(Enrolment, Enrolment.cohort_id == Cohort.id)
        .join(Person, Person.id == Enrolment.person_id)
    )
    return {(title, username): number for title, username, number in conn.execute(query)}


def _write_answers(
    conn: Connection, story: Sequence[Chapter], enrolments: Mapping[tuple[str, str], int]
) -> None:
    drafts = [
        _draft(chapter, given, number, enrolments[chapter.cohort, chapter.username])
        for chapter in story
        for number, given in enumerate(chapter.run.answers)
    ]
    drafts.sort(key=lambda draft: (draft.received_at, draft.enrolment_id))
    for start in range(0, len(drafts), ANSWERS_A_BATCH):
        for outcome in record_answers(conn, drafts[start : start + ANSWERS_A_BATCH]):
            if not isinstance(outcome, Recorded):
                raise outcome


def _draft(chapter: Chapter, given: Given, number: int, enrolment: int) -> AnswerDraft:
    question, lesson = given.question, given.lesson
    return AnswerDraft(
        enrolment_id=enrolment,
        username=chapter.username,
        lesson_id=lesson.id,
        question_id=question.id,
        version=question.version,
        value=given.value,
        score=given.mark.score,
        reasons=given.mark.reasons,
        points=question.points,
        question_total=len(lesson.questions),
        key=_token(chapter, f"answer {number}"),
        received_at=given.at,
        kind=question.kind,
        is_complete=given.mark.is_complete,
        rules=lesson.rules,
        certainty=given.certainty,
    )


def _token(chapter: Chapter, what: str) -> str:
    """Stands for the random key of a click; made from the story, so that it can be repeated."""
    text = f"{chapter.cohort} {chapter.username} {chapter.run.lesson.id} {what}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _write_positions(
    conn: Connection, story: Sequence[Chapter], enrolments: Mapping[tuple[str, str], int]
) -> None:
    rows = [
        {
            "_enrolment": enrolments[chapter.cohort, chapter.username],
            "_lesson": chapter.run.lesson.id,
            "position": chapter.run.position,
            "submitted_at": chapter.run.handed_in_at,
            "last_at": chapter.run.handed_in_at or chapter.run.answers[-1].at,
        }
        for chapter in story
    ]
    place = (
        LessonProgress.enrolment_id == bindparam("_enrolment"),
        LessonProgress.lesson_id == bindparam("_lesson"),
    )
    if rows:
        conn.execute(update(LessonProgress.__table__).where(*place), rows)  # type: ignore[arg-type]


def _hand_in(chapter: Chapter, name: str, at: datetime) -> HandIn:
    answers: dict[str, list[Any]] = {}
    for given in chapter.run.answers:
        if not given.mark.is_complete:
            continue
        answers.setdefault(given.question.id, []).append(given.value)
    return HandIn(
        course=chapter.course,
        lesson_id=chapter.run.lesson.id,
        username=chapter.username,
        name=name,
        answers=answers,
        submitted_at=at,
    )


def _write_submission(
    conn: Connection, chapter: Chapter, enrolment: int, at: datetime, package: bytes
) -> int:
    counted = counted_so_far(conn, enrolment, chapter.run.lesson.id)
    made = conn.execute(
        insert(Submission)
        .values(
            enrolment_id=enrolment,
            lesson_id=chapter.run.lesson.id,
            number=1,
            key=_token(chapter, "submission"),
            receipt=f"J-{at:%Y%m%d}-{_token(chapter, 'receipt')[:8].upper()}",
            submitted_at=at,
            package=package,
            **counted,
        )
        .returning(Submission.id)
    ).scalar_one()
    add_audit(conn, chapter.username, "submission.make", chapter.run.lesson.id, at)
    return made


def _write_grade(
    conn: Connection,
    judgement: Judgement,
    released: Mapping[str, Any],
    submission: int,
    trainer: int,
) -> None:
    at, score = judgement.at, released["score"]
    grade = {**released, "submission_id": submission, "trainer_id": trainer, "released_at": at}
    conn.execute(insert(Grade).values(grade))
    add_audit(conn, judgement.trainer, "grade.release", str(submission), at, score=score)
