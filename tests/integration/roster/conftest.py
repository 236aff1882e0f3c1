"""What the roster tests have: a store, files, and the command as a maintainer types it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.roster_book import write_book
from zhixing.cli import main
from zhixing.records.schema import migrate
from zhixing.records.store import Store, open_store


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    migrate(database_url)
    opened = open_store(database_url)
    yield opened
    opened.close()


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def write_file(**changed: list[list[Any]]) -> Path:
        return write_book(tmp_path / "花名册.xlsx", **changed)

    return write_file


@pytest.fixture
def run(
    store: Store, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    courses = tmp_path / "courses"
    (courses / "shujiketang").mkdir(parents=True)
    (courses / "shujiketang" / "course.toml").write_text("")
    monkeypatch.setenv("ZHIXING_DATABASE_URL", database_url)
    monkeypatch.setenv("ZHIXING_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("ZHIXING_COURSES", str(courses))

    def invoke(*words: str | Path) -> Result:
        return CliRunner().invoke(main, ["roster", *map(str, words)])

    return invoke


@pytest.fixture
def imported(run: Callable[..., Result], write: Callable[..., Path], tmp_path: Path) -> Path:
    """The password list of a first import of the good roster."""
    passwords = tmp_path / "passwords.csv"
    result = run("import", write(), "--passwords-out", passwords)
    assert result.exit_code == 0, result.output
    return passwords
