"""Compatible mode: nbgrader's own converter and scores, whole or not at all."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from grading.doctor.attacks import PLAIN
from grading.doctor.course import ASSIGNMENT, BOOK, code, hand_in
from grading.engine import probe
from tests.compatible_course import ALL, RIGHT, configured, new_course, printed, rows
from tests.grading_command import command, run_grade, told
from zhixing.yard.yard import YardError

SLOW = f"import time\ntime.sleep(0.6)\n{PLAIN}"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    return new_course(tmp_path / "外来课程")


# Runs


def kept_by(course: Path) -> dict[str, tuple[int, float]]:
    found = rows(
        course,
        "SELECT s.student_id, count(g.auto_score), sum(g.auto_score) FROM submitted_assignment s"
        " LEFT JOIN submitted_notebook b ON b.assignment_id = s.id"
        " LEFT JOIN grade g ON g.notebook_id = b.id GROUP BY 1",
    )
    return {name: (number, total) for name, number, total in found}


def test_a_killed_run_leaves_nothing_half_done_and_the_next_finishes_it(course: Path) -> None:
    names = [f"k{number}" for number in range(6)]
    for name in names:
        hand_in(course, name, {**RIGHT, "s-total": SLOW})
    with subprocess.Popen(
        command(course, "compatible", "--jobs", "2"),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as killed:
        assert killed.stdout is not None
        killed.stdout.readline()
        os.killpg(killed.pid, signal.SIGKILL)
    assert set(kept_by(course).values()) <= {(2, ALL)}
    ran = run_grade(course, "compatible", "--jobs", "2")
    assert ran.code == 0, ran.talk
    assert set(ran.scores) == set(names)
    assert "skipped" in ran.states.values(), "what was graded before the kill is not graded again"
    assert kept_by(course) == dict.fromkeys(names, (2, ALL))


def test_what_stock_nbgrader_left_half_done_is_graded(course: Path) -> None:
    """It writes the folder's time first, and makes rows without scores."""
    place = hand_in(course, "half", RIGHT)
    autograde = [sys.executable, "-m", "nbgrader", "autograde", ASSIGNMENT, "--create"]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(
        autograde, cwd=course, check=True, capture_output=True, env={**os.environ, "PATH": path}
    )
    assert run_grade(course, "compatible").states == {"half": "skipped"}
    with closing(sqlite3.connect(course / "gradebook.db")) as connection:
        connection.execute("UPDATE grade SET auto_score = NULL, needs_manual_grade = 1")
        connection.commit()
    ran = run_grade(course, "compatible")
    assert (ran.states, ran.scores) == ({"half": "graded"}, {"half": ALL})
    (place / "notes.txt").write_text("一个附件")
    assert run_grade(course, "compatible").states == {"half": "graded"}
    assert run_grade(course, "compatible").states == {"half": "skipped"}


def test_two_runs_at_once_grade_each_once(course: Path) -> None:
    names = [f"c{number}" for number in range(4)]
    for name in names:
        hand_in(course, name, {**RIGHT, "s-total": SLOW})
    runs = [
        subprocess.Popen(command(course, "compatible"), stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    found = [told(run.communicate(timeout=200)[0]) for run in runs]
    assert [run.returncode for run in runs] == [0, 0]
    states = sorted(tuple({one["state"] for one in each.values()}) for each in found)
    assert states == [("graded",), ("skipped",)]
    assert all(one["score"] == ALL for each in found for one in each.values())


def test_a_fork_server_that_is_killed_costs_nobody_a_grade(course: Path) -> None:
    names = [f"f{number}" for number in range(6)]
    for name in names:
        hand_in(course, name, {**RIGHT, "s-total": SLOW})
    with subprocess.Popen(
        command(course, "compatible", "--jobs", "2"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as run:
        servers = list(fork_servers(run.pid))
        for server in servers:
            server.kill()
        out, talk = run.communicate(timeout=200)
    assert servers
    assert run.returncode == 0, talk
    assert {name: one["score"] for name, one in told(out).items()} == dict.fromkeys(names, ALL)


def fork_servers(pid: int) -> Iterator[psutil.Process]:
    """Fork-servers that have a job, of a run; waits for the first."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = [one for one in psutil.Process(pid).children(recursive=True) if has_jobs(one)]
        if found:
            time.sleep(0.5)
            yield from found
            return
        time.sleep(0.05)


def has_jobs(process: psutil.Process) -> bool:
    try:
        line = process.cmdline()
        return "zhixing.yard.forkserver" in line and len(process.children()) > 1
    except psutil.NoSuchProcess:
        return False


# Cells and time


def test_a_late_reply_is_nobodys_next_and_the_rest_is_not_waited_for(course: Path) -> None:
    configured(course, "c.Execute.timeout = 1")
    late = "import signal, time\nsignal.setitimer(signal.ITIMER_REAL, 0)\ntime.sleep(6.5)\n"
    hand_in(course, "late", {**RIGHT, "s-total": f"{late}total = lambda values: 0"})
    place = hand_in(course, "many", {**RIGHT, "s-total": f"{late}time.sleep(99)"})
    book = json.loads((place / BOOK).read_text())
    book["cells"] += [{**code("1"), "id": f"x{number}"} for number in range(30)]
    (place / BOOK).write_text(json.dumps(book))
    began = time.monotonic()
    ran = run_grade(course, "compatible", "--jobs", "2")
    assert ran.scores == {"late": 0.0, "many": 0.0}, ran.talk
    assert time.monotonic() - began < 30


def test_a_notebook_has_a_time_of_its_own(course: Path) -> None:
    configured(course, "c.Execute.timeout = 3", "c.YardExecute.notebook_timeout = 4")
    place = hand_in(course, "slow", {**RIGHT, "s-total": PLAIN})
    book = json.loads((place / BOOK).read_text())
    naps = [{**code("import time\ntime.sleep(1.5)"), "id": f"x{number}"} for number in range(20)]
    book["cells"] = [*book["cells"][:3], *naps, *book["cells"][3:]]
    (place / BOOK).write_text(json.dumps(book))
    began = time.monotonic()
    ran = run_grade(course, "compatible")
    assert ran.scores == {"slow": 2.0}, "what was earned before stays"
    assert "整个笔记本运行得太久" in printed(course, "slow")
    assert time.monotonic() - began < 25


def test_memory_is_named_where_it_ended_the_program(course: Path) -> None:
    hog = "import os, time\nfor _ in range(4):\n    if os.fork() == 0:\n"
    hog += (
        "        x = bytearray(os.urandom(1)) * (400 << 20)\n        time.sleep(9)\ntime.sleep(9)"
    )
    hand_in(course, "hog", {**RIGHT, "s-total": hog})
    assert run_grade(course, "compatible").scores == {"hog": 0.0}
    assert "用的内存太多" in printed(course, "hog")


def test_the_score_that_is_told_is_less_the_late_penalty(course: Path) -> None:
    configured(course, "c.LateSubmissionPlugin.penalty_method = 'zero'")
    with closing(sqlite3.connect(course / "gradebook.db")) as connection:
        connection.execute("UPDATE assignment SET duedate = '2026-11-20 10:00:00.000000'")
        connection.commit()
    hand_in(course, "late", RIGHT)
    assert [run_grade(course, mode, "--force").scores for mode in ("compatible", "sealed")] == [
        {"late": 0.0},
        {"late": 0.0},
    ]


# Isolation


def test_a_grader_whose_probe_gets_out_grades_nothing(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from grading.compatible import CompatibleRun

    hand_in(course, "one", RIGHT)
    monkeypatch.setattr(probe, "escapes", lambda *_: {"network": "[2, 10]"})
    run = CompatibleRun(course, ASSIGNMENT)
    with pytest.raises(YardError, match="使用网络"):
        list(run.outcomes(run.plan(["one"], again=True), 1))
    assert kept_by(course) == {}
    assert not (course / "autograded" / "one").exists()


NO_BOXES = """
import sys
from pathlib import Path
import zhixing.kernels.bubblewrap as bubblewrap
program = Path(sys.argv.pop(1))
bubblewrap.bwrap_path = lambda: program
from zhixing.cli import main
main()
"""


def test_without_isolation_a_run_refuses_with_the_next_step_in_every_mode(
    course: Path, tmp_path: Path
) -> None:
    program = tmp_path / "bwrap"
    program.write_text("#!/bin/sh\necho 'bwrap: No permissions' >&2\nexit 1\n")
    program.chmod(0o755)
    hand_in(course, "one", RIGHT)
    for mode in ("sealed", "compatible"):
        line = command(course, mode)
        line[2:3] = [NO_BOXES, str(program)]
        ran = subprocess.run(line, capture_output=True, text=True, check=False)
        assert ran.returncode == 1
        assert "下一步" in ran.stderr
        assert "Traceback" not in ran.stderr
    assert kept_by(course) == {}


def can_map_root() -> bool:
    return (
        subprocess.run(["unshare", "-Ur", "true"], check=False, capture_output=True).returncode == 0
    )


@pytest.mark.skipif(not can_map_root(), reason="no user namespaces for this user")
@pytest.mark.parametrize("mode", ["sealed", "compatible"])
def test_a_mapped_root_is_told_what_to_do(course: Path, mode: str) -> None:
    hand_in(course, "one", RIGHT)
    ran = run_grade(course, mode, prefix=("unshare", "-Ur"))
    assert (ran.code, "unshare -Ur" in ran.talk, "下一步" in ran.talk) == (1, True, True), ran.talk


def test_a_course_that_is_not_there_is_named(tmp_path: Path) -> None:
    for mode in ("sealed", "compatible", "auto"):
        ran = run_grade(tmp_path / "没有", mode)
        assert (ran.code, "没有课程文件夹" in ran.talk) == (1, True)
