"""Lesson: one section as the page shows it, with its questions and their standing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zhixing.certainty import calibration_sentences
from zhixing.classroom.desk import Desk
from zhixing.classroom.handin import HandInReceipt
from zhixing.classroom.markdown import html_from_markdown
from zhixing.course import Block, Course, Section


@dataclass(frozen=True)
class LessonTexts:
    """Lesson texts as HTML, by lesson id and markdown."""

    html: Mapping[tuple[str, str], str]

    @classmethod
    def render(cls, courses: Sequence[Course]) -> LessonTexts:
        """Render every text block once; a figure lies below its lesson's own address."""
        lessons = [lesson for course in courses for lesson in course.lessons]
        texts = {
            (lesson.id, block.text)
            for lesson in lessons
            for section in lesson.sections
            for block in section.blocks
            if block.kind == "text"
        }
        texts |= {(lesson.id, source) for lesson in lessons for source in lesson.sources}
        return cls(
            {(id_, text): html_from_markdown(text, f"{id_}/figures/") for id_, text in texts}
        )


def lesson_shown(
    desk: Desk,
    number: int,
    texts: LessonTexts,
    now: datetime,
    receipt: HandInReceipt | None,
) -> dict[str, Any]:
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
        "blocks": [_shown(lesson.id, block, texts) for block in section.blocks],
        "sources": [texts.html[lesson.id, source] for source in lesson.sources],
        "views": _views(desk, section, now),
        "unanswered": _unanswered(desk),
        "is_open": desk.is_open(now),
        "is_to_come": now < desk.span.opens,
        "span": desk.span,
        "is_handed_in": desk.is_handed_in,
        "grade": progress.grade if progress else None,
        "receipt": receipt,
        "is_learner": desk.is_learner,
        "is_test": lesson.rules.is_test,
        "has_written": any(question.kind == "written" for question in lesson.questions),
        "closes": desk.closes,
        "sitting": desk.sitting,
        "may_resit": desk.may_resit(now),
        "calibration": _calibration(desk, now),
    }


def _calibration(desk: Desk, now: datetime) -> list[str]:
    """How being sure and being right went together, once the lesson is over and told."""
    if not (desk.lesson.rules.certainty and desk.is_handed_in and desk.is_told(now)):
        return []
    last = [tries[-1] for tries in desk.tries.values()]
    return calibration_sentences(
        (one.certainty, one.score)
        for one in last
        if one.certainty is not None and one.score is not None
    )


def page_data(desk: Desk, shown: Mapping[str, Any], owner: str, api: str) -> str:
    """All that the page's script needs, as JSON; ``shown`` is what the template got."""
    lesson = desk.lesson
    return json_for_script(
        {
            "api": api,
            "owner": owner,
            "course": desk.course.id,
            "lesson": lesson.id,
            "section": shown["number"],
            "isTaking": shown["is_open"] and not desk.is_handed_in,
            "handInKey": f"handin-{lesson.id}-{desk.sitting}",
            "questions": {question.id: question.version for question in lesson.questions},
            "views": shown["views"],
        }
    )


def _shown(lesson_id: str, block: Block, texts: LessonTexts) -> dict[str, Any]:
    html = texts.html[lesson_id, block.text] if block.kind == "text" else ""
    return {"kind": block.kind, "ref": block.ref, "html": html, "is_summary": block.is_summary}


def _views(desk: Desk, section: Section, now: datetime) -> dict[str, Any]:
    views = {}
    for block in section.blocks:
        question = desk.lesson.question(block.ref) if block.kind == "question" else None
        if question is not None:
            views[question.id] = {
                "question": desk.lesson.public(question),
                "state": desk.state(question, now),
            }
    return views


def _unanswered(desk: Desk) -> list[dict[str, Any]]:
    """Sections with questions that have no answer, and which these are."""
    left = {question.id for question in desk.unanswered()}
    sections = []
    for number, section in enumerate(desk.lesson.sections, start=1):
        ids = [block.ref for block in section.blocks if block.ref in left]
        if ids:
            sections.append({"section": number, "title": section.title, "ids": ids})
    return sections


def json_for_script(value: Any) -> str:
    """JSON that may stand inside a script element: nothing in it can end the element."""
    text = json.dumps(value, ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
