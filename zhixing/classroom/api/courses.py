"""Courses and lessons: what the viewer is enrolled in, how far, and where to resume."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, insert, update

from zhixing.classroom.api.answers import AnswerState, Id, QuestionView
from zhixing.classroom.desk import Desk, desk_of, newest_enrolment, reading_desk_of
from zhixing.classroom.hall import Hall
from zhixing.classroom.problem import ProblemError
from zhixing.classroom.scopes import scopes
from zhixing.classroom.visitor import CurrentHall, CurrentViewer
from zhixing.course import Course, Lesson
from zhixing.records.progress import OwnEnrolment, OwnGrade, OwnLesson, own_lessons
from zhixing.records.scope import Viewer
from zhixing.records.tables import LessonProgress
from zhixing.rules import LessonRules
from zhixing.span import Span

router = APIRouter(tags=["courses"])


class LessonLine(BaseModel):
    """One lesson of a course with the viewer's progress.

    ``earned`` holds the points so far, null while the lesson's rules do not tell them; ``possible``
    those of questions marked at once.
    ``opens`` and ``closes`` are the viewer's own dates; ``extended`` says whether a trainer moved
    the latter.
    """

    id: str
    title: str
    minutes: int
    questions: int
    answered: int
    earned: float | None
    possible: float
    position: int
    opens: str
    closes: str
    extended: bool
    completed_at: str | None
    submitted_at: str | None
    grade: dict[str, Any] | None


class CourseLine(BaseModel):
    """One course the viewer is enrolled in.

    ``withheld`` counts lessons still to be completed that are not published yet.
    """

    id: str
    title: str
    summary: str
    hours: float
    cohort: dict[str, Any]
    lessons: list[LessonLine]
    withheld: int


class LessonView(BaseModel):
    """A lesson's outline and every question of it with the viewer's standing."""

    id: str
    title: str
    aim: str
    sections: list[dict[str, Any]]
    position: int
    questions: list[QuestionView]
    rules: dict[str, Any]
    is_open: bool
    is_handed_in: bool


class Position(BaseModel):
    """Where to resume: index of a section, from 0."""

    model_config = ConfigDict(extra="forbid")
    section: int = Field(ge=0, le=100)


@router.get("/courses", **scopes("everybody"))
async def list_courses(hall: CurrentHall, viewer: CurrentViewer) -> list[CourseLine]:
    """List the viewer's own courses; empty for people who are enrolled in none."""
    return [_course_line(*pair, hall.clock()) for pair in await own_courses(hall, viewer)]


async def own_courses(hall: Hall, viewer: Viewer) -> list[tuple[Course, OwnEnrolment]]:
    """Pair each course with the viewer's enrolment that counts now."""
    enrolments = await asyncio.to_thread(_enrolments, hall, viewer)
    now = hall.clock()
    found = [(course, newest_enrolment(enrolments, course.id, now)) for course in hall.courses]
    return [(course, enrolment) for course, enrolment in found if enrolment is not None]


def _enrolments(hall: Hall, viewer: Viewer) -> tuple[OwnEnrolment, ...]:
    with hall.store.read() as conn:
        return own_lessons(conn, viewer)


def _course_line(course: Course, enrolment: OwnEnrolment, now: datetime) -> CourseLine:
    return CourseLine(
        id=course.id,
        title=course.title,
        summary=course.summary,
        hours=course.hours,
        cohort={
            "id": enrolment.cohort_id,
            "title": enrolment.cohort_title,
            "opens": enrolment.opens.isoformat(),
            "closes": enrolment.closes.isoformat(),
        },
        lessons=[
            _lesson_line(lesson, enrolment.lessons.get(lesson.id), enrolment.span(lesson), now)
            for lesson in course.lessons
        ],
        withheld=sum(not _is_completed(enrolment.lessons.get(x)) for x in course.withheld),
    )


def _is_completed(own: OwnLesson | None) -> bool:
    return own is not None and own.completed_at is not None


def _lesson_line(lesson: Lesson, own: OwnLesson | None, span: Span, now: datetime) -> LessonLine:
    is_told = lesson.rules.is_told(
        is_handed_in=bool(own and own.submitted_at), is_closed=now >= span.closes
    )
    return LessonLine(
        id=lesson.id,
        title=lesson.title,
        minutes=lesson.minutes,
        questions=len(lesson.questions),
        answered=own.answered if own else 0,
        earned=(own.earned if own else 0.0) if is_told else None,
        possible=sum(q.points for q in lesson.questions if q.kind != "written"),
        position=own.position if own else 0,
        opens=span.opens.isoformat(),
        closes=span.closes.isoformat(),
        extended=span.extended is not None,
        completed_at=own.completed_at.isoformat() if own and own.completed_at else None,
        submitted_at=own.submitted_at.isoformat() if own and own.submitted_at else None,
        grade=_grade_shown(own.grade) if own and own.grade else None,
    )


def _grade_shown(grade: OwnGrade) -> dict[str, Any]:
    return {
        "score": grade.score,
        "max_score": grade.max_score,
        "comment": grade.comment,
        "released_at": grade.released_at.isoformat(),
        "cells": list(grade.cells),
    }


@router.get("/courses/{course}/lessons/{lesson}", **scopes("enrolled", "trainer"))
async def read_lesson(
    course: Id, lesson: Id, hall: CurrentHall, viewer: CurrentViewer
) -> LessonView:
    """Read a lesson's outline and the viewer's standing in it."""
    return _lesson_view(hall, await reading_desk_of(hall, viewer, course, lesson))


def _lesson_view(hall: Hall, desk: Desk) -> LessonView:
    now, lesson = hall.clock(), desk.lesson
    return LessonView(
        id=lesson.id,
        title=lesson.title,
        aim=lesson.aim,
        sections=[
            {
                "title": section.title,
                "minutes": section.minutes,
                "question_ids": [b.ref for b in section.blocks if b.kind == "question"],
            }
            for section in lesson.sections
        ],
        position=desk.progress.position if desk.progress else 0,
        questions=[
            QuestionView(question=lesson.public(q), state=AnswerState(**desk.state(q, now)))
            for q in lesson.questions
        ],
        rules=_rules_shown(lesson.rules),
        is_open=desk.is_open(now),
        is_handed_in=desk.is_handed_in,
    )


def _rules_shown(rules: LessonRules) -> dict[str, Any]:
    shown = ("tries", "feedback", "mode", "falloff", "certainty")
    return {name: getattr(rules, name) for name in shown}


@router.put("/courses/{course}/lessons/{lesson}/position", **scopes("enrolled"))
async def put_position(
    course: Id, lesson: Id, position: Position, hall: CurrentHall, viewer: CurrentViewer
) -> Position:
    """Remember the section to resume at; measures no time."""
    desk = await desk_of(hall, viewer, course, lesson)
    if position.section >= len(desk.lesson.sections):
        raise ProblemError(422, "no_such_section", "没有这一节。", "请刷新页面。", "section")
    await remember_position(hall, desk, position.section)
    return position


async def remember_position(hall: Hall, desk: Desk, section: int) -> None:
    """Write the section to resume at, beginning the lesson if it is not begun."""
    now, enrolment_id = hall.clock(), desk.enrolment.enrolment_id

    def work(conn: Connection) -> None:
        here = (LessonProgress.enrolment_id == enrolment_id) & (
            LessonProgress.lesson_id == desk.lesson.id
        )
        changed = conn.execute(
            update(LessonProgress).where(here).values(position=section, last_at=now)
        )
        if changed.rowcount == 0:
            conn.execute(
                insert(LessonProgress).values(
                    enrolment_id=enrolment_id,
                    lesson_id=desk.lesson.id,
                    position=section,
                    answered=0,
                    earned=0.0,
                    started_at=now,
                    last_at=now,
                )
            )

    await hall.recorder.write(work)
