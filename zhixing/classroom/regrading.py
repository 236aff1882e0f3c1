"""Regrading (重新判分): preview, apply and undo, with the gradebook in step."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, select, update

from zhixing.classroom.desk import lesson_of_question, question_of, tries_of_lesson
from zhixing.classroom.hall import Hall, Regraded, RegradedLearner
from zhixing.classroom.packable import Packable, packable, packables
from zhixing.classroom.problem import ProblemError, not_found
from zhixing.course import Course, Lesson
from zhixing.errors import ZhixingError
from zhixing.question import Question
from zhixing.records.counted import counting_from, lessons_counted_otherwise
from zhixing.records.handins import is_regraded
from zhixing.records.judged import JudgedSitting, judged_version, sittings_of_lesson, with_tries
from zhixing.records.regradeplan import Plan, plan_recount, plan_regrade, touched_places
from zhixing.records.regrades import Wish, apply_regrade, undo_regrade, visible_regrade
from zhixing.records.scope import Viewer
from zhixing.records.sittings import SittingPlace, is_counting
from zhixing.records.tables import (
    Answer,
    Cohort,
    Enrolment,
    MarkRecord,
    Regrade,
    Submission,
)
from zhixing.records.teaching import taught_cohorts
from zhixing.regrade import worth

_log = logging.getLogger(__name__)


def taught_course(hall: Hall, viewer: Viewer, course_id: str) -> Course:
    """Return a course of which the viewer teaches a cohort, else 404."""
    course = hall.course(course_id)
    with hall.store.read() as conn:
        taught = taught_cohorts(conn, viewer)
    if not any(cohort.course_id == course_id for cohort in taught):
        raise not_found()
    return course


def plan_of_question(hall: Hall, viewer: Viewer, course_id: str, question_id: str) -> Plan:
    """Preview the regrade of one question."""
    course = taught_course(hall, viewer, course_id)
    lesson = lesson_of_question(course, question_id)
    with hall.store.read() as conn:
        return plan_regrade(conn, viewer, course_id, lesson, question_of(lesson, question_id))


def plan_of_lesson(hall: Hall, viewer: Viewer, course_id: str, lesson_id: str) -> Plan:
    """Preview the regrade of a whole lesson by its present rules."""
    taught_course(hall, viewer, course_id)
    with hall.store.read() as conn:
        return plan_recount(conn, viewer, course_id, hall.lesson(course_id, lesson_id))


def plans_of_course(hall: Hall, viewer: Viewer, course_id: str) -> list[Plan]:
    """Preview all that may be regraded, in course order: lessons by new rules, then questions."""
    course = taught_course(hall, viewer, course_id)
    with hall.store.read() as conn:
        older = _questions_with_older_answers(conn, course)
        others = lessons_counted_otherwise(conn, course)
        plans = [
            plan_recount(conn, viewer, course_id, lesson)
            for lesson in course.lessons
            if lesson.id in others
        ]
        plans += [
            plan_regrade(conn, viewer, course_id, lesson, question)
            for lesson in course.lessons
            for question in lesson.questions
            if question.id in older and question.kind != "written"
        ]
    return [plan for plan in plans if plan.sittings or plan.under_way]


def _questions_with_older_answers(conn: Connection, course: Course) -> set[str]:
    current = [q.version for lesson in course.lessons for q in lesson.possible_questions]
    ids = [q.id for lesson in course.lessons for q in lesson.questions]
    rows = select(Answer.question_id).join(MarkRecord, MarkRecord.answer_id == Answer.id)
    older = rows.where(Answer.question_id.in_(ids), judged_version.not_in(current))
    return set(conn.scalars(older.distinct()))


async def regrade(
    hall: Hall, viewer: Viewer, course_id: str, question_id: str, wish: Wish
) -> tuple[int, bool]:
    """Apply what was previewed of a question; returns the regrade, and if the gradebook follows."""
    course = await asyncio.to_thread(taught_course, hall, viewer, course_id)
    lesson = lesson_of_question(course, question_id)
    question = question_of(lesson, question_id)
    plan = partial(plan_regrade, course_id=course_id, lesson=lesson, question=question)
    return await _apply(hall, viewer, plan, wish)


async def regrade_lesson(
    hall: Hall, viewer: Viewer, course_id: str, lesson_id: str, wish: Wish
) -> tuple[int, bool]:
    """Apply what was previewed of a lesson's rules; returns as :func:`regrade`."""
    await asyncio.to_thread(taught_course, hall, viewer, course_id)
    lesson = hall.lesson(course_id, lesson_id)
    plan = partial(plan_recount, course_id=course_id, lesson=lesson)
    return await _apply(hall, viewer, plan, wish)


async def _apply(
    hall: Hall, viewer: Viewer, plan: Callable[[Connection, Viewer], Plan], wish: Wish
) -> tuple[int, bool]:
    work = partial(apply_regrade, viewer=viewer, plan_now=plan, wish=wish, now=hall.clock())
    regrade_id = await hall.recorder.write(work)
    return regrade_id, await follow(hall, viewer, regrade_id)


async def undo(hall: Hall, viewer: Viewer, regrade_id: int, reason: str) -> bool:
    """Take a regrade back; returns whether the gradebook is in step. Safe to repeat."""
    row = await asyncio.to_thread(_row, hall, viewer, regrade_id)
    lesson, question = _asked(hall, row)
    work = partial(
        undo_regrade,
        viewer=viewer,
        lesson=lesson,
        question=question,
        regrade_id=regrade_id,
        reason=reason,
        now=hall.clock(),
    )
    await hall.recorder.write(work)
    return await follow(hall, viewer, regrade_id)


async def follow(hall: Hall, viewer: Viewer, regrade_id: int) -> bool:
    """Bring collected hand-ins and the gradebook to what the records say; safe to repeat.

    The records are the truth and were written first. Where the gradebook cannot be written the
    regrade stands, says so, and this may be tried again.
    """
    row = await asyncio.to_thread(_row, hall, viewer, regrade_id)
    if hall.grading is not None:
        regraded = partial(_regraded, hall, viewer, row)
        try:
            await asyncio.to_thread(hall.grading.follow, row.course_id, row.lesson_id, regraded)
        except ZhixingError as error:
            _log.info("regrade %s: %s", regrade_id, error)
            return False
        except Exception:  # noqa: BLE001 - logged and told; see below
            # nbgrader's own errors, SQLite's, the file system's: none may undo what is recorded.
            _log.exception("the gradebook does not follow regrade %s", regrade_id)
            return False
    now = hall.clock()
    done = update(Regrade).where(Regrade.id == regrade_id).values(followed_at=now)
    await hall.recorder.write(lambda conn: conn.execute(done))
    return True


def _row(hall: Hall, viewer: Viewer, regrade_id: int) -> Any:
    with hall.store.read() as conn:
        return visible_regrade(conn, viewer, regrade_id)


def _asked(hall: Hall, row: Any) -> tuple[Lesson, Question | None]:
    """Lesson and question of a regrade; no question where it was of the lesson's rules."""
    lesson = hall.lesson(row.course_id, row.lesson_id)
    if row.question_id is None:
        return lesson, None
    question = lesson.question(row.question_id)
    if question is None:
        raise ProblemError(
            409,
            "question_gone",
            f"题目 {row.question_id} 已经不在 {row.lesson_id} 里，这次判分不能撤销。",
            "请把题目放回这一讲，再来撤销。",
        )
    return lesson, question


def _regraded(hall: Hall, viewer: Viewer, row: Any) -> Mapping[str, RegradedLearner]:
    """By user name, what the hand-ins that count are judged at now, of all whom it touched."""
    place = (viewer, row.course_id, row.lesson_id)
    lesson = hall.lesson(row.course_id, row.lesson_id)
    with hall.store.read() as conn:
        touched = {enrolment for enrolment, _ in touched_places(conn, row.id)}
        counting = _hand_ins_that_count(conn, row.lesson_id, touched)
        sittings = [one for one in sittings_of_lesson(conn, *place) if one.place in counting]
        judged = with_tries(conn, *place, sittings, row.question_id)
    return {
        one.username: RegradedLearner(counting[one.place], _answers(one, lesson)) for one in judged
    }


def _hand_ins_that_count(
    conn: Connection, lesson_id: str, enrolments: Collection[int]
) -> dict[SittingPlace, datetime]:
    """When each of these learners handed in the sitting that counts."""
    rows = conn.execute(
        select(Submission.enrolment_id, Submission.number, Submission.submitted_at).where(
            Submission.lesson_id == lesson_id,
            Submission.enrolment_id.in_(enrolments),
            is_counting(),
        )
    )
    return {(row.enrolment_id, row.number): row.submitted_at for row in rows}


def _answers(sitting: JudgedSitting, lesson: Lesson) -> dict[str, Regraded]:
    own = lesson.rules.counted_by(sitting.counting)
    rules = {name: own.for_kind(tries[-1].kind) for name, tries in sitting.tries.items()}
    return {
        name: (packable(tries, rules[name]), worth(tries, rules[name]))
        for name, tries in sitting.tries.items()
    }


def regraded_answers(conn: Connection, hall: Hall, submission_id: int) -> Mapping[str, Packable]:
    """Answers of a hand-in as they are judged now; empty where that is as it was packed.

    A hand-in packed by an older program does not say by which rules it counts; that is repaired
    as soon as the lesson has other ones.
    """
    place = conn.execute(
        select(
            Submission.enrolment_id,
            Submission.lesson_id,
            Submission.number,
            Submission.mode,
            Submission.falloff,
            Cohort.course_id,
            is_regraded().label("is_regraded"),
        )
        .join(Enrolment, Enrolment.id == Submission.enrolment_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(Submission.id == submission_id)
    ).one()
    lesson = hall.lesson(place.course_id, place.lesson_id)
    counting = counting_from(place.mode, place.falloff)
    if not place.is_regraded and counting == lesson.rules.counting:
        return {}
    own = replace(lesson, rules=lesson.rules.counted_by(counting))
    return packables(own, tries_of_lesson(conn, place.enrolment_id, place.lesson_id, place.number))
