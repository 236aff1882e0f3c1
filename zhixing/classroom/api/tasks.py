"""Tasks: the tables of data tasks, as JSON for the page and as Excel to work on offline."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Response

from zhixing.classroom.api.answers import Id
from zhixing.classroom.desk import reading_desk_of
from zhixing.classroom.hall import Hall
from zhixing.classroom.problem import not_found
from zhixing.classroom.scopes import scopes
from zhixing.classroom.tablebook import excel_from_table
from zhixing.classroom.visitor import CurrentHall, CurrentViewer
from zhixing.course import Course, DataTask, Lesson
from zhixing.records.scope import Viewer

router = APIRouter(tags=["tasks"])

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/tasks/{course}/{task}/{table}.json", **scopes("enrolled", "trainer"))
async def read_table(
    course: Id, task: Id, table: Id, hall: CurrentHall, viewer: CurrentViewer
) -> dict[str, Any]:
    """Read a table of a data task; the data are fictitious and hold no key."""
    found, content = await _table(hall, viewer, course, task, table)
    return {"note": found.note, **content}


@router.get(
    "/tasks/{course}/{task}/{table}.xlsx",
    response_class=Response,
    **scopes("enrolled", "trainer", file=EXCEL),
)
async def download_table(
    course: Id, task: Id, table: Id, hall: CurrentHall, viewer: CurrentViewer
) -> Response:
    """Download the same table as an Excel file."""
    found, content = await _table(hall, viewer, course, task, table)
    book = await asyncio.to_thread(excel_from_table, found.note, content)
    name = f'attachment; filename="{task}-{table}.xlsx"'
    return Response(book, media_type=EXCEL, headers={"Content-Disposition": name})


async def _table(
    hall: Hall, viewer: Viewer, course_id: str, task_id: str, table: str
) -> tuple[DataTask, Mapping[str, Any]]:
    lesson = _lesson(hall.course(course_id), task_id)
    desk = await reading_desk_of(hall, viewer, course_id, lesson.id)
    task = desk.lesson.task(task_id)
    if task is None or table not in task.tables:
        raise not_found()
    return task, task.tables[table]


def _lesson(course: Course, task_id: str) -> Lesson:
    for lesson in course.lessons:
        if lesson.task(task_id):
            return lesson
    raise not_found()
