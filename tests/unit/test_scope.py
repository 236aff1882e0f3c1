"""One rule of scope: random districts, every viewer, every view, against an oracle."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests.records_leaks import check_everything
from tests.records_world import World, plant, worlds
from zhixing.records.scope import Purpose, Viewer, visible_people, visible_units
from zhixing.records.store import Store, migrate, open_store


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path_factory.mktemp('scope')}/records.db"
    migrate(url)
    store = open_store(url)
    yield store
    store.close()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(world=worlds())
def test_no_view_of_people_leaks_beyond_the_scope(store: Store, world: World) -> None:
    with store.engine.connect() as conn:
        plant(conn, world)
        check_everything(conn, world)
        conn.rollback()
