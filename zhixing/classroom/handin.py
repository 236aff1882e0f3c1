"""Hand-in: close a lesson for a learner and keep what goes to the trainer, in one transaction."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Connection, func, insert, select, update

from zhixing.classroom.desk import Desk, desk_of, require_open
from zhixing.classroom.hall import Hall
from zhixing.classroom.packable import packables
from zhixing.classroom.problem import ProblemError
from zhixing.records.audit import add_audit
from zhixing.records.counted import counted_so_far
from zhixing.records.scope import Viewer
from zhixing.records.tables import Answer, LessonProgress, Submission, Workbook

MOST_PACKINGS = 5
"""An answer may arrive while the package is made; then it is made again."""


class HandInReceipt(BaseModel):
    """Proof of a hand-in."""

    receipt: str
    number: int
    submitted_at: str


@dataclass(frozen=True)
class Packed:
    """A package and what of the records is in it: number of answers, times of the workbooks."""

    package: bytes
    answers: int
    workbooks: Mapping[str, datetime]


async def hand_in(
    hall: Hall, viewer: Viewer, course_id: str, lesson_id: str, key: str
) -> tuple[HandInReceipt, bool]:
    """Hand in; returns the receipt and whether it is new (a second click is not).

    Raises
    ------
    ProblemError
        409 if nothing was answered or the lesson is closed.
    """
    for _ in range(MOST_PACKINGS):
        desk = await desk_of(hall, viewer, course_id, lesson_id)
        earlier = await asyncio.to_thread(receipt_of, hall, desk)
        if earlier is not None:
            return earlier, False
        now = hall.clock()
        _require_work(desk, now)
        packed = await asyncio.to_thread(_packed, hall, desk, now)
        receipt = await hall.recorder.write(partial(_write, desk, viewer, key, packed, now))
        if receipt is not None:
            return receipt, True
    raise ProblemError(
        503, "still_answering", "没有交成：还有答案正在保存。", "请等答案都保存以后再点一次。"
    )


def _require_work(desk: Desk, now: datetime) -> None:
    require_open(desk, now)
    if not desk.tries:
        raise ProblemError(
            409, "nothing_answered", "还没有作答，不能交卷。", "请先回答至少一道题。"
        )


def receipt_of(hall: Hall, desk: Desk) -> HandInReceipt | None:
    """Return the receipt of the hand-in of this sitting, None before it."""
    with hall.store.read() as conn:
        row = conn.execute(
            select(Submission.receipt, Submission.number, Submission.submitted_at).where(
                *_here(desk, Submission), Submission.number == desk.sitting
            )
        ).first()
    return _receipt(*row) if row else None


def _receipt(receipt: str, number: int, submitted_at: datetime) -> HandInReceipt:
    return HandInReceipt(receipt=receipt, number=number, submitted_at=submitted_at.isoformat())


def _here(desk: Desk, table: Any) -> tuple[Any, Any]:
    return (
        table.enrolment_id == desk.enrolment.enrolment_id,
        table.lesson_id == desk.lesson.id,
    )


def _packed(hall: Hall, desk: Desk, now: datetime) -> Packed:
    with hall.store.read() as conn:
        rows = conn.execute(
            select(Workbook.name, Workbook.content, Workbook.sent_at).where(*_here(desk, Workbook))
        ).all()
    contents = {row.name: bytes(row.content) for row in rows}
    package = hall.pack(
        desk.course.id, desk.lesson.id, packables(desk.lesson, desk.tries), contents, now
    )
    count = sum(len(tries) for tries in desk.tries.values())
    return Packed(package, count, {row.name: row.sent_at for row in rows})


def _write(
    desk: Desk, viewer: Viewer, key: str, packed: Packed, now: datetime, conn: Connection
) -> HandInReceipt | None:
    """Write the hand-in, or nothing where it holds less or other than the records by now."""
    if not _is_all_packed(conn, desk, packed):
        return None
    _require_new_key(conn, desk, key)
    receipt = f"J-{now:%Y%m%d}-{secrets.token_hex(4).upper()}"
    here = _here(desk, LessonProgress)
    counted = counted_so_far(conn, desk.enrolment.enrolment_id, desk.lesson.id)
    conn.execute(
        insert(Submission).values(
            enrolment_id=desk.enrolment.enrolment_id,
            lesson_id=desk.lesson.id,
            number=desk.sitting,
            key=key,
            receipt=receipt,
            submitted_at=now,
            package=packed.package,
            **counted,
        )
    )
    conn.execute(update(LessonProgress).where(*here).values(submitted_at=now, last_at=now))
    add_audit(conn, viewer.username, "submission.make", desk.lesson.id, now)
    return _receipt(receipt, desk.sitting, now)


def _is_all_packed(conn: Connection, desk: Desk, packed: Packed) -> bool:
    """Whether no hand-in, answer or workbook came in since the package was made."""
    same = (*_here(desk, Submission), Submission.number == desk.sitting)
    if conn.scalar(select(func.count()).select_from(Submission).where(*same)):
        return False
    given = (*_here(desk, Answer), Answer.sitting == desk.sitting)
    answers = conn.scalar(select(func.count()).select_from(Answer).where(*given))
    sent = conn.execute(select(Workbook.name, Workbook.sent_at).where(*_here(desk, Workbook)))
    return answers == packed.answers and dict(sent.all()) == packed.workbooks


def _require_new_key(conn: Connection, desk: Desk, key: str) -> None:
    of_this_person = Submission.enrolment_id == desk.enrolment.enrolment_id
    if conn.scalar(select(Submission.id).where(of_this_person, Submission.key == key)):
        raise ProblemError(
            409, "key_reused", "同一次点击交了两讲，后一讲没有交成。", "请刷新页面后再交。", "key"
        )
