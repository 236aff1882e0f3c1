"""The embedded store of a single reader: a self-study course, marked and kept on this machine."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from widgets.store import RefusedError, View
from zhixing.certainty import LEVELS, takes_certainty
from zhixing.classroom.desk import Standing, Try, answer_state
from zhixing.classroom.tablebook import excel_from_table
from zhixing.course import Course, Lesson
from zhixing.errors import InvalidAnswerError
from zhixing.marking import mark
from zhixing.paper import own_lesson
from zhixing.question import Mark, Question

SECONDS_TO_LOCK = 10.0
_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")

_READER = "self-study"
"""Everybody who studies alone has the same paper: its keys lie on the same machine anyway."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS answer (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    course_id TEXT NOT NULL,
    question_id TEXT NOT NULL,
    version TEXT NOT NULL,
    value TEXT NOT NULL,
    score REAL,
    reasons TEXT NOT NULL,
    received_at TEXT NOT NULL,
    is_complete INTEGER NOT NULL DEFAULT 1,
    certainty INTEGER
)
"""

_ADDED = {"is_complete": "INTEGER NOT NULL DEFAULT 1", "certainty": "INTEGER"}
"""Columns that the file of an older program lacks."""


class LocalStore:
    """Marks with the same functions as the classroom; there is no hand-in and no trainer.

    Parameters
    ----------
    course
        A course whose author released its keys for self-study.
    path
        The SQLite file that keeps the answers; made if missing.

    Raises
    ------
    RefusedError
        If the course does not say ``self_study = true``: its keys may not lie on this machine.
    """

    def __init__(self, course: Course, path: Path) -> None:
        if not course.self_study:
            raise RefusedError(
                f"课程“{course.title}”没有自学版，不能在这里作答。", "请登录课堂学习这门课。"
            )
        self._course = course
        self._path = path
        with _spoken_faults():
            path.parent.mkdir(parents=True, exist_ok=True)
            with self._connection() as conn:
                conn.execute("PRAGMA journal_mode = WAL")
                conn.execute(_SCHEMA)
                columns = {row[1] for row in conn.execute("PRAGMA table_info(answer)")}
                for name, form in _ADDED.items():
                    if name not in columns:
                        conn.execute(f"ALTER TABLE answer ADD COLUMN {name} {form}")

    def question_view(self, question_id: str) -> View:
        """Read one question and where the reader stands with it."""
        lesson, question = self._found(question_id)
        with _spoken_faults(), self._connection() as conn:
            state = self._state(conn, lesson, question)
        return {"question": lesson.public(question), "state": state}

    def answer(
        self, question_id: str, version: str, value: Any, key: str, certainty: int | None = None
    ) -> View:
        """Mark and keep an answer; the same key again gives the first receipt."""
        lesson, question = self._found(question_id)
        if version != question.version:
            raise RefusedError("这道题已经更新，您看到的是旧版本。", "请重新运行这个单元格后再答。")
        if not isinstance(key, str) or not _KEY.fullmatch(key):
            raise RefusedError("这次提交没有合用的编号。", "请刷新页面后再提交。")
        with _spoken_faults(), self._connection() as conn:
            conn.execute("BEGIN IMMEDIATE")
            self._record(conn, lesson, question, value, key, certainty)
            row = conn.execute(
                "SELECT id, received_at FROM answer WHERE key = ?", (key,)
            ).fetchone()
            state = self._state(conn, lesson, question)
        return {"receipt": f"A-{row[0]:08d}", "received_at": row[1], "state": state}

    def table(self, task: str, name: str) -> dict[str, Any]:
        """Read a data task's table."""
        own = (_own(lesson, self._course.id).task(task) for lesson in self._course.lessons)
        found = next((one for one in own if one), None)
        if found is None or name not in found.tables:
            raise RefusedError(f"没有数据表 {task}/{name}。", "请核对单元格里写的名称。")
        return {"note": found.note, **found.tables[name]}

    def table_file(self, task: str, name: str) -> bytes:
        """Read the same table as an Excel file."""
        table = self.table(task, name)
        return excel_from_table(table["note"], table)

    def hand_in(self, lesson: str, name: str, notebook: bytes) -> dict[str, Any]:
        """There is no classroom to hand in to."""
        raise RefusedError("自学版没有课堂，不用交。", "笔记本已经留在这台机器上。")

    def _found(self, question_id: str) -> tuple[Lesson, Question]:
        for lesson in self._course.lessons:
            own = _own(lesson, self._course.id)
            if question := own.question(question_id):
                return own, question
        raise RefusedError(f"没有编号为 {question_id} 的题目。", "请核对单元格里写的编号。")

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        conn = sqlite3.connect(self._path, timeout=SECONDS_TO_LOCK, isolation_level=None)
        try:
            conn.execute("PRAGMA synchronous = FULL")
            yield conn
            if conn.in_transaction:
                conn.commit()
        finally:
            conn.close()

    def _record(
        self,
        conn: sqlite3.Connection,
        lesson: Lesson,
        question: Question,
        value: Any,
        key: str,
        certainty: int | None,
    ) -> None:
        if conn.execute("SELECT 1 FROM answer WHERE key = ?", (key,)).fetchone():
            return
        tries = self._tries(conn, question)
        if self._state(conn, lesson, question)["status"] != "open":
            raise RefusedError("这道题已经答完，不能再答。", "可以对照解析再看一遍。")
        marked = _marked(question, value)
        if question.kind == "case":
            _require_next_step(tries, value)
        conn.execute(
            "INSERT INTO answer (key, course_id, question_id, version, value, score, reasons,"
            " received_at, is_complete, certainty) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                key,
                self._course.id,
                question.id,
                question.version,
                json.dumps(value, ensure_ascii=False),
                marked.score,
                json.dumps([dict(reason) for reason in marked.reasons], ensure_ascii=False),
                datetime.now(UTC).isoformat(),
                marked.is_complete,
                _level(lesson, question, certainty),
            ),
        )

    def _state(
        self, conn: sqlite3.Connection, lesson: Lesson, question: Question
    ) -> dict[str, Any]:
        tries = self._tries(conn, question)
        rules = lesson.rules.for_kind(question.kind)
        standing = Standing.of(tries, rules)
        return answer_state(question, rules, standing, is_handed_in=False, is_takable=True)

    def _tries(self, conn: sqlite3.Connection, question: Question) -> list[Try]:
        rows = conn.execute(
            "SELECT version, value, received_at, score, reasons, is_complete, certainty FROM answer"
            " WHERE course_id = ? AND question_id = ? ORDER BY id",
            (self._course.id, question.id),
        ).fetchall()
        return [
            Try(
                version,
                json.loads(value),
                datetime.fromisoformat(at),
                score,
                json.loads(reasons),
                bool(is_complete),
                certainty,
            )
            for version, value, at, score, reasons, is_complete, certainty in rows
        ]


def _own(lesson: Lesson, course_id: str) -> Lesson:
    """Return the reader's lesson: one paper, and rules that make sense without a hand-in."""
    rules = replace(lesson.rules, feedback="instant")
    if rules.is_test:
        # One answer, told at once: nobody hands in here, so nothing would ever be told.
        rules = replace(rules, mode="practice", tries=1)
    return replace(own_lesson(lesson, course_id, _READER, 1), rules=rules)


def _require_next_step(tries: list[Try], value: Any) -> None:
    """Let a case go on by one step at a time, or begin anew after an end."""
    path = tries[-1].value if tries and not tries[-1].is_complete else []
    if value[:-1] != path:
        raise RefusedError("这一步接不上您的上一步。", "请重新运行这个单元格，再从现在的情形继续。")


def _level(lesson: Lesson, question: Question, certainty: Any) -> int | None:
    if not (lesson.rules.certainty and takes_certainty(question)):
        return None
    if type(certainty) is not int or certainty not in LEVELS:
        raise RefusedError("还没有选把握程度。", "请选好以后再提交；这次不算作一次作答。")
    return certainty


def _marked(question: Question, value: Any) -> Mark:
    try:
        return mark(question, value)
    except InvalidAnswerError as error:
        raise RefusedError(str(error), "请改好后再提交；这次不算作一次作答。") from error


@contextmanager
def _spoken_faults() -> Iterator[None]:
    """Say in words what the disk or the database did not do."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        message = f"没有保存：这台机器上的记录文件不能读写（{error}）。"
        raise RefusedError(message, "请检查磁盘空间和权限后再试。") from error
