"""Faults of the database and its folder, told in the words of :mod:`zhixing.records.errors`."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError

from zhixing.records.errors import (
    StoreError,
    StoreFullError,
    StoreLockedError,
    StoreUnreachableError,
    StoreUnwritableError,
)

_SQLITE: dict[int, type[StoreError]] = {
    sqlite3.SQLITE_BUSY: StoreLockedError,
    sqlite3.SQLITE_LOCKED: StoreLockedError,
    sqlite3.SQLITE_FULL: StoreFullError,
    sqlite3.SQLITE_READONLY: StoreUnwritableError,
    sqlite3.SQLITE_CANTOPEN: StoreUnwritableError,
    sqlite3.SQLITE_PERM: StoreUnwritableError,
}

_POSTGRESQL: tuple[tuple[type[psycopg.Error], type[StoreError]], ...] = (
    (psycopg.errors.LockNotAvailable, StoreLockedError),
    (psycopg.errors.DeadlockDetected, StoreLockedError),
    (psycopg.errors.SerializationFailure, StoreLockedError),
    (psycopg.errors.DiskFull, StoreFullError),
    (psycopg.errors.ReadOnlySqlTransaction, StoreUnwritableError),
    (psycopg.OperationalError, StoreUnreachableError),
)

_CHINESE: dict[type[StoreError], str] = {
    StoreLockedError: "记录库正被别的程序占用，等了几秒仍没有轮到。",
    StoreFullError: "存放记录的磁盘已满。",
    StoreUnwritableError: "记录库所在的文件夹写不进去。",
    StoreUnreachableError: "连不上记录数据库。",
}


@contextmanager
def translated(url: URL) -> Iterator[None]:
    """Raise the faults that a person can put right as errors of our family; pass others on."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        # BEGIN is sent below SQLAlchemy (engine.py), so its fault comes unwrapped.
        fault = error.orig if isinstance(error, DBAPIError) else error
        kind = _kind(fault)
        if kind is None:
            raise
        raise _told(kind, url, fault) from error


def unwritable(url: URL, error: OSError) -> StoreError:
    """Say that the folder of the database cannot be made or written."""
    return _told(StoreUnwritableError, url, error)


def _kind(error: BaseException | None) -> type[StoreError] | None:
    if isinstance(error, sqlite3.Error):
        # The low byte is the primary code; extended codes say more than we need.
        return _SQLITE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    return next((kind for fault, kind in _POSTGRESQL if isinstance(error, fault)), None)


def _told(kind: type[StoreError], url: URL, error: BaseException | None) -> StoreError:
    place = url.render_as_string(hide_password=True)
    return kind(_CHINESE[kind], f"{place}: {error}")
