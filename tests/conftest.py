"""What every test has: its folder's marker, and the worker that it shares with others."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from xdist.remote import Producer

from tests.rows import RowScheduling, needs_platform
from tests.running_platform import RunningPlatform, running_platform

FOLDERS = ("unit", "integration", "browser", "slow")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test by its folder, so that the cost of a test is where it stands.

    Tests of the running platform come first: they are the longest row that one worker runs.
    """
    root = Path(__file__).parent
    for item in items:
        folder = item.path.relative_to(root).parts[0]
        if folder in FOLDERS:
            item.add_marker(folder)
    items.sort(key=lambda item: not needs_platform(item.path))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> RowScheduling | None:
    """Group by file, and all files of the running platform into one row, so it starts once."""
    return RowScheduling(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPlatform]:
    """The demo platform, one start for the whole run; tests leave each other's people alone."""
    # Its own folder must be enterable, as it is for a real data folder: boxes run as other users.
    data = tmp_path_factory.mktemp("platform")
    with running_platform(data, "--demo") as started:
        yield started
