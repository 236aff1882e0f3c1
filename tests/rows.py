"""Rows: which tests one worker runs after another.

xdist's own ``loadgroup`` does nothing with pytest 9.2 (pytest-xdist issue 1386).
"""

import re
from functools import cache
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).parents[1]
ARGUMENT = re.compile(r"\bplatform: RunningPlatform")
"""What a test says that asks for the running platform."""


class RowScheduling(LoadScopeScheduling):  # type: ignore[misc]  # xdist brings no types
    """A row for each file, and one for all files of the running platform."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return "platform" if needs_platform(ROOT / file) else file


@cache
def needs_platform(file: Path) -> bool:
    """Whether tests of this file walk through the running platform."""
    return ARGUMENT.search(file.read_text()) is not None
