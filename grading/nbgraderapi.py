"""nbgrader's own API over a course directory, with our configuration."""

from __future__ import annotations

import logging
import os
import re
import sys
from pathlib import Path
from typing import Any

from nbgrader.apps.api import NbGraderAPI
from traitlets.config import Config

from grading.configuration import configure

_ERROR = re.compile(
    r"^( *)[\w.]*Error: (.+(?:\n\1(?![ \[]|Traceback|[\w.]+(?:Error|Exception)\b).+)*)",
    re.MULTILINE,
)
"""An error as a traceback ends with it, and lines as far in; a log begins records further out."""


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
    """Last error in nbgrader's log, which is the one that was raised on from earlier ones.

    With all of its lines: the last of ours says what to do next.
    """
    text = f"{outcome.get('log', '')}\n{outcome.get('error', '')}"
    found = _ERROR.findall(text)
    lines = found[-1][1].splitlines() if found else [text.strip()[-300:]]
    return "\n".join(line.strip() for line in lines)
