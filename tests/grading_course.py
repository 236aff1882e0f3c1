"""The real course in a folder of its own, released, with hand-ins as the platform makes them."""

import json
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from grading.answersfile import RecordedAnswer
from grading.exchange import unpack
from grading.release import release
from grading.submission import build_submission
from tests.right_and_wrong import right_value
from tests.two_lessons import two_lessons
from zhixing.coursefiles import load_course
from zhixing.question import Question

COURSE = two_lessons() / "shujiketang"
HANDED_IN_AT = datetime(2026, 11, 20, 2, 30, 15, tzinfo=UTC)
ADVICE = "每周三由网格员陶𠮷、龑䶮入户核对底数。"


def released_course(folder: Path, *lessons: str) -> Path:
    """Copy the course and release these lessons."""
    course_dir = folder / COURSE.name
    shutil.copytree(COURSE, course_dir, ignore=shutil.ignore_patterns("__pycache__"))
    for lesson in lessons:
        release(course_dir, lesson)
    return course_dir


TOTALS = {"L1": 124, "L3": 112}
"""Points of the real lessons; 8 of each are given by hand."""


def questions(course_dir: Path, lesson: str) -> tuple[Question, ...]:
    found = load_course(course_dir).lesson(lesson)
    assert found is not None
    return found.questions


def right_answers(course_dir: Path, lesson: str, text: str = ADVICE) -> dict[str, RecordedAnswer]:
    return {
        one.id: RecordedAnswer(one.version, (_right(one, text),), None)
        for one in questions(course_dir, lesson)
    }


def _right(question: Question, text: str) -> Any:
    return text if question.kind == "written" else right_value(question)


def released_files(course_dir: Path, lesson: str) -> dict[str, bytes]:
    folder = course_dir / "release" / lesson
    return {path.name: path.read_bytes() for path in folder.glob("*.ipynb")}


def workbook(course_dir: Path, sources: Mapping[str, str]) -> bytes:
    """D1.ipynb as a learner sends it, with these sources in solution cells; else the reference."""
    content = json.loads((course_dir / "source" / "L3" / "D1.ipynb").read_bytes())
    for cell in content["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        if grade_id in sources:
            cell["source"] = sources[grade_id]
    return json.dumps(content).encode()


def hand_in(
    course_dir: Path,
    lesson: str,
    username: str,
    answers: Mapping[str, RecordedAnswer],
    workbooks: Mapping[str, bytes] | None = None,
) -> Path:
    """Build a hand-in and collect it."""
    package = build_submission(
        released_files(course_dir, lesson), answers, workbooks or {}, HANDED_IN_AT
    )
    target = course_dir / "submitted" / username / lesson
    unpack(package, target)
    return target


def notebook(path: Path) -> Any:
    return json.loads(path.read_bytes())


def cell_of(path: Path, grade_id: str) -> Any:
    cells = notebook(path)["cells"]
    return next(c for c in cells if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)
