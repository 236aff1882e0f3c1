"""nbgrader's own API over a course directory, with our configuration."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import Any

from nbgrader.apps.api import NbGraderAPI
from traitlets.config import Config

from grading.configuration import configure


def nbgrader_api(course_dir: Path) -> Any:
    """Return nbgrader's own API over a course directory, quiet and with our configuration."""
    put_programs_on_path()
    config = Config()
    configure(config, course_dir)
    logging.getLogger("traitlets").setLevel(logging.ERROR)
    return NbGraderAPI(config=config)


def put_programs_on_path() -> None:
    """Let nbgrader find ``alembic`` beside our Python, which it runs for every new gradebook."""
    programs = str(Path(sys.executable).parent)
    path = os.environ.get("PATH", "")
    if programs not in path.split(os.pathsep):
        os.environ["PATH"] = programs + os.pathsep + path


def reason_from_outcome(outcome: dict[str, Any]) -> str:
    """Last error in nbgrader's log, which is the one that was raised on from earlier ones."""
    text = f"{outcome.get('log', '')}\n{outcome.get('error', '')}"
    ours = [line for line in text.splitlines() if "Error: " in line]
    return ours[-1].split("Error: ", 1)[1].strip() if ours else text.strip()[-300:]
