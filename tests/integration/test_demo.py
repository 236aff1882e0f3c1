"""The demo fills real records, once, fast, and as the classroom itself would have."""

import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from tests.demo_course import COURSE
from tests.records_rows import count, rows
from zhixing.demo.filling import DemoSummary, NotADemoError, fill_demo
from zhixing.demo.writing import GradingDesk, HandIn, Judged
from zhixing.marking import mark
from zhixing.question import question_from_content
from zhixing.records.accounts import Login, verify
from zhixing.records.progress import own_lessons, unit_tree, viewer_by_username, weeks_of_unit
from zhixing.records.schema import migrate
from zhixing.records.store import Store, open_store
from zhixing.records.tables import (
    Answer,
    LessonProgress,
    MarkRecord,
    QuestionVersion,
    Record,
    Submission,
    Unit,
)

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
PASSWORD = "demo-district-1"
SECONDS_ALLOWED = 15


def package(hand_in: HandIn) -> bytes:
    """Stands for grading's builder, which has tests of its own; here only what it is handed."""
    return json.dumps(dict(hand_in.answers), ensure_ascii=False).encode()


def grade(judged: Sequence[Judged]) -> list[dict[str, Any]]:
    """Stands for nbgrader likewise; the real one is held by the platform's own test."""
    return [released(one) for one in judged]


def released(one: Judged) -> dict[str, Any]:
    score = sum(verdict.share for verdict in one.judgement.verdicts)
    comment = "".join(verdict.comment for verdict in one.judgement.verdicts)
    cells = [{"id": "all", "score": score, "max_score": len(one.package), "comment": comment}]
    return {"score": score, "max_score": len(one.package), "comment": comment, "cells": cells}


DESK = GradingDesk(package, grade)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    migrate(database_url)
    opened = open_store(database_url)
    yield opened
    opened.close()


def fill(store: Store, password: str = PASSWORD, seed: int = 1) -> DemoSummary:
    return fill_demo(store, (COURSE,), password, DESK, seed=seed, now=NOW)


def fingerprint(store: Store) -> str:
    """Of every row; hashes of passwords are salted and left out."""
    digest = hashlib.sha256()
    with store.read() as conn:
        for table in Record.metadata.sorted_tables:
            columns = [column for column in table.c if column.name != "password_hash"]
            for row in conn.execute(select(*columns).order_by(*table.primary_key.columns)):
                digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()


def test_the_demo_is_filled_fast_and_completely(store: Store) -> None:
    started = time.monotonic()
    summary = fill(store)
    assert time.monotonic() - started < SECONDS_ALLOWED
    assert summary.is_new
    assert summary.people == 307
    assert summary.answers > 1500
    assert summary.submissions > summary.graded > 20


def test_the_same_seed_and_time_make_the_same_rows(
    store: Store, tmp_path_factory: pytest.TempPathFactory
) -> None:
    url = f"sqlite:///{tmp_path_factory.mktemp('again')}/records.db"
    migrate(url)
    again = open_store(url)
    fill(store)
    fill(again)
    assert fingerprint(store) == fingerprint(again)
    again.close()


def test_filling_again_changes_nothing_but_lets_the_new_password_in(store: Store) -> None:
    fill(store)
    before = count(store)
    summary = fill(store, "another-demo-2", seed=9)
    assert not summary.is_new
    after = count(store)
    assert {name: after[name] - before[name] for name in after if after[name] != before[name]} == {
        "audit": 1
    }
    assert isinstance(verify(store, "cadre001", "another-demo-2", NOW), Login)


def test_real_people_are_never_mixed_with_the_demo(store: Store) -> None:
    with store.begin() as conn:
        conn.execute(insert(Unit).values(code="Q", name="区", tree="place", kind="district"))
    before = count(store)
    with pytest.raises(NotADemoError, match="未作任何改动"):
        fill(store)
    assert count(store) == before


def test_every_demo_login_works_and_asks_for_no_change(store: Store) -> None:
    for username, _ in fill(store).logins:
        login = verify(store, username, PASSWORD, NOW)
        assert isinstance(login, Login), username
        assert not login.must_change


def test_every_mark_is_what_the_marking_gives(store: Store) -> None:
    fill(store)
    with store.read() as conn:
        questions = {
            version: question_from_content(content)
            for version, content in conn.execute(
                select(QuestionVersion.version, QuestionVersion.content)
            )
        }
        given = conn.execute(
            select(Answer.version, Answer.value, MarkRecord.score).join(
                MarkRecord, MarkRecord.answer_id == Answer.id
            )
        ).all()
    assert given
    assert all(mark(questions[version], value).score == score for version, value, score in given)


def test_progress_is_what_the_answers_add_up_to(store: Store) -> None:
    fill(store)
    best = (
        select(
            Answer.enrolment_id,
            Answer.lesson_id,
            Answer.question_id,
            func.max(MarkRecord.score).label("score"),
        )
        .join(MarkRecord, MarkRecord.answer_id == Answer.id)
        .group_by(Answer.enrolment_id, Answer.lesson_id, Answer.question_id)
    )
    points = {question.id: question.points for le in COURSE.lessons for question in le.questions}
    expected: dict[tuple[int, str], list[float]] = {}
    with store.read() as conn:
        for enrolment, lesson, question, score in conn.execute(best):
            sums = expected.setdefault((enrolment, lesson), [0, 0.0])
            sums[0] += 1
            sums[1] += (score or 0.0) * points[question]
        found = {
            (row.enrolment_id, row.lesson_id): [row.answered, row.earned]
            for row in conn.execute(select(LessonProgress.__table__))
        }
    assert set(found) == set(expected)
    for place, sums in expected.items():
        assert found[place] == pytest.approx(sums)


def test_a_hand_in_holds_every_answer_and_comes_after_the_last(store: Store) -> None:
    fill(store)
    last: dict[tuple[int, str], datetime] = {}
    for enrolment, lesson, at in rows(
        store, Answer.enrolment_id, Answer.lesson_id, Answer.received_at
    ):
        last[enrolment, lesson] = max(at, last.get((enrolment, lesson), at))
    handed_in = rows(
        store,
        Submission.enrolment_id,
        Submission.lesson_id,
        Submission.submitted_at,
        Submission.package,
    )
    assert handed_in
    for enrolment, lesson, at, packed in handed_in:
        assert at >= last[enrolment, lesson]
        assert len(json.loads(packed)) == len(COURSE.lessons[0].questions)
    noted = rows(
        store, LessonProgress.enrolment_id, LessonProgress.lesson_id, LessonProgress.submitted_at
    )
    assert {row for row in noted if row[2]} == {row[:3] for row in handed_in}


def test_the_district_sees_figures_for_every_unit_and_week(store: Store) -> None:
    fill(store)
    with store.read() as conn:
        viewer = viewer_by_username(conn, "district")
        assert viewer is not None
        figures = unit_tree(conn, viewer, [COURSE])
        weeks = weeks_of_unit(conn, viewer, "Q", NOW)
    assert len(figures) == 46
    assert [unit.code for unit in figures if unit.people is None] == []
    assert figures[0].waiting
    assert len(weeks) >= 8
    assert all(week.answers for week in weeks)


def test_a_street_sees_its_own_half_only(store: Store) -> None:
    fill(store)
    with store.read() as conn:
        viewer = viewer_by_username(conn, "street1")
        assert viewer is not None
        codes = {unit.code for unit in unit_tree(conn, viewer, [COURSE])}
    assert codes
    assert all(code.startswith("JD1") for code in codes)


def test_the_midway_cadre_and_the_finished_cadre_are_as_told(store: Store) -> None:
    fill(store)
    with store.read() as conn:
        midway = own_lessons(conn, viewer_by_username(conn, "cadre001"))[0].lessons
        finished = own_lessons(conn, viewer_by_username(conn, "cadre002"))[0].lessons
    assert midway["L1"].grade is not None
    assert midway["L3"].submitted_at is None
    assert 0 < midway["L3"].answered < len(COURSE.lessons[1].questions)
    for lesson in finished.values():
        assert lesson.grade is not None
        assert lesson.grade.comment
        assert lesson.grade.score == pytest.approx(sum(c["score"] for c in lesson.grade.cells))
