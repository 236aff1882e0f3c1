"""Regrades of a database of revision 0007 keep their sense when it is upgraded."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from zhixing.records.schema import REVISIONS, SCRIPTS, migrate
from zhixing.records.store import Store, open_store

OLD = REVISIONS[: REVISIONS.index("0007") + 1]
WHEN = "'2026-11-01 08:00:00'"
PROGRESS = "answered, position, started_at, last_at, sitting, sittings, earned, earlier"
ROWS = (
    "INSERT INTO unit (id, code, name, tree, kind, path)"
    " VALUES (1, 'S', '䶮山街道', 'place', 'street', '/1/')",
    *(
        "INSERT INTO person (id, key, username, name, unit_id, post, rank, is_active)"
        f" VALUES ({n}, 'p{n}', 'u{n}', '欧阳龑', 1, '', '', true)"
        for n in (1, 2, 3)
    ),
    "INSERT INTO cohort (id, course_id, title, opens, closes)"
    f" VALUES (1, 'c', '班', {WHEN}, {WHEN})",
    *(
        "INSERT INTO enrolment (id, cohort_id, person_id, enrolled_at)"
        f" VALUES ({n}, 1, {n}, {WHEN})"
        for n in (1, 2)
    ),
    "INSERT INTO question_version (version, course_id, lesson_id, question_id, content,"
    f" released_at) VALUES ('v', 'c', 'L1', 'L1-1', '{{}}', {WHEN})",
    # Who sat once and was regraded from 0 to 7; who sat twice, and had both answers regraded.
    f"INSERT INTO lesson_progress (enrolment_id, lesson_id, {PROGRESS})"
    f" VALUES (1, 'L1', 1, 0, {WHEN}, {WHEN}, 1, 1, 7, 0),"
    f" (2, 'L1', 1, 0, {WHEN}, {WHEN}, 2, 2, 7, 5)",
    *(
        "INSERT INTO submission (enrolment_id, lesson_id, number, key, receipt, submitted_at,"
        f" package, earned) VALUES ({who}, 'L1', {sitting}, 'k{who}{sitting}', 'J-{who}{sitting}',"
        f" {WHEN}, '', {points})"
        for who, sitting, points in ((1, 1, 0), (2, 1, 5), (2, 2, 0))
    ),
    *(
        "INSERT INTO answer (id, enrolment_id, lesson_id, question_id, version, attempt, value,"
        " key, received_at, is_complete, sitting)"
        f" VALUES ({n}, {who}, 'L1', 'L1-1', 'v', {n}, '\"b\"', 'a{n}', {WHEN}, true, {sitting})"
        for n, who, sitting in ((1, 1, 1), (2, 2, 1), (3, 2, 2))
    ),
    "INSERT INTO regrade (id, course_id, lesson_id, question_id, version, trainer_id, reason, key,"
    f" made_at, undo_reason) VALUES (9, 'c', 'L1', 'L1-1', 'v', 3, '答案写错', 'r', {WHEN}, '')",
    *(
        "INSERT INTO mark (answer_id, score, reasons, grader, version, marked_at)"
        f" VALUES ({n}, 1, '[]', 'regrade:9', 'v', {WHEN})"
        for n in (1, 2, 3)
    ),
    "INSERT INTO regrade_change (regrade_id, enrolment_id, before, after)"
    " VALUES (9, 1, 0, 7), (9, 2, 0, 7)",
)


@pytest.fixture
def upgraded(database_url: str, tmp_path: Path) -> Iterator[Store]:
    """A database of 0007 with a regrade in it, as this program finds it after its upgrade."""
    scripts = tmp_path / "migrations"
    shutil.copytree(SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    for later in REVISIONS[len(OLD) :]:
        [script] = scripts.glob(f"versions/r{later}_*.py")
        script.unlink()
    migrate(database_url, scripts=scripts, revisions=OLD)
    old = create_engine(database_url)
    with old.begin() as conn:
        for row in ROWS:
            conn.execute(text(row))
    old.dispose()
    migrate(database_url)
    store = open_store(database_url)
    yield store
    store.close()


def rows(store: Store, query: str) -> list[tuple[object, ...]]:
    with store.read() as conn:
        return [tuple(row) for row in conn.execute(text(query))]


def test_each_sitting_that_got_marks_is_known(upgraded: Store) -> None:
    query = "SELECT enrolment_id, sitting, before, after FROM regrade_change ORDER BY 1, 2"
    assert rows(upgraded, query) == [(1, 1, 0, 7), (2, 1, 0, 0), (2, 2, 0, 7)]


def test_a_hand_in_has_the_points_that_its_regrade_gave(upgraded: Store) -> None:
    query = "SELECT enrolment_id, number, earned FROM submission ORDER BY 1, 2"
    assert rows(upgraded, query) == [(1, 1, 7), (2, 1, 5), (2, 2, 7)]
