"""What every test has: its folder's marker."""

from pathlib import Path

import pytest

FOLDERS = ("unit", "integration", "browser", "bench")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test by its folder, so that the cost of a test is where it stands."""
    root = Path(__file__).parent
    for item in items:
        folder = item.path.relative_to(root).parts[0]
        if folder in FOLDERS:
            item.add_marker(folder)
