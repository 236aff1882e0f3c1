"""The rule of scope on both databases; tests/unit/test_scope.py tries many more districts."""

from hypothesis import HealthCheck, given, settings

from tests.records_leaks import check_everything
from tests.records_world import World, plant, worlds
from zhixing.records.store import migrate, open_store


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(world=worlds())
def test_no_view_leaks_on_either_database(database_url: str, world: World) -> None:
    migrate(database_url)
    store = open_store(database_url)
    try:
        with store.engine.connect() as conn:
            plant(conn, world)
            check_everything(conn, world)
            conn.rollback()
    finally:
        store.close()
