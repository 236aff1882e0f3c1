"""Lesson: one section as the page shows it, with its questions and their standing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zhixing.classroom.desk import Desk
from zhixing.classroom.markdown import html_from_markdown
from zhixing.course import Block, Course, Lesson, Section


@dataclass(frozen=True)
class LessonTexts:
    """Lesson texts as HTML, by markdown."""

    html: Mapping[str, str]

    @classmethod
    def render(cls, courses: Sequence[Course]) -> LessonTexts:
        """Render every text block once."""
        blocks = [
            block
            for course in courses
            for lesson in course.lessons
            for section in lesson.sections
            for block in section.blocks
            if block.kind == "text"
        ]
        texts = {block.text for block in blocks}
        texts |= {source for course in courses for x in course.lessons for source in x.sources}
        return cls({text: html_from_markdown(text) for text in texts})


def lesson_shown(desk: Desk, number: int, texts: LessonTexts, now: datetime) -> dict[str, Any]:
    """All that the template needs for section ``number``, from 1."""
    lesson = desk.lesson
    section = lesson.sections[number - 1]
    progress = desk.progress
    return {
        "course": desk.course,
        "lesson": lesson,
        "section": section,
        "number": number,
        "total": len(lesson.sections),
        "blocks": [_shown(block, texts) for block in section.blocks],
        "sources": [texts.html[source] for source in lesson.sources],
        "views": json_for_script(_views(desk, section, now)),
        "unanswered": [_place(lesson, question.id) for question in desk.unanswered()],
        "is_open": desk.is_open(now),
        "is_handed_in": desk.is_handed_in,
        "grade": progress.grade if progress else None,
        "submitted_at": progress.submitted_at if progress else None,
    }


def _shown(block: Block, texts: LessonTexts) -> dict[str, str]:
    html = texts.html[block.text] if block.kind == "text" else ""
    return {"kind": block.kind, "ref": block.ref, "html": html}


def _views(desk: Desk, section: Section, now: datetime) -> dict[str, Any]:
    views = {}
    for block in section.blocks:
        question = desk.lesson.question(block.ref) if block.kind == "question" else None
        if question is not None:
            views[question.id] = {
                "question": question.public(),
                "state": desk.state(question, now),
            }
    return views


def _place(lesson: Lesson, question_id: str) -> dict[str, Any]:
    for number, section in enumerate(lesson.sections, start=1):
        if any(block.kind == "question" and block.ref == question_id for block in section.blocks):
            return {"id": question_id, "section": number}
    return {"id": question_id, "section": 1}


def json_for_script(value: Any) -> str:
    """JSON that may stand inside a script element: nothing in it can end the element."""
    text = json.dumps(value, ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
