"""Regrades (重新判分): preview, apply with a reason, undo; for trainers of the cohorts."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from zhixing.classroom.api.answers import Id
from zhixing.classroom.api.handins import Words
from zhixing.classroom.counting import way_to_count
from zhixing.classroom.hall import Hall
from zhixing.classroom.regrading import (
    follow,
    plan_of_lesson,
    plan_of_question,
    plans_of_course,
    regrade,
    regrade_lesson,
    undo,
)
from zhixing.classroom.scopes import scopes
from zhixing.classroom.visitor import CurrentHall, CurrentViewer, require_role
from zhixing.records.regradelist import RegradeRow, regrades_of_course
from zhixing.records.regradeplan import Plan, SittingChange
from zhixing.records.regrades import Wish
from zhixing.records.scope import Viewer

router = APIRouter(tags=["regrades"])

Reason = Annotated[Words, Field(min_length=2, max_length=400)]
RegradeId = Annotated[int, Path(ge=1, le=2**31 - 1)]


class PlanLine(BaseModel):
    """What may be regraded, and what that would do.

    A question with answers under an older version; or, where ``question`` is null, a lesson with
    points that add up by earlier rules. ``title`` is the question's prompt or the lesson's title,
    ``under_way`` as in the preview.
    """

    lesson: str
    question: str | None
    title: str
    learners: int
    gained: int
    lost: int
    under_way: int


class RegradeLine(BaseModel):
    """One regrade that was made; ``is_followed`` says whether nbgrader's gradebook is in step.

    ``question`` is null where it was of the lesson's rules, which ``counting`` says in words.
    ``may_undo`` is false where learners of other trainers were regraded too.
    """

    id: int
    lesson: str
    question: str | None
    counting: str
    reason: str
    by: str
    made_at: str
    undone_at: str | None
    undone_by: str | None
    undo_reason: str
    is_followed: bool
    may_undo: bool
    gained: int
    lost: int
    learners: int


class Regrades(BaseModel):
    """What may be regraded, and what was."""

    waiting: list[PlanLine]
    made: list[RegradeLine]


class LearnerLine(BaseModel):
    """What a regrade does to one learner's sitting: points of question, of lesson, of grade.

    Of a lesson's rules ``before`` and ``after`` are of all its questions, and ``counting`` says
    in words how they added up. ``untold`` counts answers that make no sense under the new version
    and keep their mark; ``grade`` is null where none was released.
    """

    username: str
    name: str
    sitting: int
    counting: str
    is_same: bool
    before: float
    after: float
    total_before: float
    total_after: float
    grade: dict[str, Any] | None
    untold: int


class Preview(BaseModel):
    """A regrade before it is made; ``token`` goes back with the click that applies it.

    ``learners`` begin with who loses most; ``under_way`` counts sittings that change between
    practice and test only once they are handed in. ``question``, ``title`` as in the list;
    ``counting`` says in words how the lesson adds up now.
    """

    lesson: str
    question: str | None
    title: str
    counting: str
    token: str
    gained: int
    lost: int
    same: int
    under_way: int
    learners: list[LearnerLine]


class RegradeWish(BaseModel):
    """The click that applies a preview."""

    model_config = ConfigDict(extra="forbid")
    reason: Reason
    token: str = Field(pattern=r"^[0-9a-f]{16}$")
    key: str = Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")

    def clicked(self) -> Wish:
        """As the records take it."""
        return Wish(self.reason, self.token, self.key)


class UndoWish(BaseModel):
    """The click that undoes a regrade."""

    model_config = ConfigDict(extra="forbid")
    reason: Reason


class RegradeReceipt(BaseModel):
    """What was done; where ``is_followed`` is false the gradebook waits to be tried again."""

    id: int
    is_followed: bool


@router.get("/courses/{course}/regrades", **scopes("trainer"))
async def list_regrades(course: Id, hall: CurrentHall, viewer: CurrentViewer) -> Regrades:
    """List what may be regraded, lessons by new rules first, and the regrades made."""
    require_role(viewer, "trainer")
    return await asyncio.to_thread(_regrades, hall, viewer, course)


def _regrades(hall: Hall, viewer: Viewer, course: str) -> Regrades:
    waiting = [_plan_line(plan) for plan in plans_of_course(hall, viewer, course)]
    with hall.store.read() as conn:
        made = [_regrade_line(row) for row in regrades_of_course(conn, viewer, course)]
    return Regrades(waiting=waiting, made=made)


def _asked(plan: Plan) -> dict[str, Any]:
    asked = plan.question
    title = asked.prompt if asked else plan.lesson.title
    return {"lesson": plan.lesson.id, "question": asked.id if asked else None, "title": title}


def _plan_line(plan: Plan) -> PlanLine:
    return PlanLine(
        **_asked(plan),
        learners=plan.learners,
        gained=plan.gained,
        lost=plan.lost,
        under_way=plan.under_way,
    )


def _regrade_line(row: RegradeRow) -> RegradeLine:
    return RegradeLine(
        id=row.id,
        lesson=row.lesson_id,
        question=row.question_id,
        counting=way_to_count(row.counting) if row.counting else "",
        reason=row.reason,
        by=row.by,
        made_at=row.made_at.isoformat(),
        undone_at=row.undone_at.isoformat() if row.undone_at else None,
        undone_by=row.undone_by,
        undo_reason=row.undo_reason,
        is_followed=row.followed_at is not None,
        may_undo=row.may_undo,
        gained=row.gained,
        lost=row.lost,
        learners=row.learners,
    )


@router.get("/courses/{course}/questions/{question}/regrade", **scopes("trainer"))
async def preview_regrade(
    course: Id, question: Id, hall: CurrentHall, viewer: CurrentViewer
) -> Preview:
    """Preview who gains and who loses if old answers are marked by the present key."""
    require_role(viewer, "trainer")
    plan = await asyncio.to_thread(plan_of_question, hall, viewer, course, question)
    return _preview(plan)


def _preview(plan: Plan) -> Preview:
    return Preview(
        **_asked(plan),
        counting=way_to_count(plan.lesson.rules.counting),
        token=plan.token,
        gained=plan.gained,
        lost=plan.lost,
        same=plan.same,
        under_way=plan.under_way,
        learners=[
            _learner_line(plan, one) for one in sorted(plan.sittings, key=lambda one: one.gain)
        ],
    )


def _learner_line(plan: Plan, one: SittingChange) -> LearnerLine:
    grade, own = one.grade, one.sitting
    return LearnerLine(
        username=own.username,
        name=own.name,
        sitting=own.number,
        counting=way_to_count(own.counting or plan.lesson.rules.counting),
        is_same=not one.is_any,
        before=round(one.before, 6),
        after=round(one.after, 6),
        total_before=round(own.earned, 6),
        total_after=round(own.earned + one.gain, 6),
        grade={"before": grade.before, "after": grade.after, "is_by_hand": grade.is_by_hand}
        if grade
        else None,
        untold=one.untold,
    )


@router.post("/courses/{course}/questions/{question}/regrade", status_code=201, **scopes("trainer"))
async def make_regrade(
    course: Id, question: Id, wish: RegradeWish, hall: CurrentHall, viewer: CurrentViewer
) -> RegradeReceipt:
    """Apply a preview; a second click makes nothing more."""
    require_role(viewer, "trainer")
    regrade_id, is_followed = await regrade(hall, viewer, course, question, wish.clicked())
    return RegradeReceipt(id=regrade_id, is_followed=is_followed)


@router.get("/courses/{course}/lessons/{lesson}/regrade", **scopes("trainer"))
async def preview_lesson_regrade(
    course: Id, lesson: Id, hall: CurrentHall, viewer: CurrentViewer
) -> Preview:
    """Preview who gains and who loses if points add up by the lesson's present rules."""
    require_role(viewer, "trainer")
    plan = await asyncio.to_thread(plan_of_lesson, hall, viewer, course, lesson)
    return _preview(plan)


@router.post("/courses/{course}/lessons/{lesson}/regrade", status_code=201, **scopes("trainer"))
async def make_lesson_regrade(
    course: Id, lesson: Id, wish: RegradeWish, hall: CurrentHall, viewer: CurrentViewer
) -> RegradeReceipt:
    """Apply a preview of a lesson; later answers of these learners add up by the rules too."""
    require_role(viewer, "trainer")
    regrade_id, is_followed = await regrade_lesson(hall, viewer, course, lesson, wish.clicked())
    return RegradeReceipt(id=regrade_id, is_followed=is_followed)


@router.post("/regrades/{regrade}/undo", status_code=201, **scopes("trainer"))
async def undo_made(
    regrade: RegradeId, wish: UndoWish, hall: CurrentHall, viewer: CurrentViewer
) -> RegradeReceipt:
    """Give every answer the mark it had before, or the lesson the rules; both stay on record."""
    require_role(viewer, "trainer")
    return RegradeReceipt(id=regrade, is_followed=await undo(hall, viewer, regrade, wish.reason))


@router.post("/regrades/{regrade}/gradebook", status_code=201, **scopes("trainer"))
async def follow_again(
    regrade: RegradeId, hall: CurrentHall, viewer: CurrentViewer
) -> RegradeReceipt:
    """Bring nbgrader's gradebook to what the records say, where it could not be written before."""
    require_role(viewer, "trainer")
    return RegradeReceipt(id=regrade, is_followed=await follow(hall, viewer, regrade))
