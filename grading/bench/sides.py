"""Both sides of a grading bench: run, timed from outside, and their gradebooks compared."""

from __future__ import annotations

import os
import resource
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

CONFIG = """c = get_config()
c.CourseDirectory.course_id = "bench"
c.CourseDirectory.root = {root!r}
c.CourseDirectory.db_url = "sqlite:///" + {root!r} + "/gradebook.db"
"""
"""All that stock nbgrader is told."""

SECONDS_BETWEEN_LOOKS = 0.1
LOOKS_AT_MEMORY = 5
"""Every so many looks also at memory."""

GRADES = """
SELECT a.name, s.student_id, n.name, c.name, g.auto_score, g.needs_manual_grade
FROM grade g JOIN base_cell c ON c.id = g.cell_id
JOIN submitted_notebook b ON b.id = g.notebook_id
JOIN notebook n ON n.id = b.notebook_id
JOIN submitted_assignment s ON s.id = b.assignment_id
JOIN assignment a ON a.id = s.assignment_id
ORDER BY 1, 2, 3, 4
"""


class SideError(Exception):
    """A side of the bench that did not do its work."""


@dataclass(frozen=True)
class Cost:
    """What a run took.

    Parameters
    ----------
    seconds, cpu_seconds
        Of the whole command, start included; CPU of all its processes.
    peak_mb
        Largest sum of the proportional memory (PSS) of all its processes, in MB.
    """

    seconds: float
    cpu_seconds: float
    peak_mb: float


def write_config(course_dir: Path) -> None:
    """Tell stock nbgrader where the course is."""
    (course_dir / "nbgrader_config.py").write_text(CONFIG.format(root=str(course_dir)))


def stock(course_dir: Path, *arguments: str) -> Cost:
    """Run a stock nbgrader command."""
    return _timed([sys.executable, "-m", "nbgrader", *arguments], course_dir)


def ours(course_dir: Path, assignment: str, jobs: int) -> Cost:
    """Grade with this engine."""
    call = "from zhixing.cli import main; main()"
    options = ["--course", str(course_dir), "--jobs", str(jobs), "--mode", "sealed"]
    return _timed([sys.executable, "-c", call, "grade", assignment, *options], course_dir)


def _timed(command: Sequence[str], folder: Path) -> Cost:
    programs = str(Path(sys.executable).parent)
    environ = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    # Without bytecode stock would be three times slower than it is where it is well installed.
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - our own programs
        command, cwd=folder, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    watch = _Watch(process.pid)
    watch.start()
    said, _ = process.communicate()
    seconds = time.perf_counter() - began
    watch.stop()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode != 0:
        raise SideError(f"{' '.join(command[:5])}: {said.decode(errors='replace')[-2000:]}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(seconds, max(cpu, watch.cpu_seconds), watch.peak / 2**20)


class _Watch(threading.Thread):
    """Looks at a command and all it started: the most memory, and the processor time so far.

    What a namespace's first process leaves unreaped is lost to ``getrusage`` of the command, so
    the time is summed over those that live, each with the children that it has buried.
    """

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid, self._end = pid, threading.Event()
        self.peak, self.cpu_seconds = 0, 0.0

    def run(self) -> None:
        looks = 0
        while not self._end.wait(SECONDS_BETWEEN_LOOKS):
            family = self._family()
            self.cpu_seconds = max(self.cpu_seconds, sum(map(_cpu_seconds, family)))
            # Proportional memory takes the kernel longer to tell.
            if looks % LOOKS_AT_MEMORY == 0:
                self.peak = max(self.peak, sum(map(_bytes, family)))
            looks += 1

    def _family(self) -> list[psutil.Process]:
        try:
            root = psutil.Process(self._pid)
            return [root, *root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def stop(self) -> None:
        self._end.set()
        self.join()


def _cpu_seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0  # it ended meanwhile
    return float(times.user + times.system + times.children_user + times.children_system)


def _bytes(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:
        return 0  # it ended meanwhile


def gradebook_rows(course_dir: Path) -> list[tuple[object, ...]]:
    """Every grade of a gradebook."""
    connection = sqlite3.connect(course_dir / "gradebook.db")
    try:
        return connection.execute(GRADES).fetchall()
    finally:
        connection.close()
