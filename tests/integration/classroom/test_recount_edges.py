"""重新判分 of a lesson's rules where the course changed otherwise too, or others are concerned."""

import dataclasses
import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from grading.answersfile import RecordedAnswer, answers_from_bytes, dump_answers
from grading.points import points_earned
from tests.classroom_school import API, COURSE, NOW, PREFIX, School, school
from tests.integration.classroom.conftest import courses
from tests.integration.classroom.test_recount import (
    BEST,
    FALLING,
    LESSON,
    LIST,
    QUESTION,
    RECOUNT,
    TEST,
    earned,
    get,
    get_list,
    give,
    hand_in,
    regrade,
    release,
    twice,
    undo,
    worth,
)
from zhixing.course import Course, Lesson
from zhixing.hub.regrading import CourseGrading
from zhixing.records import tables
from zhixing.rules import LessonRules

Change = Callable[[tuple[Lesson, ...]], tuple[Lesson, ...]]
Opened = Callable[..., AbstractContextManager[School]]


def as_is(lessons: tuple[Lesson, ...]) -> tuple[Lesson, ...]:
    return lessons


def without_it(lessons: tuple[Lesson, ...]) -> tuple[Lesson, ...]:
    """L1-1 was taken out."""
    kept = tuple(one for one in lessons[0].questions if one.id != "L1-1")
    return (dataclasses.replace(lessons[0], questions=kept), *lessons[1:])


def moved(lessons: tuple[Lesson, ...]) -> tuple[Lesson, ...]:
    """L1-1 stands in the next lesson by now, which counts otherwise too."""
    question = lessons[0].question("L1-1")
    assert question
    first, second, *others = without_it(lessons)
    questions = (*second.questions, question)
    return (first, dataclasses.replace(second, questions=questions, rules=FALLING), *others)


def course_by(rules: LessonRules, change: Change) -> tuple[Course, ...]:
    [course] = courses()
    first = dataclasses.replace(course.lessons[0], rules=rules)
    return (dataclasses.replace(course, lessons=change((first, *course.lessons[1:]))),)


def pack(_course: str, _lesson: str, answers: Any, *_: Any) -> bytes:
    return zipped({name: RecordedAnswer(*one) for name, one in answers.items()})


def pack_as_before(_course: str, _lesson: str, answers: Any, *_: Any) -> bytes:
    """As packed by a program that did not say by which rules an answer counts."""
    return zipped({name: RecordedAnswer(*one[:4]) for name, one in answers.items()})


def zipped(answers: dict[str, RecordedAnswer]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("answers.json", dump_answers(answers))
    return buffer.getvalue()


@pytest.fixture
def opened(database_url: str, tmp_path: Path) -> Opened:
    """The same records under these rules of L1 and this edit, as after each new start."""
    starts = iter(range(100))

    @contextmanager
    def start(rules: LessonRules, change: Change = as_is, pack: Any = pack) -> Iterator[School]:
        is_new = next(starts) == 0
        grading = CourseGrading(tmp_path / "nowhere")
        course = course_by(rules, change)
        with school(
            database_url, tmp_path, course, pack, grading=grading, is_new=is_new
        ) as started:
            yield started

    return start


def packed_points(started: School, submission: int) -> float:
    """What nbgrader would give for L1-1 in the hand-in as it is downloaded now."""
    with started.client("trainer_x") as client:
        package = client.get(f"{API}/submissions/{submission}/package")
    assert package.status_code == 200, package.text
    with zipfile.ZipFile(io.BytesIO(package.content)) as archive:
        answers = answers_from_bytes(archive.read("answers.json"))
    lesson = started.course.lessons[0]
    question = lesson.question("L1-1")
    assert question
    return points_earned(question, answers["L1-1"], lesson.rules)


def test_a_question_that_moved_to_another_lesson_stays_counted_where_it_was(
    opened: Opened,
) -> None:
    with opened(BEST) as started:
        twice(started)
    with opened(FALLING, moved) as started:
        [line] = get(started, LIST)["waiting"]
        assert (line["lesson"], line["lost"]) == ("L1", 1)
        other = get(started, f"{API}/courses/{COURSE}/lessons/L3/regrade")
        assert other["learners"] == []
        assert get(started, f"{QUESTION}/regrade")["learners"] == []


def test_a_question_that_was_taken_out_is_recounted_and_taken_back_like_the_others(
    opened: Opened,
) -> None:
    with opened(BEST) as started:
        twice(started)
        points = worth(started)
        submission = hand_in(started, "cadre_a")
    with opened(FALLING) as started:
        number = regrade(started).json()["id"]
        assert earned(started)["cadre_a"] == 0.75
        assert packed_points(started, submission) == 0.75 * points
    with opened(FALLING, without_it) as started:
        with started.client("trainer_x") as client:
            package = client.get(f"{API}/submissions/{submission}/package")
            assert package.status_code == 200, "what was handed in can still be collected"
        assert undo(started, number).status_code == 201
        rows = started.rows(select(tables.LessonProgress.earned, tables.LessonProgress.falloff))
        assert {tuple(row) for row in rows} == {(points, 0.0)}


def test_a_question_that_is_gone_says_so_when_its_regrade_shall_be_undone(
    opened: Opened,
) -> None:
    def other_key(lessons: tuple[Lesson, ...]) -> tuple[Lesson, ...]:
        questions = tuple(
            dataclasses.replace(one, key={"option": "b"}) if one.id == "L1-1" else one
            for one in lessons[0].questions
        )
        return (dataclasses.replace(lessons[0], questions=questions), *lessons[1:])

    with opened(BEST) as started:
        twice(started)
    with opened(BEST, other_key) as started, started.client("trainer_x") as client:
        address = f"{QUESTION}/regrade"
        wish = {"reason": "答案写错", "token": client.get(address).json()["token"]}
        made = client.post(address, json={**wish, "key": "regrade-001"}).json()
    with opened(BEST, without_it) as started:
        refused = undo(started, made["id"])
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "question_gone")


def test_a_hand_in_of_an_older_program_counts_by_what_the_records_hold(opened: Opened) -> None:
    with opened(BEST, pack=pack_as_before) as started:
        twice(started)
        points = worth(started)
        submission = hand_in(started, "cadre_a")
        [row] = get_list(started, f"{LESSON}/submissions")
        assert row["regraded"] is False
    with opened(FALLING) as started:
        [row] = get_list(started, f"{LESSON}/submissions")
        assert row["regraded"] is True, "it is fetched again"
        assert packed_points(started, submission) == points


def test_steps_of_a_case_bind_nobody_to_the_rules_of_their_day(opened: Opened) -> None:
    with opened(BEST) as started:
        case = started.course.lessons[0].question("C1")
        assert case
        body = {"version": case.version, "value": ["B"], "key": "click-c1"}
        with started.client("cadre_a") as client:
            address = f"{API}/courses/{COURSE}/questions/C1/answers"
            assert client.post(address, json=body).status_code == 201
    with opened(FALLING) as started:
        give(started, "cadre_a", is_right=False)
        assert give(started, "cadre_a", is_right=True)["credit"] == 0.75
        assert get(started, LIST)["waiting"] == []


def test_a_recount_leaves_cells_alone_that_it_does_not_move(opened: Opened) -> None:
    with opened(BEST) as started:
        twice(started)
        give_wrong(started, "L1-8")
        points = worth(started)
        submission = hand_in(started, "cadre_a")
        cells = [
            {"id": "L1-1", "score": points, "max_score": points, "comment": ""},
            {"id": "L1-8", "score": 0.0, "max_score": 99.0, "comment": "按新分值"},
        ]
        release(started, submission, cells, "")
    with opened(FALLING) as started:
        assert regrade(started).status_code == 201
        rows = started.rows(
            select(tables.Grade.max_score, tables.Grade.cells).order_by(tables.Grade.id)
        )
        assert rows[-1].max_score == points + 99
        assert rows[-1].cells[1] == cells[1]


def give_wrong(started: School, question_id: str) -> None:
    question = started.course.lessons[0].question(question_id)
    assert question
    wrong = next(one.id for one in question.options if one.id != question.key["option"])
    body = {"version": question.version, "value": wrong, "key": "click-wrong"}
    with started.client("cadre_a") as client:
        address = f"{API}/courses/{COURSE}/questions/{question_id}/answers"
        assert client.post(address, json=body).status_code == 201


def test_only_who_teaches_all_whom_it_touched_is_offered_to_undo(opened: Opened) -> None:
    with opened(BEST) as started:
        twice(started)
        with started.store.begin() as conn:
            conn.execute(insert(tables.CohortTrainer).values(cohort_id=2, person_id=3))
    with opened(FALLING) as started:
        assert regrade(started).status_code == 201
        [mine] = get(started, LIST)["made"]
        [theirs] = get(started, LIST, "trainer_y")["made"]
        assert (mine["may_undo"], theirs["may_undo"]) == (True, False)
        with started.client("trainer_y") as client:
            page = client.get(f"{PREFIX}courses/{COURSE}/regrades").text
        assert "要由带这些班次的教员撤销" in page
        assert "撤销这次判分" not in page


def test_a_granted_resit_outlives_what_the_lesson_was_and_becomes(opened: Opened) -> None:
    closes = NOW + timedelta(days=1)
    test = dataclasses.replace(TEST, closes=closes)
    with opened(dataclasses.replace(BEST, closes=closes)) as started:
        give(started, "cadre_a", is_right=False)
        submission = hand_in(started, "cadre_a")
    with opened(test) as started:
        started.clock.now = NOW + timedelta(days=2)
        with started.client("trainer_x") as client:
            granted = client.post(f"{API}/submissions/{submission}/resit")
        assert granted.json()["sittings"] == 2
        with started.client("cadre_a") as client:
            page = client.get(f"{PREFIX}courses/{COURSE}/lessons/L1?section=1").text
            assert "再考一次" in page, "although it was handed in as a practice"
            assert client.post(f"{LESSON}/sittings").json() == {"sitting": 2}
    with opened(dataclasses.replace(BEST, closes=closes)) as started:
        started.clock.now = NOW + timedelta(days=2)
        assert get(started, QUESTION, "cadre_a")["state"]["status"] == "open"
        assert give(started, "cadre_a", is_right=True)["attempts"] == 1


def test_falling_credit_means_nothing_in_a_test(opened: Opened) -> None:
    with opened(dataclasses.replace(TEST, falloff=0.25)) as started:
        give(started, "cadre_a", is_right=True)
    with opened(TEST) as started:
        assert get(started, LIST)["waiting"] == []
        assert get(started, RECOUNT)["learners"] == []
