"""The store opens, migrates and refuses as it says, on both databases."""

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.exc import DBAPIError

from zhixing.bench.postgres import PostgresServer
from zhixing.records import engine as engine_module
from zhixing.records.errors import (
    StoreError,
    StoreLockedError,
    StoreNewerError,
    StoreOlderError,
    StoreUnreachableError,
    StoreUnwritableError,
)
from zhixing.records.schema import REVISIONS, SCRIPTS, alembic_config, migrate
from zhixing.records.store import Store, open_store
from zhixing.records.tables import Cohort, Record, Unit

NOW = datetime(2026, 11, 23, tzinfo=UTC)
LATER = '''"""A later change."""

import sqlalchemy as sa
from alembic import op

revision = "next"
down_revision = "{newest}"


def upgrade():
    op.add_column("unit", sa.Column("remark", sa.String(20)))
    op.execute("UPDATE unit SET name = 'changed'")
    {last}
'''


LATER_REVISIONS = (*REVISIONS, "next")


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    migrate(database_url)
    store = open_store(database_url)
    yield store
    store.close()


def a_unit(name: str = "龑街道") -> dict[str, object]:
    return {"code": "S1", "name": name, "tree": "place", "kind": "street", "path": "/1/"}


def later_scripts(folder: Path, last: str) -> Path:
    """The program's migrations and one more, as a later release would ship."""
    scripts = folder / "migrations"
    shutil.copytree(SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    (scripts / "versions" / "later.py").write_text(LATER.format(last=last, newest=REVISIONS[-1]))
    return scripts


def test_the_migrations_end_at_the_tables_of_the_code(store: Store) -> None:
    with store.read() as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": True})
        assert compare_metadata(context, Record.metadata) == []


def test_the_revisions_of_the_code_are_those_of_the_scripts(store: Store) -> None:
    with store.read() as conn:
        scripts = ScriptDirectory.from_config(alembic_config(conn))
        assert tuple(s.revision for s in scripts.walk_revisions())[::-1] == REVISIONS


def test_migrating_again_changes_nothing_and_keeps_what_is_there(
    database_url: str, store: Store
) -> None:
    with store.begin() as conn:
        conn.execute(insert(Unit).values(**a_unit()))
    assert migrate(database_url).before == REVISIONS[-1]
    with store.read() as conn:
        assert conn.execute(select(Unit.name)).scalars().all() == ["龑街道"]


def test_an_empty_database_is_refused_until_it_is_migrated(database_url: str) -> None:
    with pytest.raises(StoreOlderError, match="zhixing migrate"):
        open_store(database_url)
    migrate(database_url)
    open_store(database_url).close()


def test_a_database_of_a_newer_program_is_neither_opened_nor_touched(
    database_url: str, store: Store
) -> None:
    with store.begin() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreNewerError, match=rf"9999.*newest known here is {REVISIONS[-1]}"):
        open_store(database_url)
    with pytest.raises(StoreNewerError, match="9999"):
        migrate(database_url)


def test_an_upgrade_changes_all_and_leaves_a_copy_of_a_sqlite_file(
    database_url: str, store: Store, tmp_path: Path
) -> None:
    with store.begin() as conn:
        conn.execute(insert(Unit).values(**a_unit()))
    done = migrate(database_url, scripts=later_scripts(tmp_path, "pass"), revisions=LATER_REVISIONS)
    assert (done.before, done.after) == LATER_REVISIONS[-2:]
    with store.read() as conn:
        assert conn.execute(text("SELECT name, remark FROM unit")).all() == [("changed", None)]
    if store.engine.dialect.name == "sqlite":
        assert done.backup is not None
        with closing(sqlite3.connect(done.backup)) as copy:
            assert copy.execute("SELECT name FROM unit").fetchall() == [("龑街道",)]
            assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert not list(done.backup.parent.glob("*.part"))


@pytest.mark.parametrize(
    "last", ["raise RuntimeError('power cut')", "op.execute('SELECT nothing FROM nowhere')"]
)
def test_an_upgrade_that_fails_half_way_leaves_the_database_as_it_was(
    database_url: str, store: Store, tmp_path: Path, last: str
) -> None:
    with store.begin() as conn:
        conn.execute(insert(Unit).values(**a_unit()))
    with pytest.raises((RuntimeError, DBAPIError)):
        migrate(database_url, scripts=later_scripts(tmp_path, last), revisions=LATER_REVISIONS)
    with store.read() as conn:
        assert conn.execute(text("SELECT name FROM unit")).all() == [("龑街道",)]
        assert compare_metadata(MigrationContext.configure(conn), Record.metadata) == []
    open_store(database_url).close()


def test_an_upgrade_that_orphans_records_is_taken_back(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/r.db"
    migrate(url)
    store = open_store(url)
    with store.begin() as conn:
        conn.execute(insert(Unit).values(id=1, **a_unit()))
        child = {**a_unit("社区"), "code": "C1", "path": "/1/2/"}
        conn.execute(insert(Unit).values(id=2, parent_id=1, **child))
    scripts = later_scripts(tmp_path, "op.execute('DELETE FROM unit WHERE id = 1')")
    with pytest.raises(StoreError, match="dangling references"):
        migrate(url, scripts=scripts, revisions=LATER_REVISIONS)
    with store.read() as conn:
        assert conn.execute(select(func.count()).select_from(Unit)).scalar() == 2
    store.close()


def test_what_was_written_half_way_is_not_there(store: Store) -> None:
    with pytest.raises(DBAPIError), store.begin() as conn:  # noqa: PT012 - the second one fails
        conn.execute(insert(Unit).values(**a_unit()))
        conn.execute(insert(Unit).values(**a_unit("同一个编码")))
    with store.read() as conn:
        assert conn.execute(select(Unit)).all() == []


def test_a_reading_transaction_cannot_write(store: Store) -> None:
    with pytest.raises((DBAPIError, StoreUnwritableError)), store.read() as conn:
        conn.execute(insert(Unit).values(**a_unit()))
    with store.begin() as conn:
        conn.execute(insert(Unit).values(**a_unit()))


def test_a_reading_transaction_sees_one_moment(store: Store) -> None:
    with store.read() as reader:
        assert reader.execute(select(Unit)).all() == []
        with store.begin() as conn:
            conn.execute(insert(Unit).values(**a_unit()))
        assert reader.execute(select(Unit)).all() == []


def test_a_reference_to_nothing_is_refused(store: Store) -> None:
    with pytest.raises(DBAPIError), store.begin() as conn:
        conn.execute(insert(Unit).values(parent_id=77, **a_unit()))


def test_times_come_back_aware_and_a_naive_one_is_refused(store: Store) -> None:
    row = {"course_id": "shuji", "title": "第一期", "opens": NOW}
    with store.begin() as conn:
        conn.execute(insert(Cohort).values(closes=NOW, **row))
        assert conn.execute(select(Cohort.opens)).scalar() == NOW
        conn.execute(delete(Cohort))
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(Exception, match="has no zone"), store.begin() as conn:
        conn.execute(insert(Cohort).values(closes=naive, **row))


def test_sqlite_is_opened_for_durability(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/区/records.db"
    migrate(url)
    store = open_store(url)
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    with store.begin() as conn:
        found = {name: conn.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted}
    assert found == wanted
    store.close()


def test_a_lock_held_too_long_is_said_and_a_short_one_waited_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "SECONDS_TO_WAIT_FOR_LOCK", 0.3)
    url = f"sqlite:///{tmp_path}/records.db"
    migrate(url)
    store = open_store(url)
    with closing(sqlite3.connect(tmp_path / "records.db", check_same_thread=False)) as other:
        other.isolation_level = None
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreLockedError, match=r"占用.*没有丢失"), store.begin():
            pass
        release = threading.Timer(0.1, other.execute, ["COMMIT"])
        release.start()
        with store.begin() as conn:
            conn.execute(insert(Unit).values(**a_unit()))
        release.join()
    store.close()


@pytest.mark.parametrize("place", ["file/records.db", "file/deep/records.db", "."])
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StoreUnwritableError, match="--data") as caught:
        migrate(f"sqlite:///{tmp_path / place}")
    assert str(tmp_path) in str(caught.value)


def test_a_server_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    url = f"postgresql://somebody:geheim@/records?host={tmp_path}"
    with pytest.raises(StoreUnreachableError, match="连不上记录数据库") as caught:
        open_store(url)
    assert "somebody:***@" in str(caught.value)
    assert "geheim" not in str(caught.value)


def test_a_bare_postgresql_url_is_understood(postgres: PostgresServer) -> None:
    bare = postgres.make_database("bare").replace("postgresql+psycopg", "postgresql")
    migrate(bare)
    open_store(bare).close()
    postgres.drop_database("bare")
