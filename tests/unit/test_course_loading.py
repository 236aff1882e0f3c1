"""The real course loads, its parts fit, and its lessons keep what the sources say."""

import re
from pathlib import Path

import pytest

from zhixing.course import Lesson
from zhixing.coursefiles import load_course, load_courses, load_lesson
from zhixing.coursefiles.finding import CourseFaults
from zhixing.coursefiles.toml import TomlFile, read_toml
from zhixing.errors import CourseFileError
from zhixing.question import AXES

COURSES = Path(__file__).parents[2] / "courses"
FOLDER = COURSES / "shujiketang"
COURSE = load_course(FOLDER)
TAUGHT = [lesson for lesson in COURSE.lessons if not lesson.rules.is_test]
lessons = pytest.mark.parametrize("lesson", COURSE.lessons, ids=lambda lesson: lesson.id)
taught = pytest.mark.parametrize("lesson", TAUGHT, ids=lambda lesson: lesson.id)


def prose(lesson: Lesson) -> str:
    return "\n".join(block.text for section in lesson.sections for block in section.blocks)


def test_the_folder_of_courses_holds_both_courses() -> None:
    assert [course.id for course in load_courses(COURSES)] == [
        "shujiketang",
        "xingdongxuexi",
    ]
    assert [lesson.id for lesson in TAUGHT] == list(KINDS)
    assert [lesson.id for lesson in COURSE.lessons if lesson.rules.is_test] == ["T1", "T2", "T3"]
    assert COURSE.self_study


def test_loading_twice_gives_the_same_versions() -> None:
    again = load_course(FOLDER)
    for lesson in COURSE.lessons:
        twin = again.lesson(lesson.id)
        assert twin is not None
        assert [q.version for q in twin.questions] == [q.version for q in lesson.questions]


POINTS = {
    r"L\d+-\d": 60,
    r"L\d+-P1": 6,
    r"L\d+-M\d": 28,
    r"C\d": 12,
}
"""Points by which ids, where a lesson has such questions."""


@pytest.mark.parametrize(("ids", "points"), POINTS.items())
@taught
def test_parts_of_a_lesson_have_their_points(lesson: Lesson, ids: str, points: float) -> None:
    found = [question.points for question in lesson.questions if re.fullmatch(ids, question.id)]
    assert sum(found) in (0, points)


@taught
def test_data_tasks_are_40_points_with_the_advice_and_24_without(lesson: Lesson) -> None:
    points = [
        sum(q.points for q in lesson.questions if q.id.startswith(f"{lesson.id}-{task.id}-"))
        for task in lesson.tasks
    ]
    assert points == [32, 24][: len(points)]
    advice = [q.points for q in lesson.questions if q.id == f"{lesson.id}-W1"]
    assert advice == ([8] if points else [])


@taught
def test_a_lesson_asks_8_quiz_questions_a_panel_and_a_form_or_figures(lesson: Lesson) -> None:
    ids = [question.id for question in lesson.questions]
    assert ids[:8] == [f"{lesson.id}-{n}" for n in range(1, 9)]
    assert f"{lesson.id}-P1" in ids or lesson.id == "L3"
    assert bool(lesson.tasks) != any(question.fields for question in lesson.questions)


KINDS = {
    "L1": ["single", "match", "blank", "truth", "blank", "multiple", "multiple", "single"],
    "L2": ["single", "multiple", "match", "order", "single", "truth", "single", "multiple"],
    "L3": ["order", "single", "blank", "single", "truth", "multiple", "single", "single"],
    "L4": ["multiple", "single", "truth", "single", "blank", "single", "multiple", "single"],
    "L5": ["multiple", "blank", "multiple", "single", "order", "single", "truth", "single"],
    "L6": ["single", "truth", "order", "single", "multiple", "single", "single", "blank"],
    "L7": ["blank", "multiple", "single", "truth", "single", "multiple", "single", "multiple"],
    "L8": ["multiple", "match", "multiple", "blank", "truth", "single", "blank", "single"],
    "L9": ["single", "match", "single", "single", "single", "truth", "single", "order"],
    "L10": ["single", "truth", "single", "single", "blank", "single", "multiple", "single"],
}


@taught
def test_the_quizzes_have_the_types_of_the_catalogue(lesson: Lesson) -> None:
    assert [question.kind for question in lesson.questions[:8]] == KINDS[lesson.id]


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
    assert len(lesson.sources) >= 3
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


@pytest.mark.parametrize("lesson", ["L1", "L7", "T1"])
def test_a_lesson_read_alone_is_the_lesson_of_the_course(lesson: str) -> None:
    assert load_lesson(FOLDER, lesson) == COURSE.lesson(lesson)


def test_a_lesson_that_no_course_has_is_none() -> None:
    assert load_lesson(FOLDER, "L99") is None
