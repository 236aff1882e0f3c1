"""Grading on a Dask cluster: two workers of their own processes, one killed in the middle."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from grading.doctor.attacks import PLAIN
from grading.doctor.course import ASSIGNMENT, hand_in
from tests.attacked_course import attacked_course
from tests.running_platform import free_port

GRADE = [sys.executable, "-c", "from zhixing.cli import main; main()", "grade", ASSIGNMENT]
SLOW = "import time\ntime.sleep(0.4)\n"


@contextmanager
def started(module: str, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    # The address of the scheduler is the one thing that a worker is told.
    process = subprocess.Popen(
        [sys.executable, "-m", module, *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def worker(address: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    options = ["--no-nanny", "--nthreads", "1", "--host", "127.0.0.1", "--no-dashboard"]
    with started(
        "distributed.cli.dask_worker", address, *options, "--local-directory", str(folder)
    ) as process:
        yield process


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return attacked_course(tmp_path_factory.mktemp("课程"))


@pytest.fixture
def scheduler() -> Iterator[str]:
    port = free_port()
    options = ["--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]
    with started("distributed.cli.dask_scheduler", *options):
        yield f"tcp://127.0.0.1:{port}"


def scores(course: Path) -> dict[str, float]:
    with closing(sqlite3.connect(course / "gradebook.db")) as connection:
        return dict(
            connection.execute(
                "SELECT s.student_id, sum(g.auto_score) FROM grade g"
                " JOIN submitted_notebook b ON b.id = g.notebook_id"
                " JOIN submitted_assignment s ON s.id = b.assignment_id GROUP BY 1"
            ).fetchall()
        )


def test_a_killed_worker_costs_nobody_a_grade_and_each_is_graded_once(
    course: Path, tmp_path: Path, scheduler: str
) -> None:
    names = [f"学员{number}" for number in range(10)]
    for name in names:
        hand_in(course, name, {"s-total": SLOW + PLAIN, "s-number": "number = 7"})
    command = [*GRADE, "--course", str(course), "--mode", "sealed", "--json"]
    command += [part for name in names for part in ("--student", name)]
    with (
        worker(scheduler, tmp_path / "w1") as first,
        worker(scheduler, tmp_path / "w2"),
        subprocess.Popen(
            [*command, "--cluster", scheduler], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as run,
    ):
        assert run.stdout is not None
        lines = [run.stdout.readline()]
        os.kill(first.pid, signal.SIGKILL)
        lines += run.stdout.readlines()
        said = run.stderr.read().decode() if run.stderr else ""
        assert run.wait(60) == 0, said
    told = Counter(json.loads(line)["username"] for line in lines)
    assert told == dict.fromkeys(names, 1)
    assert {name: scores(course)[name] for name in names} == dict.fromkeys(names, 4.0)


def test_no_cluster_there_is_said_with_the_next_step(course: Path) -> None:
    hand_in(course, "一", {"s-total": PLAIN, "s-number": "number = 7"})
    began = time.monotonic()
    ran = subprocess.run(
        [*GRADE, "--course", str(course), "--mode", "sealed", "--cluster", "tcp://127.0.0.1:9"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert "连不上集群 tcp://127.0.0.1:9" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not (course / "autograded" / "一").exists()
    assert time.monotonic() - began < 60
