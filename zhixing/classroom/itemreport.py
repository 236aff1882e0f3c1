"""Item report (题目分析): a lesson's questions as first tries of one's own classes show them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pydantic import BaseModel

from zhixing.classroom.hall import Hall
from zhixing.itemresponse import Calibration, GroupDifference, calibrate, group_differences
from zhixing.items import Choice, Discrimination, Item, ItemFigures, item_figures, items_of
from zhixing.itemwords import remarks
from zhixing.records.firsttries import LessonTries, first_tries
from zhixing.records.scope import Viewer
from zhixing.share import Share

KIND_TITLES = {
    "single": "单选",
    "multiple": "多选",
    "truth": "判断",
    "blank": "填空",
    "match": "匹配",
    "order": "排序",
    "data": "数据答案",
    "written": "简答",
    "case": "案例推演",
    "panel": "情境判断",
}


class ShareView(BaseModel):
    """So many of so many; ``low`` and ``high`` bound the share at 95 %."""

    count: int
    total: int
    value: float
    low: float
    high: float


class ChoiceView(BaseModel):
    """One option: how many chose it first, and their mean score in the other items."""

    id: str
    text: str
    is_right: bool
    share: ShareView
    rest: float | None


class RemarkView(BaseModel):
    """A sentence; ``kind`` is ``check`` (do something), ``note`` or ``few`` (too few data)."""

    kind: str
    text: str


class ItemView(BaseModel):
    """One question of the report; a number that the data do not carry is null."""

    number: int
    id: str
    kind: str
    prompt: str
    people: int
    right: ShareView | None
    facility: float | None
    tries: float | None
    discrimination: dict[str, float] | None
    difficulty: float | None
    slope: float | None
    choices: list[ChoiceView]
    common: list[dict[str, Any]]
    remarks: list[RemarkView]


class ItemReport(BaseModel):
    """The report of one lesson over one or all of the viewer's cohorts."""

    course: str
    lesson: str
    title: str
    cohorts: list[dict[str, Any]]
    learners: int
    older: int
    model: str
    items: list[ItemView]


def item_report(
    hall: Hall, viewer: Viewer, course_id: str, lesson_id: str, cohort_id: int | None
) -> ItemReport:
    """Work out the report; takes up to seconds where a model is fitted, so never on the loop.

    Raises
    ------
    NotVisibleError
        If the viewer teaches no such cohort of the course.
    """
    lesson = hall.lesson(course_id, lesson_id)
    items = items_of(lesson)
    counted = {version: one.question.id for version, one in items.items()}
    with hall.store.read() as conn:
        found = first_tries(conn, viewer, course_id, lesson_id, counted, cohort_id)
    return ItemReport(
        course=course_id,
        lesson=lesson.id,
        title=lesson.title,
        cohorts=[{"id": one.cohort_id, "title": one.title} for one in found.cohorts],
        learners=found.learners,
        older=found.older,
        **_items(items.values(), found),
    )


def _items(items: Iterable[Item], found: LessonTries) -> dict[str, Any]:
    calibration = calibrate(found.tries)
    differences = group_differences(found.tries)
    figures = item_figures(items, found.tries)
    return {
        "model": calibration.model if calibration else "",
        "items": [_item(one, calibration, differences) for one in figures],
    }


def _item(
    figures: ItemFigures, calibration: Calibration | None, differences: Sequence[GroupDifference]
) -> ItemView:
    question = figures.question
    return ItemView(
        number=figures.number,
        id=question.id,
        kind=KIND_TITLES[question.kind],
        prompt=question.prompt,
        people=figures.people,
        right=_share(figures.right),
        facility=figures.facility,
        tries=figures.tries,
        discrimination=_discrimination(figures.discrimination),
        difficulty=calibration.difficulty.get(question.id) if calibration else None,
        slope=calibration.slope.get(question.id) if calibration else None,
        choices=list(_choices(figures.choices)),
        common=[{"text": text, "count": count} for text, count in figures.common],
        remarks=[RemarkView(**vars(one)) for one in remarks(figures, differences)],
    )


def _choices(choices: Sequence[Choice]) -> Iterator[ChoiceView]:
    for one in choices:
        view = _share(one.share)
        if view is not None:
            yield ChoiceView(
                id=one.id, text=one.text, is_right=one.is_right, share=view, rest=one.rest
            )


def _share(share: Share | None) -> ShareView | None:
    if share is None:
        return None
    low, high = share.bounds
    return ShareView(count=share.count, total=share.total, value=share.value, low=low, high=high)


def _discrimination(found: Discrimination | None) -> dict[str, float] | None:
    return dict(vars(found)) if found else None
