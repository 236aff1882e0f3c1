"""The command ``zhixing grade`` as a trainer runs it, and what it tells."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grading.doctor.course import ASSIGNMENT

GRADE = [sys.executable, "-c", "from zhixing.cli import main; main()", "grade"]


@dataclass(frozen=True)
class Told:
    """What a run said: exit code, outcomes by person, talk."""

    code: int
    outcomes: dict[str, dict[str, Any]]
    talk: str

    @property
    def states(self) -> dict[str, str]:
        return {name: one["state"] for name, one in self.outcomes.items()}

    @property
    def scores(self) -> dict[str, float]:
        return {name: one["score"] for name, one in self.outcomes.items()}


def command(course: Path, mode: str, *options: str, assignment: str = ASSIGNMENT) -> list[str]:
    """Command line of a run."""
    return [*GRADE, assignment, "--course", str(course), "--mode", mode, "--json", *options]


def run_grade(
    course: Path, mode: str, *options: str, prefix: Sequence[str] = (), **more: Any
) -> Told:
    """Run it to its end."""
    ran = subprocess.run(
        [*prefix, *command(course, mode, *options, **more)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert "Traceback" not in ran.stderr, ran.stderr
    return Told(ran.returncode, told(ran.stdout), ran.stderr)


def told(text: str) -> dict[str, dict[str, Any]]:
    """Outcomes by person, from lines of JSON."""
    rows = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    return {row["username"]: row for row in rows}
