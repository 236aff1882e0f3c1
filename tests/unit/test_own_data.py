"""Each learner has an own drawing of a data task: tables, questions and keys belong together."""

from dataclasses import replace
from pathlib import Path

import pytest

from zhixing.course import Lesson
from zhixing.coursefiles import load_course
from zhixing.datatask import solved_task
from zhixing.paper import own_course, own_lesson

FOLDER = Path(__file__).parents[2] / "courses" / "shujiketang"
COURSE = load_course(FOLDER)
DRAWN = [lesson for lesson in COURSE.lessons if lesson.draws]
NAMES = [f"学员{number}" for number in range(60)]


def own(lesson: Lesson, name: str, sitting: int = 1) -> Lesson:
    return own_lesson(lesson, COURSE.id, name, sitting)


@pytest.mark.parametrize("lesson", DRAWN, ids=lambda lesson: lesson.id)
def test_the_keys_a_learner_is_marked_by_are_those_of_the_tables_the_learner_sees(
    lesson: Lesson,
) -> None:
    for name in NAMES[:6]:
        mine = own(lesson, name)
        for task, draws in lesson.draws.items():
            shown = mine.task(task)
            assert shown is not None
            solved = solved_task(FOLDER / "data" / f"{task}.py", shown.seed)
            assert shown.tables == solved.task.tables
            (drawn,) = [draw for draw in draws if draw.task.seed == shown.seed]
            for question_id, question in drawn.questions.items():
                assert mine.question(question_id) == question


def test_learners_are_spread_over_all_drawings() -> None:
    lesson = COURSE.lesson("L3")
    assert lesson is not None
    seeds = {task.seed for name in NAMES for task in own(lesson, name).tasks}
    assert seeds == {draw.task.seed for draw in lesson.draws["D1"]}
    versions = {q.version for q in lesson.varying["L3-D1-1"]}
    assert len(versions) == len(lesson.draws["D1"]) == 6


def test_a_learner_keeps_the_data_whatever_the_sitting_and_on_every_machine() -> None:
    lesson = COURSE.lesson("L3")
    assert lesson is not None
    first = own(lesson, "𠮷龑")
    assert own(lesson, "𠮷龑", 3).tasks == first.tasks
    assert first.tasks[0].seed == 20210729


def test_every_question_that_somebody_may_get_is_among_the_possible_ones() -> None:
    for lesson in COURSE.lessons:
        possible = {(q.id, q.version) for q in lesson.possible_questions}
        assert len(possible) == len(lesson.possible_questions)
        for name in NAMES:
            assert {(q.id, q.version) for q in own(lesson, name).questions} <= possible


def test_what_is_not_drawn_is_the_same_for_all() -> None:
    fixed = [q for lesson in COURSE.lessons for q in lesson.questions if q.id not in lesson.varying]
    mine = own_course(COURSE, "𠮷龑")
    assert fixed == [
        q for lesson in mine.lessons for q in lesson.questions if q.id not in lesson.varying
    ]


def test_a_task_that_takes_no_seed_has_one_drawing() -> None:
    lesson = COURSE.lesson("L1")
    assert lesson is not None
    assert "D0" not in lesson.draws
    assert own(lesson, "甲").tasks == lesson.tasks


def test_a_lesson_without_drawings_is_handed_on_as_it_is() -> None:
    lesson = replace(COURSE.lessons[0], draws={}, forms={})
    assert own(lesson, "甲") is lesson
