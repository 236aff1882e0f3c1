"""Hand-ins: a learner's hand-in and workbook, the trainer's collecting and giving back."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlalchemy import Connection, delete, insert

from zhixing.classroom.api.answers import Id
from zhixing.classroom.desk import Desk, desk_of
from zhixing.classroom.hall import Hall
from zhixing.classroom.handin import HandInReceipt, hand_in
from zhixing.classroom.problem import ProblemError, not_found
from zhixing.classroom.regrading import regraded_answers
from zhixing.classroom.scopes import scopes
from zhixing.classroom.visitor import CurrentHall, CurrentViewer, require_role
from zhixing.records.audit import add_audit
from zhixing.records.handins import HandInRow, hand_ins_of_lesson, package_of
from zhixing.records.scope import Viewer
from zhixing.records.tables import Grade, Workbook

router = APIRouter(tags=["hand-ins"])

LARGEST_WORKBOOK = 2 * 1024 * 1024


def without_zero(text: str) -> str:
    """Return the text; PostgreSQL keeps none that holds the character U+0000."""
    if "\0" in text:
        raise ValueError("文字里有无法保存的字符 U+0000")
    return text


Words = Annotated[str, AfterValidator(without_zero)]
"""Text that every database keeps."""


class HandInWish(BaseModel):
    """A click on 交卷."""

    model_config = ConfigDict(extra="forbid")
    key: str = Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")


class GradedCell(BaseModel):
    """Points and comment of one cell of the notebook."""

    model_config = ConfigDict(extra="forbid")
    id: Words = Field(max_length=128)
    score: float = Field(ge=0, le=10_000, allow_inf_nan=False)
    max_score: float = Field(ge=0, le=10_000, allow_inf_nan=False)
    comment: Words = Field("", max_length=4000)


class GivenGrade(BaseModel):
    """What the trainer releases for a hand-in."""

    model_config = ConfigDict(extra="forbid")
    score: float = Field(ge=0, le=100_000, allow_inf_nan=False)
    max_score: float = Field(ge=0, le=100_000, allow_inf_nan=False)
    comment: Words = Field("", max_length=4000)
    cells: list[GradedCell] = Field(max_length=500)


@router.post(
    "/courses/{course}/lessons/{lesson}/submissions",
    status_code=201,
    **scopes("enrolled", repeat=HandInReceipt),
)
async def submit(
    course: Id,
    lesson: Id,
    wish: HandInWish,
    response: Response,
    hall: CurrentHall,
    viewer: CurrentViewer,
) -> HandInReceipt:
    """Hand in; a second click gives the first receipt and 200."""
    receipt, is_new = await hand_in(hall, viewer, course, lesson, wish.key)
    if not is_new:
        response.status_code = 200
    return receipt


@router.put(
    "/courses/{course}/lessons/{lesson}/workbooks/{name}",
    **scopes("enrolled", takes="application/json"),
)
async def put_workbook(
    course: Id, lesson: Id, name: Id, request: Request, hall: CurrentHall, viewer: CurrentViewer
) -> dict[str, str]:
    """Take the code track's notebook as it is now; the last one sent is handed in."""
    desk = await desk_of(hall, viewer, course, lesson)
    _require_code_track(desk, name)
    content = await request.body()
    _require_notebook(content)
    if desk.is_handed_in:
        raise ProblemError(409, "handed_in", "这一讲已经交卷，笔记本不再更换。", "请等教员批改。")
    now = hall.clock()
    await hall.recorder.write(lambda conn: _keep_workbook(conn, desk, name, content, now))
    return {"sent_at": now.isoformat()}


def _require_code_track(desk: Desk, name: str) -> None:
    blocks = [block for section in desk.lesson.sections for block in section.blocks]
    if name not in {block.ref for block in blocks if block.kind == "codetrack"}:
        raise not_found()


def _require_notebook(content: bytes) -> None:
    if len(content) > LARGEST_WORKBOOK:
        raise ProblemError(413, "too_large", "笔记本超过 2 MB。", "请清除输出后再交。")
    try:
        is_notebook = all(_is_cell(cell) for cell in json.loads(content)["cells"])
    except (ValueError, TypeError, KeyError, RecursionError):
        is_notebook = False
    if not is_notebook:
        raise ProblemError(
            422, "no_notebook", "这不是能读的笔记本。", "请在 JupyterLab 里保存后再交。"
        )


def _is_cell(cell: Any) -> bool:
    return isinstance(cell["source"], str | list) and isinstance(cell["metadata"], dict)


def _keep_workbook(conn: Connection, desk: Desk, name: str, content: bytes, now: datetime) -> None:
    place = {
        "enrolment_id": desk.enrolment.enrolment_id,
        "lesson_id": desk.lesson.id,
        "name": name,
    }
    here = [getattr(Workbook, column) == value for column, value in place.items()]
    conn.execute(delete(Workbook).where(*here))
    conn.execute(insert(Workbook).values(**place, content=content, sent_at=now))


@router.get("/courses/{course}/lessons/{lesson}/submissions", **scopes("trainer"))
async def list_submissions(
    course: Id, lesson: Id, hall: CurrentHall, viewer: CurrentViewer
) -> list[dict[str, Any]]:
    """List the newest hand-in of each learner of own cohorts."""
    require_role(viewer, "trainer")
    hall.lesson(course, lesson)
    rows = await asyncio.to_thread(_rows, hall, viewer, course, lesson)
    now = hall.lesson(course, lesson).rules.counting
    return [
        {
            "id": row.id,
            "username": row.username,
            "name": row.name,
            "number": row.number,
            "submitted_at": row.submitted_at.isoformat(),
            "graded": row.is_graded,
            "regraded": row.is_regraded or row.counting != now,
        }
        for row in rows
    ]


def _rows(hall: Hall, viewer: Viewer, course: str, lesson: str) -> tuple[HandInRow, ...]:
    with hall.store.read() as conn:
        return hand_ins_of_lesson(conn, viewer, course, lesson)


SubmissionId = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.get(
    "/submissions/{submission}/package",
    response_class=Response,
    **scopes("trainer", file="application/zip"),
)
async def read_package(
    submission: SubmissionId, hall: CurrentHall, viewer: CurrentViewer
) -> Response:
    """Download the zip of an nbgrader submission folder."""
    require_role(viewer, "trainer")
    package = await asyncio.to_thread(_judged_package, hall, viewer, submission)
    return Response(package, media_type="application/zip")


def _judged_package(hall: Hall, viewer: Viewer, submission: int) -> bytes:
    """Package as handed in; after a regrade with its answers as they are judged now."""
    with hall.store.read() as conn:
        package = package_of(conn, viewer, submission)
        answers = regraded_answers(conn, hall, submission)
    return hall.grading.repack(package, answers) if hall.grading and answers else package


def _package(hall: Hall, viewer: Viewer, submission: int) -> bytes:
    with hall.store.read() as conn:
        return package_of(conn, viewer, submission)


@router.post("/submissions/{submission}/grades", status_code=201, **scopes("trainer"))
async def release_grade(
    submission: SubmissionId, given: GivenGrade, hall: CurrentHall, viewer: CurrentViewer
) -> dict[str, str]:
    """Release score and comments to the learner; an earlier release stays on record."""
    require_role(viewer, "trainer")
    await asyncio.to_thread(_package, hall, viewer, submission)
    now = hall.clock()

    def work(conn: Connection) -> None:
        conn.execute(
            insert(Grade).values(
                submission_id=submission,
                score=given.score,
                max_score=given.max_score,
                comment=given.comment,
                cells=[cell.model_dump() for cell in given.cells],
                trainer_id=viewer.person_id,
                released_at=now,
            )
        )
        add_audit(conn, viewer.username, "grade.release", str(submission), now, score=given.score)

    await hall.recorder.write(work)
    return {"released_at": now.isoformat()}
