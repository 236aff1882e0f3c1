"""One rule of scope: random districts, every viewer, every view, against an oracle."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings

from tests.records_leaks import check_everything
from tests.records_world import Someone, World, plant, worlds
from zhixing.records.scope import Purpose, Viewer, visible_people, visible_units
from zhixing.records.store import Store, migrate, open_store


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path_factory.mktemp('scope')}/records.db"
    migrate(url)
    store = open_store(url)
    yield store
    store.close()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(world=worlds())
def test_no_view_of_people_leaks_beyond_the_scope(store: Store, world: World) -> None:
    with store.engine.connect() as conn:
        plant(conn, world)
        check_everything(conn, world)
        conn.rollback()


def test_a_department_whose_unit_has_no_path_sees_only_itself(store: Store) -> None:
    viewer = Viewer(1, "u1", frozenset({"district_admin"}), ("",))
    with store.engine.connect() as conn:
        plant(conn, World((None, 1), (a_person(1), a_person(2)), (), ()))
        assert conn.execute(visible_units(viewer)).all() == []
        assert conn.execute(visible_people(viewer, Purpose.COMPLETION)).scalars().all() == [1]
        conn.rollback()


def test_a_path_without_the_role_opens_nothing(store: Store) -> None:
    viewer = Viewer(1, "u1", frozenset({"maintainer", "cadre"}), ("/1/",))
    with store.engine.connect() as conn:
        plant(conn, World((None, 1), (a_person(1), a_person(2)), (), ()))
        assert conn.execute(visible_units(viewer)).all() == []
        conn.rollback()


def test_unit_1_is_not_the_parent_of_unit_10(store: Store) -> None:
    """Paths are compared with their closing slash."""
    viewer = Viewer(1, "u1", frozenset({"street_admin"}), ("/1/",))
    roots: tuple[int | None, ...] = (None,) * 12
    with store.engine.connect() as conn:
        plant(conn, World(roots, (a_person(1), a_person(2, unit=10)), (), ()))
        assert conn.execute(visible_units(viewer)).scalars().all() == [1]
        assert conn.execute(visible_people(viewer, Purpose.COMPLETION)).scalars().all() == [1]
        conn.rollback()


def a_person(number: int, unit: int = 1) -> Someone:
    return Someone(number, unit, is_active=True, roles=())
