"""What a learner is told when storage, the Hub or we ourselves fail; nothing is lost or faked."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select

from tests.classroom_school import API, COURSE, LESSON, PREFIX, School, school
from tests.integration.classroom.conftest import courses
from zhixing.records import tables

PAGE = f"{PREFIX}courses/{COURSE}/lessons/L1?section=1"


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Iterator[School]:
    with school(f"sqlite:///{tmp_path}/r.db", tmp_path, courses(), lambda *_: b"PK") as opened:
        yield opened


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Another program holds the write lock."""
    other = sqlite3.connect(folder / "r.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def post(opened: School, key: str, question_id: str = "L1-1") -> Any:
    question = opened.course.lessons[0].question(question_id)
    assert question
    value = "a" if question_id == "L1-1" else "长" * 2000
    body = {"version": question.version, "value": value, "key": key}
    with opened.client("cadre_a") as client:
        return client.post(f"{API}/courses/{COURSE}/questions/{question_id}/answers", json=body)


def answers(opened: School) -> int:
    return int(opened.rows(select(func.count()).select_from(tables.Answer))[0][0])


def test_a_locked_database_is_not_saved_and_says_when_to_come_again(
    on_sqlite: School, tmp_path: Path
) -> None:
    with locked(tmp_path):
        begun = time.monotonic()
        refused = post(on_sqlite, "click-0001")
        assert time.monotonic() - begun < 30
        with on_sqlite.client("cadre_a", by_cookie=True) as client:
            assert client.get(PAGE).status_code == 200, "reading works while nothing can be written"
    assert refused.status_code == 503
    assert refused.headers["retry-after"].isdecimal()
    assert refused.json()["error"]["message"].startswith("没有保存")
    assert answers(on_sqlite) == 0
    assert post(on_sqlite, "click-0001").status_code == 201
    assert answers(on_sqlite) == 1


def test_a_full_disk_is_not_saved_and_reading_goes_on(on_sqlite: School) -> None:
    engine = on_sqlite.store.engine
    with engine.connect() as conn:
        pages = conn.exec_driver_sql("PRAGMA page_count").scalar_one()
    limit = [pages]

    @event.listens_for(engine, "checkout")
    def bound(connection: sqlite3.Connection, *_: Any) -> None:
        connection.execute(f"PRAGMA max_page_count = {limit[0]}")

    taken = 0
    refused = post(on_sqlite, "click-0000", "L1-W1")
    while refused.status_code == 201:
        taken += 1
        refused = post(on_sqlite, f"click-{taken:04d}", "L1-W1")
    told = refused.json()["error"]
    assert (refused.status_code, told["code"]) == (507, "store_full")
    assert told["message"].startswith("没有保存")
    assert answers(on_sqlite) == taken
    with on_sqlite.client("cadre_a", by_cookie=True) as client:
        assert client.get(PAGE).status_code == 200
    limit[0] = 1_000_000
    assert post(on_sqlite, f"click-{taken:04d}", "L1-W1").status_code == 201
    assert answers(on_sqlite) == taken + 1


def test_a_database_that_is_gone_says_so_on_pages_and_in_the_api(
    on_sqlite: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Any:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr("zhixing.classroom.visitor.viewer_by_username", broken)
    with on_sqlite.client("cadre_a", by_cookie=True) as client:
        page = client.get(PAGE)
    with on_sqlite.client("cadre_a") as client:
        api = client.get(LESSON)
    assert page.status_code == api.status_code
    assert page.status_code in (500, 503)
    assert "没有保存" not in page.text
    assert "disk I/O" not in page.text + api.text
    assert set(api.json()["error"]) == {"code", "message", "field", "next"}


def test_our_own_mistake_is_told_in_chinese_without_its_insides(
    on_sqlite: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("secret inside")

    monkeypatch.setattr("zhixing.classroom.pages.routes.next_step", broken)
    monkeypatch.setattr("zhixing.classroom.api.answers.mark", broken)
    with on_sqlite.client("cadre_a", by_cookie=True) as client:
        page = client.get(PREFIX)
    api = post(on_sqlite, "click-0001")
    assert (page.status_code, api.status_code) == (500, 500)
    assert "服务器出了意外" in page.text
    assert api.json()["error"]["code"] == "unexpected"
    assert "secret" not in page.text + api.text
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert answers(on_sqlite) == 0


def test_a_released_version_is_never_changed(on_sqlite: School, tmp_path: Path) -> None:
    before = on_sqlite.rows(select(tables.QuestionVersion.version, tables.QuestionVersion.content))
    url = f"sqlite:///{tmp_path}/r.db"
    with school(url, tmp_path, courses(), lambda *_: b"", is_new=False) as again:
        after = again.rows(select(tables.QuestionVersion.version, tables.QuestionVersion.content))
    assert sorted(before, key=str) == sorted(after, key=str)
    assert len(before) == sum(len(lesson.possible_questions) for lesson in on_sqlite.course.lessons)
