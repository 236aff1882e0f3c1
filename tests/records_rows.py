"""Read the records for an assertion."""

from typing import Any

from sqlalchemy import func, select

from zhixing.records.store import Store
from zhixing.records.tables import Record


def rows(store: Store, *columns: Any) -> set[tuple[Any, ...]]:
    with store.read() as conn:
        return {tuple(row) for row in conn.execute(select(*columns))}


def count(store: Store) -> dict[str, int]:
    with store.read() as conn:
        return {
            name: conn.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Record.metadata.tables.items()
        }
