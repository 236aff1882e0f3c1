"""The real course loads, its parts fit, and its lessons keep what the sources say."""

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from zhixing.course import Lesson
from zhixing.coursefiles import load_course, load_courses
from zhixing.coursefiles.finding import CourseFaults
from zhixing.coursefiles.toml import TomlFile, read_toml
from zhixing.datatask import solved_task
from zhixing.errors import CourseFileError
from zhixing.question import AXES

COURSES = Path(__file__).parents[2] / "courses"
FOLDER = COURSES / "shujiketang"
COURSE = load_course(FOLDER)
lessons = pytest.mark.parametrize("lesson", COURSE.lessons, ids=lambda lesson: lesson.id)


def prose(lesson: Lesson) -> str:
    return "\n".join(block.text for section in lesson.sections for block in section.blocks)


def test_the_folder_of_courses_holds_the_course() -> None:
    assert [course.id for course in load_courses(COURSES)] == ["shujiketang"]
    assert [lesson.id for lesson in COURSE.lessons] == ["L1", "L3"]
    assert COURSE.self_study


def test_loading_twice_gives_the_same_versions() -> None:
    again = load_course(FOLDER)
    for lesson in COURSE.lessons:
        twin = again.lesson(lesson.id)
        assert twin is not None
        assert [q.version for q in twin.questions] == [q.version for q in lesson.questions]


@lessons
def test_a_lesson_is_60_points_for_the_quiz_24_8_8_for_the_data_task_and_a_case(
    lesson: Lesson,
) -> None:
    points = {question.id: question.points for question in lesson.questions}
    quiz = [value for name, value in points.items() if re.fullmatch(r"L\d+-\d", name)]
    data = [q for q in lesson.questions if re.fullmatch(r"L\d+-D\d-\d", q.id)]
    (case,) = [question for question in lesson.questions if question.kind == "case"]
    assert len(quiz) == 8
    assert sum(quiz) == 60
    assert sum(q.points for q in data if "set" not in q.key) == 24
    assert sum(q.points for q in data if "set" in q.key) == 8
    assert points[f"{lesson.id}-W1"] == 8
    assert case.points == 12
    others = [points[name] for name in ("L1-T1", "L1-P1") if name in points]
    assert sum(points.values()) - case.points - sum(others) == 100


def test_the_quizzes_have_the_types_of_the_catalogue() -> None:
    kinds = [[q.kind for q in lesson.questions[:8]] for lesson in COURSE.lessons]
    assert kinds == [
        ["single", "match", "blank", "truth", "blank", "multiple", "multiple", "single"],
        ["order", "single", "blank", "single", "truth", "multiple", "single", "single"],
    ]


@lessons
def test_every_question_stands_in_the_text_once_and_after_some_text(lesson: Lesson) -> None:
    blocks = [block for section in lesson.sections for block in section.blocks]
    asked = [block.ref for block in blocks if block.kind == "question"]
    assert sorted(asked) == sorted(question.id for question in lesson.questions)
    assert all(section.blocks[0].kind == "text" for section in lesson.sections)


@lessons
def test_sections_take_5_to_10_minutes_and_add_up(lesson: Lesson) -> None:
    assert all(5 <= section.minutes <= 10 for section in lesson.sections)
    assert sum(section.minutes for section in lesson.sections) == lesson.minutes


@lessons
def test_sources_name_their_certainty_and_every_question_has_one(lesson: Lesson) -> None:
    assert len(lesson.sources) >= 5
    assert any("确定程度" in source for source in lesson.sources)
    assert all(question.source for question in lesson.questions)
    assert all(set(question.weights) <= set(AXES) for question in lesson.questions)


@lessons
def test_tables_and_code_track_are_shown_where_they_are_used(lesson: Lesson) -> None:
    blocks = [block for section in lesson.sections for block in section.blocks]
    shown = {block.ref for block in blocks if block.kind == "table"}
    assert shown == {f"{task.id}/{name}" for task in lesson.tasks for name in task.tables}
    assert [block.ref for block in blocks if block.kind == "codetrack"] == [
        task.id for task in lesson.tasks
    ]


@lessons
def test_problems_keep_their_qualifier_and_undefined_slogans_stay_undefined(lesson: Lesson) -> None:
    text = prose(lesson)
    for sentence in re.split("[。\n]", text):
        if "“慢执行”" in sentence or "“网格悬浮”" in sentence:
            assert "少数" in sentence or "有的" in sentence, sentence
        if "三个优先" in sentence or "两在两同" in sentence:
            assert "没有展开" in sentence, sentence


@lessons
def test_the_code_track_earns_the_same_answers_as_the_other_track(lesson: Lesson) -> None:
    """Run the reference solution on the real tables; only the widgets are stood in for."""
    (task,) = lesson.tasks
    seed = FOLDER / "course.toml"
    toml = read_toml(seed, "course.toml")
    assert isinstance(toml, TomlFile)
    right = solved_task(FOLDER / "data" / f"{task.id}.py", toml.data["task_seed"]).answers
    answers = run_track(lesson, task.id)
    asked = [q for q in lesson.questions if q.id.startswith(f"{lesson.id}-{task.id}-")]
    assert sorted(answers) == [question.id for question in asked]
    for question, value in zip(asked, right.values(), strict=True):
        given = answers[question.id]
        if isinstance(value, set):
            assert set(given) == value
        else:
            assert given == pytest.approx(value, abs=0.005)


def run_track(lesson: Lesson, name: str) -> dict[str, Any]:
    tables = lesson.tasks[0].tables
    answers: dict[str, Any] = {}

    def table(ref: str) -> SimpleNamespace:
        made = tables[ref.partition("/")[2]]
        return SimpleNamespace(frame=pd.DataFrame(made["rows"], columns=made["columns"]))

    names = {"Table": table, "answer": answers.__setitem__, "Workbook": str}
    notebook = json.loads((FOLDER / "source" / lesson.id / f"{name}.ipynb").read_text())
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            source = re.sub(r"from widgets\.\w+ import \w+\n", "", "".join(cell["source"]))
            exec(source, names)
    return answers


def test_a_missing_course_is_named(tmp_path: Path) -> None:
    with pytest.raises(CourseFileError, match=r"course\.toml.*找不到"):
        load_course(tmp_path / "没有")


def test_all_faults_come_with_the_error(tmp_path: Path) -> None:
    (tmp_path / "course.toml").write_text('title = ""\nhours = -1\n')
    with pytest.raises(CourseFaults) as caught:
        load_course(tmp_path)
    assert {finding.field for finding in caught.value.findings} == {
        "title",
        "hours",
        "summary",
        "lesson",
    }
    assert "hours" in str(caught.value)


def test_lines_of_nested_items_are_found(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text(
        '[[question]]\nid = "甲"\ntext = """\n[[question]]\nid = 1\n"""\n'
        'options = [ # [ "\n  { id = "a", x = [1, 2] },\n  { id = "b" }, { id = "c" },\n]\n'
        '[[question]]\nid = "乙"\n[question.rules]\ntries = 1\n'
        "[[question.rubric]]\npoints = 1\n[[question.rubric]]\npoints = 2\n"
    )
    toml = read_toml(path, "a.toml")
    assert isinstance(toml, TomlFile)
    places = {
        ("question", 0): 1,
        ("question", 0, "options"): 7,
        ("question", 0, "options", 0, "id"): 8,
        ("question", 0, "options", 2, "id"): 9,
        ("question", 1, "id"): 12,
        ("question", 1, "rules", "tries"): 14,
        ("question", 1, "rubric", 1, "points"): 18,
    }
    assert {where: toml.line(where) for where in places} == places
