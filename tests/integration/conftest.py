"""Both databases, as fresh as a new installation; PostgreSQL is a real server of the run."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from zhixing.bench.postgres import PostgresServer, postgres_server

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One server a run; what is tested is what it does, not what a power cut does to it."""
    with postgres_server(is_durable=False) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of an empty database, without our tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/records.db"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = f"zhixing_{next(_numbers)}"
    yield server.make_database(name)
    server.drop_database(name)
