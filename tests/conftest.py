"""What every test has: its folder's marker, and the worker that it shares with others."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running_platform import RunningPlatform, running_platform

FOLDERS = ("unit", "integration", "browser", "bench")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test by its folder, so that the cost of a test is where it stands.

    Tests of the running platform go to one worker, which begins with them; all others by file.
    """
    root = Path(__file__).parent
    for item in items:
        folder = item.path.relative_to(root).parts[0]
        if folder in FOLDERS:
            item.add_marker(folder)
        group = "platform" if _needs_platform(item) else str(item.path.relative_to(root))
        item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=lambda item: not _needs_platform(item))


def _needs_platform(item: pytest.Item) -> bool:
    return "platform" in getattr(item, "fixturenames", ())


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPlatform]:
    """The demo platform, one start for the whole run; tests leave each other's people alone."""
    # Its own folder must be enterable, as it is for a real data folder: boxes run as other users.
    data = tmp_path_factory.mktemp("platform")
    with running_platform(data, "--demo") as started:
        yield started
