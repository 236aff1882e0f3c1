"""Next step: the one thing a person should do now, in words and with its address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from zhixing.course import Course, Lesson
from zhixing.records.progress import OwnEnrolment, OwnLesson


@dataclass(frozen=True)
class NextStep:
    """What to do next; ``address`` is relative to the classroom's prefix."""

    title: str
    detail: str
    action: str
    address: str


def next_step(own: Sequence[tuple[Course, OwnEnrolment]], now: datetime) -> NextStep | None:
    """Return the first lesson in course order that is neither handed in nor closed."""
    for course, enrolment in own:
        for lesson in course.lessons:
            if not enrolment.span(lesson).is_open(now):
                continue
            step = _step(course, lesson, enrolment.lessons.get(lesson.id))
            if step is not None:
                return step
    return None


def _step(course: Course, lesson: Lesson, mine: OwnLesson | None) -> NextStep | None:
    address = f"courses/{course.id}/lessons/{lesson.id}"
    name = f"{course.title} · {lesson.title}"
    if mine is None:
        return NextStep(name, lesson.aim, "开始这一讲", address)
    if mine.submitted_at:
        return None
    total = len(lesson.questions)
    if mine.answered >= total:
        detail = f"{total} 道题都答过了，看一遍就可以交卷。"
        return NextStep(name, detail, "去交卷", f"{address}?section={len(lesson.sections)}")
    section = lesson.sections[min(mine.position, len(lesson.sections) - 1)]
    detail = f"上次学到“{section.title}”，{total} 道题已答 {mine.answered} 道。"
    return NextStep(name, detail, "接着学", address)
