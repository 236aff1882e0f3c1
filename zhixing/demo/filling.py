"""Filling: put the made-up district and its history into empty records, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy import Connection, func, select, update

from zhixing.course import Course
from zhixing.demo.district import STAFF, demo_roster
from zhixing.demo.pace import ZONE
from zhixing.demo.story import FINISHED, MIDWAY, tell
from zhixing.demo.writing import GradingDesk, write_accesses, write_story, write_versions
from zhixing.errors import ZhixingError
from zhixing.person import ROLES
from zhixing.records.accounts import hash_password
from zhixing.records.audit import add_audit
from zhixing.records.store import Store
from zhixing.records.tables import Account, Answer, Audit, Grade, Person, Submission, Unit
from zhixing.roster.changes import changes_from_roster
from zhixing.roster.known import known_from_records
from zhixing.roster.writer import Import, write_changes

ACTOR = "demo"
FILLED = "demo.fill"
"""Action of the audit row that tells a demo from a real district."""

WEEKS_BEFORE, WEEKS_AFTER = 8, 12


class NotADemoError(ZhixingError):
    """The records hold real people; the demo is not mixed in."""


@dataclass(frozen=True)
class DemoSummary:
    """What the demo holds; ``is_new`` is False where it was there before."""

    is_new: bool
    people: int
    answers: int
    submissions: int
    graded: int
    logins: tuple[tuple[str, str], ...]


def fill_demo(
    store: Store,
    courses: tuple[Course, ...],
    password: str,
    desk: GradingDesk,
    *,
    seed: int = 2026,
    now: datetime | None = None,
) -> DemoSummary:
    """Fill empty records with the demo; where the demo is there already, only set the password.

    Parameters
    ----------
    password
        Of every demo person, without a forced change.
    now
        Aware time at which the history ends; same seed and time give the same rows.

    Raises
    ------
    NotADemoError
        If the records hold people that are not the demo's.
    """
    moment = now or datetime.now(UTC)
    password_hash = hash_password(password)
    with store.begin() as conn:
        is_new = not _is_filled(conn)
        if is_new:
            _fill(conn, courses, password_hash, desk, seed, moment)
        else:
            _set_password(conn, password_hash, moment)
        return _summary(conn, is_new=is_new)


def _is_filled(conn: Connection) -> bool:
    if conn.scalar(select(func.count()).select_from(Audit).where(Audit.action == FILLED)):
        return True
    people = conn.scalar(select(func.count()).select_from(Person))
    units = conn.scalar(select(func.count()).select_from(Unit))
    if people or units:
        raise NotADemoError(
            f"这个数据文件夹里已有 {people} 名人员、{units} 个单位，不是演示数据，未作任何改动。"
            "请用 --data 另指一个空文件夹来看演示。"
        )
    return False


def _fill(
    conn: Connection,
    courses: tuple[Course, ...],
    password_hash: str,
    desk: GradingDesk,
    seed: int,
    now: datetime,
) -> None:
    opens = _midnight(now - timedelta(weeks=WEEKS_BEFORE))
    rng = Random(seed)  # noqa: S311 - no secret, a story
    roster = demo_roster(rng, courses, opens, _midnight(now + timedelta(weeks=WEEKS_AFTER)))
    hashes = {person.username: password_hash for person in roster.persons}
    changes = changes_from_roster(roster, known_from_records(conn), with_accounts=True)
    job = Import(ACTOR, opens - timedelta(days=3), hashes, must_change=False)
    write_changes(conn, changes, job)
    write_versions(conn, courses, opens - timedelta(days=10))
    write_story(conn, tell(seed, roster, courses, opens, now), desk)
    write_accesses(conn, now)
    add_audit(conn, ACTOR, FILLED, "demo", now, seed=seed)


def _midnight(moment: datetime) -> datetime:
    return datetime.combine(moment.astimezone(ZONE).date(), time(), ZONE).astimezone(UTC)


def _set_password(conn: Connection, password_hash: str, now: datetime) -> None:
    """Let everybody in with the password that is told at this start."""
    conn.execute(
        update(Account).values(
            password_hash=password_hash, must_change=False, failures=0, locked_until=None
        )
    )
    add_audit(conn, ACTOR, "demo.set_password", "demo", now)


def _summary(conn: Connection, *, is_new: bool) -> DemoSummary:
    def count(table: type[Any]) -> int:
        return conn.scalar(select(func.count()).select_from(table)) or 0

    logins = [(MIDWAY, "学员，学到一半"), (FINISHED, "学员，有成绩和评语可看")]
    logins += [(who.username, ROLES[who.role]) for who in STAFF]
    return DemoSummary(
        is_new, count(Person), count(Answer), count(Submission), count(Grade), tuple(logins)
    )
