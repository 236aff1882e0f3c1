"""Rubrics: what a trainer grades a written part by, beside the part itself."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path

from zhixing.coursefiles import load_lesson
from zhixing.question import Question


def graded_by_rubric(course_dir: Path, lesson_id: str) -> tuple[Question, ...]:
    """Questions of a lesson with a rubric; none where the folder is no course of ours."""
    if not (course_dir / "course.toml").is_file():
        return ()
    lesson = load_lesson(course_dir, lesson_id)
    questions = lesson.questions if lesson else ()
    return tuple(one for one in questions if one.key.get("rubric"))


def rubric_html(question: Question) -> str:
    """Table of a rubric: one row a criterion, levels from best to least."""
    rows = "".join(_row(part) for part in question.key["rubric"])
    return (
        f'<div class="zx-rubric"><p><b>评分标准</b>（满分 {question.points:g} 分）：'
        f"{escape(question.prompt)}</p><table><tbody>{rows}</tbody></table></div>"
    )


def _row(part: Mapping[str, object]) -> str:
    levels = part.get("levels", ())
    cells = "".join(f"<td>{escape(str(level))}</td>" for level in levels)  # type: ignore[attr-defined]
    return f"<tr><th>{escape(str(part['criterion']))}（{part['points']:g} 分）</th>{cells}</tr>"
