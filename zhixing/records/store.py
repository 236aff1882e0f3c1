"""Store: the records database behind a URL, opened the one right way.

SQLite runs in WAL with ``synchronous=FULL``, so that what was committed is on disk; Python's
``sqlite3`` opens no transaction by itself here, because its own way begins too late and would
let two writers read the same old state.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine

from zhixing.records.dbfaults import translated
from zhixing.records.engine import engine_from_url
from zhixing.records.schema import check_schema, migrate

__all__ = ["Store", "migrate", "open_store"]


@dataclass(frozen=True)
class Store:
    """An open records database; ``engine`` for what needs one, else :meth:`begin`, :meth:`read`."""

    engine: Engine
    reader: Engine

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Write transaction: takes the lock at its start, commits at its end or not at all."""
        with translated(self.engine.url), self.engine.begin() as conn:
            yield conn

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Read transaction over one moment of the database; a write in it is refused."""
        with translated(self.engine.url), self.reader.begin() as conn:
            yield conn

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def open_store(url: str) -> Store:
    """Open the records database of this program's schema.

    Raises
    ------
    StoreOlderError
        If :func:`migrate` has to run first.
    StoreNewerError
        If a newer program wrote it.
    StoreUnwritableError, StoreUnreachableError
        If folder or server do not let us in.
    """
    engine = engine_from_url(url)
    store = Store(engine, _reader(engine))
    try:
        with store.read() as conn:
            check_schema(conn)
    except BaseException:
        store.close()
        raise
    return store


def _reader(engine: Engine) -> Engine:
    if engine.dialect.name == "sqlite":
        return engine.execution_options(zhixing_read=True)
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
