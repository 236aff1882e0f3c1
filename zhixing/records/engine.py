"""Engine: how a connection to the records database is set up, SQLite and PostgreSQL."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url

from zhixing.records.dbfaults import unwritable

SECONDS_TO_WAIT_FOR_LOCK = 5
"""Short waits are waited out; a longer one is said (access.md, fault 6)."""


def engine_from_url(url: str, *, foreign_keys: bool = True) -> Engine:
    """Make an engine with our settings; makes the folder of a SQLite file."""
    parsed = _with_driver(make_url(url))
    make_folder(parsed)
    engine = create_engine(parsed, json_serializer=_json, **_options(parsed))
    # Many rows in one statement: sqlite3 gives the interpreter away at each step, and getting it
    # back from a busy event loop costs the writer up to 5 ms a row.
    engine.dialect.use_insertmanyvalues_wo_returning = True
    if engine.dialect.name == "sqlite":
        _set_up_sqlite(engine, foreign_keys=foreign_keys)
    return engine


def sqlite_path(url: URL) -> Path | None:
    """File of a SQLite database, or None for a server or a database in memory."""
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database))


def make_folder(url: URL) -> None:
    """Make the folder that a SQLite file needs, for its owner alone."""
    path = sqlite_path(url)
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise unwritable(url, error) from error


def _with_driver(url: URL) -> URL:
    if url.drivername in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    return url


def _options(url: URL) -> dict[str, Any]:
    if url.get_backend_name() == "sqlite":
        return {"connect_args": {"timeout": SECONDS_TO_WAIT_FOR_LOCK}}
    wait = f"-c lock_timeout={SECONDS_TO_WAIT_FOR_LOCK}s"
    # A server that was restarted must not fail the first request after it: ping.
    return {"pool_pre_ping": True, "connect_args": {"connect_timeout": 5, "options": wait}}


# One encoder for all: json.dumps makes another one each time.
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _set_up_sqlite(engine: Engine, *, foreign_keys: bool) -> None:
    event.listen(engine, "connect", _configure_with_keys if foreign_keys else _configure)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "commit", _check_transaction)


def _configure(dbapi_connection: Any, _record: Any) -> None:
    # None hands BEGIN to us (docs of sqlite3, "Transaction control").
    dbapi_connection.isolation_level = None
    dbapi_connection.execute("PRAGMA journal_mode=WAL")
    dbapi_connection.execute("PRAGMA synchronous=FULL")


def _configure_with_keys(dbapi_connection: Any, record: Any) -> None:
    _configure(dbapi_connection, record)
    dbapi_connection.execute("PRAGMA foreign_keys=ON")


def _begin(conn: Connection) -> None:
    reads = bool(conn.get_execution_options().get("zhixing_read"))
    raw: Any = conn.connection.dbapi_connection
    raw.execute(f"PRAGMA query_only={'ON' if reads else 'OFF'}")
    raw.execute("BEGIN" if reads else "BEGIN IMMEDIATE")


def _check_transaction(conn: Connection) -> None:
    # A full disk makes SQLite roll back by itself, and sqlite3 then takes COMMIT for done.
    raw: Any = conn.connection.dbapi_connection
    if not raw.in_transaction:
        raise sqlite3.OperationalError("the transaction was rolled back before its commit")
