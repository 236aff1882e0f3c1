"""重新判分 of a lesson whose rules changed: nobody's points move before a trainer says so."""

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import insert, select, update

from tests.classroom_school import API, COURSE, NOW, School, school
from tests.integration.classroom.conftest import courses
from tests.records_rows import count
from tests.right_and_wrong import right_value, wrong_value
from zhixing.course import Course
from zhixing.records import tables
from zhixing.rules import Counting, LessonRules

QUESTION = f"{API}/courses/{COURSE}/questions/L1-1"
LIST = f"{API}/courses/{COURSE}/regrades"
LESSON = f"{API}/courses/{COURSE}/lessons/L1"
RECOUNT = f"{LESSON}/regrade"
REASON = "第二次答对也应少得一些"

BEST = LessonRules()
FALLING = LessonRules(falloff=0.25)
TEST = LessonRules(mode="test", feedback="handin")
KEYS = iter(range(10_000))

Opened = Callable[[LessonRules], AbstractContextManager[School]]


def by_rules(rules: LessonRules) -> tuple[Course, ...]:
    [course] = courses()
    first = dataclasses.replace(course.lessons[0], rules=rules)
    return (dataclasses.replace(course, lessons=(first, *course.lessons[1:])),)


@pytest.fixture
def opened(database_url: str, tmp_path: Path) -> Opened:
    """The same records under these rules of L1, as after each new start."""
    starts = iter(range(100))

    @contextmanager
    def start(rules: LessonRules) -> Iterator[School]:
        is_new = next(starts) == 0
        with school(
            database_url, tmp_path, by_rules(rules), lambda *_: b"PK", is_new=is_new
        ) as started:
            yield started

    return start


def give(started: School, who: str, *, is_right: bool) -> dict[str, Any]:
    question = started.course.lessons[0].question("L1-1")
    assert question
    value = (right_value if is_right else wrong_value)(question)
    body = {"version": question.version, "value": value, "key": f"click-{next(KEYS):05d}"}
    with started.client(who) as client:
        given = client.post(f"{QUESTION}/answers", json=body)
    assert given.status_code == 201, given.text
    state: dict[str, Any] = given.json()["state"]
    return state


def worth(started: School) -> float:
    question = started.course.lessons[0].question("L1-1")
    assert question
    return question.points


def get(started: School, address: str, who: str = "trainer_x") -> dict[str, Any]:
    with started.client(who) as client:
        found = client.get(address)
    assert found.status_code == 200, found.text
    told: dict[str, Any] = found.json()
    return told


def regrade(started: School, who: str = "trainer_x", **changed: Any) -> httpx.Response:
    token = changed.pop("token", None) or get(started, RECOUNT, who)["token"]
    body = {"reason": REASON, "token": token, "key": "recount-001", **changed}
    with started.client(who) as client:
        return client.post(RECOUNT, json=body)


def undo(started: School, number: int) -> httpx.Response:
    with started.client("trainer_x") as client:
        return client.post(f"{API}/regrades/{number}/undo", json={"reason": "仍按原来的办法"})


def earned(started: School) -> dict[str, float]:
    """Parts of the question's points, by user name."""
    kept = tables.LessonProgress
    rows = started.rows(
        select(tables.Person.username, kept.earned)
        .join(tables.Enrolment, tables.Enrolment.person_id == tables.Person.id)
        .join(kept, kept.enrolment_id == tables.Enrolment.id)
    )
    return {row[0]: row[1] / worth(started) for row in rows}


def twice(started: School) -> None:
    """Cadre A is right at the second try, filler 1 at the first, cadre B of class 2 as A."""
    for who, answers in (
        ("cadre_a", (False, True)),
        ("filler1", (True,)),
        ("cadre_b", (False, True)),
    ):
        for is_right in answers:
            give(started, who, is_right=is_right)


def test_new_rules_move_no_points_and_old_learners_go_on_by_the_old(opened: Opened) -> None:
    with opened(BEST) as started:
        twice(started)
    with opened(FALLING) as started:
        assert earned(started) == {"cadre_a": 1, "filler1": 1, "cadre_b": 1}
        state = get(started, QUESTION, "cadre_a")["state"]
        assert state["credit"] == 1.0
        assert give(started, "filler2", is_right=False)["counting"].endswith(
            "第 2 次答对得 75%，第 3 次答对得 50%。"
        ), "who begins now has the new rules"
        assert give(started, "filler2", is_right=True)["credit"] == 0.75
        later = give(started, "cadre_a", is_right=False)
        assert (later["credit"], earned(started)["cadre_a"]) == (1.0, 1)
        assert earned(started)["filler2"] == 0.75


def test_the_preview_names_who_loses_and_how_it_was_counted(opened: Opened) -> None:
    with opened(BEST) as started:
        twice(started)
        assert get(started, LIST) == {"waiting": [], "made": []}
        assert get(started, RECOUNT)["learners"] == []
        refused = regrade(started)
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "nothing_changes")
        assert "现在的计分办法" in refused.json()["error"]["message"]
    with opened(FALLING) as started:
        before = count(started.store)
        [line] = get(started, LIST)["waiting"]
        found = get(started, RECOUNT)
        assert count(started.store) == before
        points = worth(started)
    assert (line["lesson"], line["question"]) == ("L1", None)
    assert (line["learners"], line["gained"], line["lost"]) == (2, 0, 1)
    assert found["counting"] == "以最好的一次计分，每多答一次少得 25%"
    assert {one["counting"] for one in found["learners"]} == {"以最好的一次计分"}
    lines = {one["username"]: one for one in found["learners"]}
    assert set(lines) == {"cadre_a", "filler1"}, "class 2 is another trainer's"
    told = (lines["cadre_a"]["total_before"], lines["cadre_a"]["total_after"])
    assert told == (points, 0.75 * points)
    assert (found["gained"], found["lost"], found["same"]) == (0, 1, 1)


def test_applied_the_points_follow_and_undone_they_are_as_they_were(opened: Opened) -> None:
    with opened(BEST) as started:
        twice(started)
    with opened(FALLING) as started:
        marks = count(started.store)["mark"]
        made = regrade(started)
        assert made.status_code == 201, made.text
        assert regrade(started).json() == made.json(), "a second click is the same"
        assert earned(started) == {"cadre_a": 0.75, "filler1": 1, "cadre_b": 1}
        assert count(started.store)["mark"] == marks, "what was marked stays as it was"
        assert get(started, QUESTION, "cadre_a")["state"]["credit"] == 0.75
        [line] = get(started, LIST)["made"]
        assert (line["question"], line["counting"]) == (
            None,
            "以最好的一次计分，每多答一次少得 25%",
        )
        assert (line["gained"], line["lost"], line["learners"]) == (0, 1, 2)
        assert get(started, LIST)["waiting"] == []
        assert get(started, LIST, "trainer_y")["waiting"][0]["learners"] == 1
        changes = started.rows(
            select(tables.RegradeChange.before, tables.RegradeChange.after).order_by(
                tables.RegradeChange.after
            )
        )
        points = worth(started)
        assert [tuple(row) for row in changes] == [(points, 0.75 * points), (points, points)]
        number = made.json()["id"]
        assert [undo(started, number).status_code for _ in range(2)] == [201, 201]
        assert earned(started) == {"cadre_a": 1, "filler1": 1, "cadre_b": 1}
        assert give(started, "cadre_a", is_right=False)["credit"] == 1.0
        assert get(started, LIST)["waiting"][0]["learners"] == 2
        actions = [row[0] for row in started.rows(select(tables.Audit.action))]
        assert (actions.count("regrade.make"), actions.count("regrade.undo")) == (1, 1)


def test_a_released_grade_follows_cell_by_cell_and_what_a_person_gave_stays(
    opened: Opened,
) -> None:
    with opened(BEST) as started:
        twice(started)
        points = worth(started)
        write_advice(started, "cadre_a")
        submission = hand_in(started, "cadre_a")
        cells = [
            {"id": "L1-1", "score": points, "max_score": points, "comment": ""},
            {"id": "L1-W1", "score": 8.0, "max_score": 10.0, "comment": "写得具体。"},
        ]
        release(started, submission, cells, "写得具体。")
    with opened(FALLING) as started:
        [line] = [one for one in get(started, RECOUNT)["learners"] if one["grade"]]
        assert line["grade"] == {
            "before": points + 8,
            "after": 0.75 * points + 8,
            "is_by_hand": False,
        }
        number = regrade(started).json()["id"]
        grade = grade_of(started)
        assert grade["score"] == 0.75 * points + 8
        assert [cell["score"] for cell in grade["cells"]] == [0.75 * points, 8]
        told = f"重新合计：{points + 8:g} 分改为 {0.75 * points + 8:g} 分"
        assert grade["comment"] == f"写得具体。\n这一讲的计分办法改了，{told}。原因：{REASON}"
        assert REASON in grade["comment"]
        [sent] = started.rows(select(tables.Submission.earned, tables.Submission.falloff))
        assert tuple(sent) == (0.75 * points, 0.25)
        [row] = get_list(started, f"{LESSON}/submissions")
        assert row["regraded"] is True
        undo(started, number)
        assert grade_of(started)["score"] == points + 8
        assert count(started.store)["grade"] == 3


def write_advice(started: School, who: str) -> None:
    """Answer what a trainer marks by hand, and no rule of counting moves."""
    question = started.course.lessons[0].question("L1-W1")
    assert question
    body = {"version": question.version, "value": "请沈䶮每周三入户。", "key": "advice-01"}
    with started.client(who) as client:
        address = f"{API}/courses/{COURSE}/questions/L1-W1/answers"
        assert client.post(address, json=body).status_code == 201


def release(started: School, submission: int, cells: list[dict[str, Any]], comment: str) -> None:
    """A grade as a trainer released it from nbgrader."""
    with started.store.begin() as conn:
        conn.execute(
            insert(tables.Grade).values(
                submission_id=submission,
                score=sum(cell["score"] for cell in cells),
                max_score=sum(cell["max_score"] for cell in cells),
                comment=comment,
                cells=cells,
                trainer_id=3,
                released_at=NOW,
            )
        )


def hand_in(started: School, who: str) -> int:
    with started.client(who) as client:
        assert client.post(f"{LESSON}/submissions", json={"key": "hand-in-1"}).status_code == 201
    [row] = started.rows(select(tables.Submission.id))
    return int(row[0])


def get_list(started: School, address: str) -> list[dict[str, Any]]:
    with started.client("trainer_x") as client:
        found: list[dict[str, Any]] = client.get(address).json()
    return found


def grade_of(started: School) -> dict[str, Any]:
    with started.client("cadre_a") as client:
        [course] = client.get(f"{API}/courses").json()
    found: dict[str, Any] = course["lessons"][0]["grade"]
    return found


def test_a_practice_that_becomes_a_test_counts_the_last_answer_once_handed_in(
    opened: Opened,
) -> None:
    with opened(BEST) as started:
        give(started, "cadre_a", is_right=False)
        give(started, "cadre_a", is_right=True)
    with opened(TEST) as started:
        third = give(started, "cadre_a", is_right=False)
        assert (third["status"], earned(started)["cadre_a"]) == ("done", 1), "three tries as before"
        found = get(started, RECOUNT)
        assert (found["learners"], found["under_way"]) == ([], 1)
        [line] = get(started, LIST)["waiting"]
        assert (line["learners"], line["under_way"]) == (0, 1), "the list does not say all is well"
        assert regrade(started).status_code == 409, "who has seen the key could change the answer"
        hand_in(started, "cadre_a")
        assert regrade(started, key="recount-002").status_code == 201
        assert earned(started)["cadre_a"] == 0


def test_a_test_that_becomes_a_practice_still_tells_nothing_to_who_began_it(
    opened: Opened,
) -> None:
    with opened(TEST) as started:
        give(started, "cadre_a", is_right=True)
    with opened(BEST) as started:
        for _ in range(5):
            told = give(started, "cadre_a", is_right=False)
            assert (told["score"], told["reasons"], told["reveal"]) == (None, [], None)
        assert earned(started)["cadre_a"] == 0
        assert get(started, RECOUNT)["under_way"] == 1
        hand_in(started, "cadre_a")
        number = regrade(started).json()["id"]
        assert earned(started)["cadre_a"] == 1
        assert get(started, QUESTION, "cadre_a")["state"]["credit"] == 1.0
        assert undo(started, number).status_code == 201
        assert earned(started)["cadre_a"] == 0


def test_only_the_newest_regrade_of_the_rules_can_be_undone(opened: Opened) -> None:
    with opened(BEST) as started:
        twice(started)
    with opened(FALLING) as started:
        first = regrade(started).json()["id"]
    with opened(LessonRules(falloff=0.5)) as started:
        second = regrade(started, key="recount-002").json()["id"]
        assert earned(started)["cadre_a"] == 0.5
        refused = undo(started, first)
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "regraded_since")
        assert "计分办法" in refused.json()["error"]["message"]
        undo(started, second)
        assert earned(started)["cadre_a"] == 0.75
        undo(started, first)
        assert earned(started)["cadre_a"] == 1


def test_an_answer_since_the_preview_is_seen(opened: Opened) -> None:
    with opened(BEST) as started:
        twice(started)
    with opened(FALLING) as started:
        seen = get(started, RECOUNT)["token"]
        give(started, "cadre_a", is_right=False)
        give(started, "filler1", is_right=False)
        assert regrade(started, token=seen).status_code == 201, "their points are the same"
    with opened(LessonRules(falloff=0.5)) as started:
        seen = get(started, RECOUNT)["token"]
        give(started, "filler2", is_right=True)  # counts by the present rules and is not in it
        assert get(started, RECOUNT)["token"] == seen
        with started.store.begin() as conn:
            conn.execute(
                update(tables.LessonProgress)
                .where(tables.LessonProgress.falloff == 0.25)
                .values(earned=tables.LessonProgress.earned + 1)
            )
        refused = regrade(started, token=seen, key="recount-002")
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "preview_changed")


def test_points_of_an_older_database_count_by_the_rules_of_the_first_start(opened: Opened) -> None:
    with opened(BEST) as started:
        twice(started)
        hand_in(started, "cadre_a")
        with started.store.begin() as conn:
            for table in (tables.LessonProgress, tables.Submission):
                conn.execute(update(table).values(mode=None, falloff=None))
    with opened(BEST) as started:
        for table in (tables.LessonProgress, tables.Submission):
            kept = {tuple(row) for row in started.rows(select(table.mode, table.falloff))}
            assert kept == {("practice", 0.0)}
    with opened(FALLING) as started:
        assert get(started, RECOUNT)["lost"] == 1


def test_who_only_opened_the_lesson_begins_by_the_rules_of_the_first_answer(
    opened: Opened,
) -> None:
    with opened(BEST) as started, started.client("cadre_a") as client:
        assert client.put(f"{LESSON}/position", json={"section": 1}).status_code == 200
    with opened(FALLING) as started:
        assert get(started, LIST)["waiting"] == []
        give(started, "cadre_a", is_right=False)
        assert give(started, "cadre_a", is_right=True)["credit"] == 0.75
        [row] = started.rows(select(tables.LessonProgress.mode, tables.LessonProgress.falloff))
        assert Counting(*row) == FALLING.counting
