"""Tasks: the tables of data tasks, as JSON for the page and as Excel to work on offline."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Mapping
from typing import Any

import xlsxwriter
from fastapi import APIRouter, Response

from zhixing.classroom.api.answers import Id
from zhixing.classroom.desk import reading_desk_of
from zhixing.classroom.hall import Hall
from zhixing.classroom.problem import not_found
from zhixing.classroom.scopes import scopes
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


def excel_from_table(note: str, content: Mapping[str, Any]) -> bytes:
    """Write a table as a workbook: the data first, the note on a sheet of its own."""
    buffer = io.BytesIO()
    # Texts that begin with "=" stay texts: a learner's data must not become a formula.
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet, head = book.add_worksheet("数据"), book.add_format({"bold": True})
        sheet.write_row(0, 0, content["columns"], head)
        for number, row in enumerate(content["rows"], start=1):
            sheet.write_row(number, 0, row)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(content["rows"]), len(content["columns"]) - 1)
        sheet.autofit()
        book.add_worksheet("说明").write(0, 0, note)
    return buffer.getvalue()
