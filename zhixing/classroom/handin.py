"""Hand-in: close a lesson for a learner and keep what goes to the trainer, in one transaction."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Connection, Row, func, insert, select, update

from zhixing.classroom.desk import Desk, Standing, desk_of, require_open
from zhixing.classroom.hall import Hall
from zhixing.classroom.problem import ProblemError
from zhixing.records.audit import add_audit
from zhixing.records.scope import Viewer
from zhixing.records.tables import LessonProgress, Submission, Workbook


class HandInReceipt(BaseModel):
    """Proof of a hand-in."""

    receipt: str
    number: int
    submitted_at: str


async def hand_in(
    hall: Hall, viewer: Viewer, course_id: str, lesson_id: str, key: str
) -> tuple[HandInReceipt, bool]:
    """Hand in; returns the receipt and whether it is new (a second click is not).

    Raises
    ------
    ProblemError
        409 if nothing was answered or the lesson is closed.
    """
    desk = await desk_of(hall, viewer, course_id, lesson_id)
    earlier = await asyncio.to_thread(_earlier, hall, desk)
    if earlier is not None:
        return earlier, False
    now = hall.clock()
    require_open(desk, now)
    if not desk.tries:
        raise ProblemError(409, "nothing_answered", "还没有作答,不能交卷。", "请先回答至少一道题。")
    package = await asyncio.to_thread(_packed, hall, desk, now)
    await hall.recorder.write(lambda conn: _write(conn, desk, viewer, key, package, now))
    receipt = await asyncio.to_thread(_earlier, hall, desk)
    if receipt is None:
        raise ProblemError(503, "not_saved", "交卷没有保存。", "请稍后再交一次。")
    return receipt, True


def _earlier(hall: Hall, desk: Desk) -> HandInReceipt | None:
    with hall.store.read() as conn:
        row = conn.execute(
            select(Submission.receipt, Submission.number, Submission.submitted_at)
            .where(*_here(desk))
            .order_by(Submission.number.desc())
            .limit(1)
        ).first()
    return _receipt(row) if row else None


def _receipt(row: Row[str, int, datetime]) -> HandInReceipt:
    return HandInReceipt(
        receipt=row.receipt, number=row.number, submitted_at=row.submitted_at.isoformat()
    )


def _here(desk: Desk) -> tuple[Any, Any]:
    return (
        Submission.enrolment_id == desk.enrolment.enrolment_id,
        Submission.lesson_id == desk.lesson.id,
    )


def _packed(hall: Hall, desk: Desk, now: datetime) -> bytes:
    with hall.store.read() as conn:
        workbooks = conn.execute(
            select(Workbook.name, Workbook.content).where(
                Workbook.enrolment_id == desk.enrolment.enrolment_id,
                Workbook.lesson_id == desk.lesson.id,
            )
        )
        sent = {row.name: bytes(row.content) for row in workbooks}
    return hall.pack(desk.course.id, desk.lesson.id, recorded_answers(desk), sent, now)


def recorded_answers(desk: Desk) -> Mapping[str, tuple[str, tuple[Any, ...], float | None]]:
    """Question id to version, values given to that version, and the best score on record."""
    answers = {}
    for question_id, tries in desk.tries.items():
        version = tries[-1].version
        same = [one for one in tries if one.version == version]
        values = tuple(one.value for one in same)
        answers[question_id] = (version, values, Standing.of(same).best)
    return answers


def _write(
    conn: Connection, desk: Desk, viewer: Viewer, key: str, package: bytes, now: datetime
) -> None:
    number = conn.scalar(select(func.count()).select_from(Submission).where(*_here(desk))) or 0
    if number:
        return  # two clicks at once: the first one was it
    conn.execute(
        insert(Submission).values(
            enrolment_id=desk.enrolment.enrolment_id,
            lesson_id=desk.lesson.id,
            number=1,
            key=key,
            receipt=f"J-{now:%Y%m%d}-{secrets.token_hex(4).upper()}",
            submitted_at=now,
            package=package,
        )
    )
    conn.execute(
        update(LessonProgress)
        .where(
            LessonProgress.enrolment_id == desk.enrolment.enrolment_id,
            LessonProgress.lesson_id == desk.lesson.id,
        )
        .values(submitted_at=now, last_at=now)
    )
    add_audit(conn, viewer.username, "submission.make", desk.lesson.id, now)
