"""Schema: which revision the database has, and the way to this program's.

Migrations run in one transaction: after a stop in the middle the database is as it was.
A SQLite file that holds anything is copied first.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, func, inspect, select, text

from zhixing.records.dbfaults import translated
from zhixing.records.engine import engine_from_url, sqlite_path
from zhixing.records.errors import StoreError, StoreNewerError, StoreOlderError

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009")
"""Every revision that this program knows, oldest first; the last is its own."""

MIGRATION_LOCK = 0x7A78_0001
"""Number of PostgreSQL's advisory lock under which the schema changes."""

SCRIPTS = Path(__file__).with_name("migrations")


@dataclass(frozen=True)
class Migration:
    """What a migration did; ``before`` is empty for a new database, ``backup`` where none was."""

    before: str
    after: str
    backup: Path | None


def check_schema(conn: Connection) -> None:
    """Refuse a database of another schema than this program's."""
    found = revision(conn)
    if found == REVISIONS[-1]:
        return
    _refuse_unknown(found, REVISIONS)
    raise StoreOlderError(
        f"记录库的结构是“{found or '空'}”，这个程序需要“{REVISIONS[-1]}”。",
        f"schema {found or 'empty'} found, {REVISIONS[-1]} expected; run zhixing migrate",
    )


def revision(conn: Connection) -> str:
    """Revision that the database says it has; empty if it has none."""
    if not inspect(conn).has_table("alembic_version"):
        return ""
    return conn.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""


def migrate(
    url: str, *, scripts: Path = SCRIPTS, revisions: tuple[str, ...] = REVISIONS
) -> Migration:
    """Bring the database at ``url`` to the last revision, all or nothing; safe to repeat.

    Parameters
    ----------
    scripts, revisions
        Other migrations than the program's own, for tests of the way itself.

    Raises
    ------
    StoreNewerError
        If the database has a revision that is not in ``revisions``.
    """
    engine = engine_from_url(url, foreign_keys=False)
    try:
        with translated(engine.url), engine.begin() as conn:
            return _migrate(conn, scripts, revisions)
    finally:
        engine.dispose()


def _migrate(conn: Connection, scripts: Path, revisions: tuple[str, ...]) -> Migration:
    if conn.dialect.name == "postgresql":
        # SQLite has taken its write lock; two programs must not upgrade one server at once.
        conn.execute(select(func.pg_advisory_xact_lock(MIGRATION_LOCK)))
    before = revision(conn)
    _refuse_unknown(before, revisions)
    if before == revisions[-1]:
        return Migration(before, before, None)
    backup = _back_up(conn.engine, before)
    _upgrade(conn, scripts, revisions[-1])
    _check_references(conn)
    return Migration(before, revisions[-1], backup)


def _refuse_unknown(found: str, revisions: tuple[str, ...]) -> None:
    if found and found not in revisions:
        raise StoreNewerError(
            f"记录库的结构“{found}”比这个程序新(程序认识到“{revisions[-1]}”)。",
            f"schema {found} found, newest known here is {revisions[-1]}",
        )


def _upgrade(conn: Connection, scripts: Path, target: str) -> None:
    command.upgrade(alembic_config(conn, scripts), target)


def alembic_config(conn: Connection, scripts: Path = SCRIPTS) -> Config:
    """Configuration without a file: where the scripts are, and the connection to run on."""
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = conn
    return config


def _check_references(conn: Connection) -> None:
    # Foreign keys cannot be enforced while SQLite writes tables anew, so they are counted after.
    if conn.dialect.name != "sqlite":
        return
    broken = conn.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        raise StoreError(
            "升级会留下找不到归属的记录，已全部撤回。",
            f"migration leaves dangling references, rolled back; first: {tuple(broken[0])}",
        )


def _back_up(engine: Engine, before: str) -> Path | None:
    path = sqlite_path(engine.url)
    if path is None or not before:
        return None
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    target = path.with_name(f"{path.name}.before-{before}-{stamp}")
    unfinished = target.with_name(f"{target.name}.part")
    with _opened(path) as source, _opened(unfinished) as copy:
        source.backup(copy)
    unfinished.rename(target)
    return target


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path)) as connection:
        yield connection
