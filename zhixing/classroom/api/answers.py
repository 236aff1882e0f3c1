"""Questions and answers: what is asked, what was answered, what may be shown of it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator

from zhixing.certainty import takes_certainty
from zhixing.classroom.answersheet import sheet_from_question
from zhixing.classroom.desk import (
    Desk,
    Standing,
    Try,
    answer_state,
    desk_of,
    lesson_of_question,
    question_of,
    reading_desk_of,
)
from zhixing.classroom.hall import Hall, hall_of
from zhixing.classroom.problem import ProblemError
from zhixing.classroom.scopes import scopes
from zhixing.classroom.visitor import (
    CurrentHall,
    CurrentIdentity,
    CurrentViewer,
    Identity,
    current_viewer,
)
from zhixing.course import Lesson
from zhixing.errors import InvalidAnswerError
from zhixing.marking import mark
from zhixing.paper import own_lesson
from zhixing.question import Question
from zhixing.records.acknowledged import acknowledged
from zhixing.records.draft import AnswerDraft, Recorded
from zhixing.records.errors import NotEnrolledError

router = APIRouter(tags=["questions"])

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

Id = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class GivenAnswer(BaseModel):
    """One answer as the page sends it; who answers is never part of it."""

    model_config = ConfigDict(extra="forbid")
    version: str = Field(pattern=r"^[0-9a-f]{16}$", description="Version the learner saw.")
    value: JsonValue = Field(description="By question type; see zhixing.marking.")
    key: str = Field(pattern=r"^[A-Za-z0-9_-]{8,64}$", description="Made once a click.")

    @field_validator("value")
    @classmethod
    def _is_finite(cls, value: JsonValue) -> JsonValue:
        """Refuse what Python reads as a number and no page could show: NaN and infinities."""
        json.dumps(value, allow_nan=False)
        return value

    certainty: int | None = Field(
        None,
        ge=1,
        le=3,
        strict=True,
        description="How sure, where the question asks for it; else it is not recorded.",
    )


class AnswerState(BaseModel):
    """Where the learner stands with a question."""

    status: str
    attempts: int
    tries: int
    counting: str = Field(description="How the next answer counts, in words.")
    outlook: str = Field(description="What an answer without a score waits for, in words.")
    last: dict[str, Any] | None
    score: float | None
    credit: float | None = Field(description="Score that counts so far, 0 to 1.")
    reasons: list[dict[str, str]]
    reveal: dict[str, Any] | None
    scene: dict[str, Any] | None = Field(description="Where the walk through a case stands.")


class QuestionView(BaseModel):
    """A question without its key, and the viewer's own standing."""

    question: dict[str, Any]
    state: AnswerState


class Receipt(BaseModel):
    """Proof that an answer is on disk."""

    receipt: str
    received_at: str
    state: AnswerState


@router.get("/courses/{course}/questions/{question}", **scopes("enrolled", "trainer"))
async def read_question(
    course: Id, question: Id, hall: CurrentHall, viewer: CurrentViewer
) -> QuestionView:
    """Read one question and the viewer's own standing; trainers read it without one."""
    lesson = lesson_of_question(hall.course(course), question)
    desk = await reading_desk_of(hall, viewer, course, lesson.id)
    asked = question_of(desk.lesson, question)
    state = AnswerState(**desk.state(asked, hall.clock()))
    return QuestionView(question=desk.lesson.public(asked), state=state)


@router.get(
    "/courses/{course}/questions/{question}/sheet.docx",
    response_class=Response,
    **scopes("enrolled", "trainer", file=WORD),
)
async def download_sheet(
    course: Id, question: Id, hall: CurrentHall, viewer: CurrentViewer
) -> Response:
    """Download a question as a Word file to fill in on paper."""
    lesson = lesson_of_question(hall.course(course), question)
    desk = await reading_desk_of(hall, viewer, course, lesson.id)
    asked = question_of(desk.lesson, question)
    title = f"{desk.course.title} · {lesson.title}"
    sheet = await asyncio.to_thread(sheet_from_question, title, asked.public())
    name = f'attachment; filename="{course}-{question}.docx"'
    return Response(sheet, media_type=WORD, headers={"Content-Disposition": name})


@router.post(
    "/courses/{course}/questions/{question}/answers",
    status_code=201,
    response_model=Receipt,
    **scopes("enrolled", repeat=Receipt),
)
async def give_answer(
    course: Id, question: Id, given: GivenAnswer, request: Request, identity: CurrentIdentity
) -> Response:
    """Take one answer; the same key again gives the first receipt and 200.

    Half of what an answer costs is FastAPI's, so this endpoint asks it for little: one
    dependency, and an answer that is written here and not checked a second time.
    """
    hall = hall_of(request)
    lesson = lesson_of_question(hall.course(course), question)
    asked = question_of(lesson, question)
    sitting: dict[str, Any] = {}
    is_drawn = question in lesson.varying
    if is_drawn and not lesson.rules.is_test:
        asked = question_of(own_lesson(lesson, course, identity.username, 1), question)
    if lesson.rules.is_test or (is_drawn and asked.version != given.version):
        # Which paper the learner has, and until when it is open, is known from the records alone;
        # also where the lesson was a test until it was edited, and sat more than once.
        own = await _own_desk(hall, identity, course, lesson)
        lesson, asked = own.lesson, question_of(own.lesson, question)
        sitting = {"sitting": own.sitting, "closes": own.closes}
    try:
        draft = _draft(identity.username, course, lesson, asked, given, hall.clock())
        draft = replace(draft, **sitting)
        recorded = await hall.recorder.record(draft)
    except (ProblemError, InvalidAnswerError, NotEnrolledError):
        # Whoever is not enrolled learns of no question that it exists.
        desk = await _own_desk(hall, identity, course, lesson)
        first = await asyncio.to_thread(_first_receipt, hall, desk, given)
        if first is None:
            raise
        return _receipt(*first, desk.state(question_of(desk.lesson, question), hall.clock()), 200)
    told = (recorded.receipt, recorded.received_at)
    if not recorded.repeated:
        return _receipt(*told, _fresh_state(asked, draft, recorded), 201)
    # Much may have happened since the first time, so the standing is read and not worked out.
    desk = await _own_desk(hall, identity, course, lesson)
    return _receipt(*told, desk.state(asked, hall.clock()), 200)


def _first_receipt(hall: Hall, desk: Desk, given: GivenAnswer) -> tuple[str, datetime] | None:
    """Receipt of the same click, which was acknowledged before the question or paper changed."""
    click = (given.version, given.value, given.certainty)
    with hall.store.read() as conn:
        return acknowledged(conn, desk.enrolment.enrolment_id, given.key, click)


async def _own_desk(hall: Hall, identity: Identity, course_id: str, lesson: Lesson) -> Desk:
    viewer = await current_viewer(identity, hall)
    return await desk_of(hall, viewer, course_id, lesson.id)


def _draft(
    username: str,
    course_id: str,
    lesson: Lesson,
    question: Question,
    given: GivenAnswer,
    now: datetime,
) -> AnswerDraft:
    # Enrolment, dates, tries and hand-in are looked up by the recorder, for many answers at
    # once and in the transaction that writes them; nothing can change in between.
    if given.version != question.version:
        raise ProblemError(
            409,
            "unknown_version",
            "这道题已经更新，您看到的是旧版本。",
            "请刷新页面后再答。",
            "version",
        )
    marked = mark(question, given.value)
    certainty = _certainty(lesson, question, given)
    return AnswerDraft(
        enrolment_id=None,
        username=username,
        course_id=course_id,
        lesson_id=lesson.id,
        question_id=question.id,
        version=question.version,
        value=given.value,
        score=marked.score,
        reasons=marked.reasons,
        points=question.points,
        question_total=len(lesson.questions),
        key=given.key,
        received_at=now,
        refuse_after_handin=True,
        opens=lesson.rules.opens,
        closes=lesson.rules.closes,
        kind=question.kind,
        is_complete=marked.is_complete,
        rules=lesson.rules,
        certainty=certainty,
    )


def _certainty(lesson: Lesson, question: Question, given: GivenAnswer) -> int | None:
    if not (lesson.rules.certainty and takes_certainty(question)):
        return None
    if given.certainty is None:
        raise ProblemError(
            422,
            "certainty_missing",
            "还没有选把握程度。",
            "请选“没把握”“有些把握”或“很有把握”再提交；这次不算作一次作答。",
            "certainty",
        )
    return given.certainty


def _fresh_state(question: Question, draft: AnswerDraft, recorded: Recorded) -> dict[str, Any]:
    last = Try(
        question.version,
        recorded.value,
        recorded.received_at,
        recorded.score,
        recorded.reasons,
        draft.is_complete,
        draft.certainty,
    )
    standing = Standing(recorded.attempts, recorded.best, last, recorded.credit)
    return answer_state(question, recorded.rules, standing, is_handed_in=False, is_takable=True)


def _receipt(receipt: str, at: datetime, state: dict[str, Any], status: int) -> Response:
    told = Receipt(receipt=receipt, received_at=at.isoformat(), state=AnswerState(**state))
    return Response(told.model_dump_json(), status, media_type="application/json")
