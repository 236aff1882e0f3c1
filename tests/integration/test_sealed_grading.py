"""Sealed grading: a submission earns what its values earn, whatever else it tries."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

import grading
from grading.doctor.attacks import ATTACKS, Attack
from grading.doctor.course import ASSIGNMENT, CANARY, HIDDEN, check, code, hand_in, released_course
from grading.doctor.course import solution as sol
from grading.outcome import FAILED, GRADED, SKIPPED
from tests.sealed_course import graded, scores

SECRET = CANARY
PACKAGES = Path(grading.__file__).parents[1]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    cells = [
        code("import pandas as pd\nimport math\nlist_given = [1, 2, 3]"),
        sol("s-total", "def total(values):\n    return sum(values)"),
        check("t-total", HIDDEN),
        sol("s-number", "number = 7"),
        check("t-number", "assert number == 7"),
        sol("s-parts", "def share(a, b):\n    return a / b"),
        check(
            "t-parts",
            "points = 0\npoints += share(1, 2) == 0.5\npoints += share(3, 1) == 3\npoints",
        ),
        sol("s-sorted", "def put_in_order(values):\n    values.sort()"),
        check("t-sorted", "given = [3, 1, 2]\nput_in_order(given)\nassert given == [1, 2, 3]"),
    ]
    return released_course(tmp_path_factory.mktemp("封闭"), cells)


RIGHT = {
    "s-total": "def total(values):\n    return sum(values)",
    "s-number": "number = 7",
    "s-parts": "def share(a, b):\n    return a / b",
    "s-sorted": "def put_in_order(values):\n    values.sort()",
}
NONE = {"t-total": 0.0, "t-number": 0.0, "t-parts": 0.0, "t-sorted": 0.0}
ALL = dict.fromkeys(NONE, 2.0)


def points(course: Path, username: str, **changed: str) -> dict[str, float | None]:
    sources = {**RIGHT, **{f"s-{name}": source for name, source in changed.items()}}
    hand_in(course, username, sources)
    [outcome] = graded(course, username)
    assert outcome.state == GRADED, outcome.reason
    return scores(course, username)


HONEST = [attack for attack in ATTACKS if attack.is_honest]


@pytest.mark.parametrize("attack", HONEST, ids=[attack.name for attack in HONEST])
def test_odd_but_honest_work_keeps_its_exact_score(course: Path, attack: Attack) -> None:
    assert points(course, f"h-{attack.name}", total=attack.total) == ALL


def test_a_late_trick_costs_no_point_already_earned_nor_an_early_one_a_later(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grading.engine.run.SECONDS_A_CELL", 2.0)
    late = points(course, "late", sorted="def put_in_order(values):\n    while True: pass")
    assert late == {**ALL, "t-sorted": 0.0}
    early = points(course, "early", total="while True:\n    pass")
    assert early == {**ALL, "t-total": 0.0}


@pytest.mark.parametrize("value", ["-5", "99", "float('nan')", "'2'", "True", "[2]"])
def test_a_partial_score_that_is_none_is_nothing(course: Path, value: str) -> None:
    found = points(course, "partial", parts=f"def share(a, b):\n    return {value}")
    assert found["t-parts"] == 0.0


def test_tests_and_keys_are_nowhere_in_the_learners_interpreter(course: Path) -> None:
    probe = f"""
import gc, os, sys
needle = {SECRET[:-3]!r} + {SECRET[-3:]!r}
texts = [o for o in gc.get_objects() if isinstance(o, (str, dict, list))]
hits = [1 for o in texts if needle in repr(o)[:100000] and "gc.get_objects" not in repr(o)]
files = []
for root, _, names in os.walk("/tmp"):
    # Python itself may be installed there.
    files += [] if root.startswith((sys.prefix, sys.base_prefix, {str(PACKAGES)!r})) else names
print("HITS", hits, "FILES", files, "ENV", sorted(os.environ))
def total(values):
    return sum(values)
"""
    assert points(course, "nosy", total=probe) == ALL
    text = (course / "autograded" / "nosy" / ASSIGNMENT / "p.ipynb").read_text()
    said = next(line for line in text.split("HITS")[1:])
    assert said.startswith(" [] FILES []"), said[:400]
    assert "TOKEN" not in said


def test_only_known_cells_are_taken_and_points_come_from_the_course(course: Path) -> None:
    place = hand_in(course, "editor", RIGHT)
    path = place / "p.ipynb"
    book = json.loads(path.read_text())
    for cell in book["cells"]:
        told = cell["metadata"].get("nbgrader", {})
        if told.get("grade"):
            told.update(points=1000, grade=False, solution=True)
            cell["source"] = "pass"
            cell["cell_type"] = "code"
    book["cells"].reverse()
    book["cells"].append({**book["cells"][0], "id": "twin", "source": "raise SystemExit"})
    book["metadata"]["kernelspec"] = {"name": "evil", "display_name": "x", "language": "python"}
    path.write_text(json.dumps(book))
    [outcome] = graded(course, "editor")
    assert (outcome.state, outcome.score) == (GRADED, 8.0)


def test_half_a_character_in_a_source_costs_that_cell_alone(course: Path) -> None:
    found = points(course, "half", number="number = 7\nword = '\ud800'")
    assert found == {**ALL, "t-number": 0.0}
    path = course / "autograded" / "half" / ASSIGNMENT / "p.ipynb"
    assert "word = '\N{REPLACEMENT CHARACTER}'" in path.read_text(encoding="utf-8")


def test_a_person_may_have_the_name_of_a_folder_of_ours(course: Path) -> None:
    name = ".zhixing-unfinished"
    assert points(course, name) == ALL
    assert points(course, "somebody-else") == ALL
    assert (course / "autograded" / name / ASSIGNMENT / "p.ipynb").is_file()
    shutil.rmtree(course / "submitted" / name)
    shutil.rmtree(course / "autograded" / name)


def test_one_broken_hand_in_stops_nobody(course: Path) -> None:
    broken = {
        "b-json": "{",
        "b-old": '{"nbformat": 3, "worksheets": []}',
        "b-nan": '{"nbformat": 4, "cells": [], "metadata": {"x": NaN}}',
        "b-cells": '{"nbformat": 4, "cells": 7, "metadata": {}}',
    }
    for name, text in broken.items():
        (hand_in(course, name, RIGHT) / "p.ipynb").write_text(text)
    link = hand_in(course, "b-link", RIGHT) / "p.ipynb"
    link.unlink()
    link.symlink_to(course / "source" / ASSIGNMENT / "p.ipynb")
    time_file = hand_in(course, "b-time", RIGHT) / "timestamp.txt"
    time_file.write_text("昨天" * 1000)
    hand_in(course, "fine", RIGHT)
    names = [*broken, "b-link", "b-time", "fine"]
    outcomes = {one.username: one for one in graded(course, *names, jobs=2)}
    assert outcomes["fine"].score == 8.0
    assert {name for name, one in outcomes.items() if one.state == FAILED} == set(names) - {"fine"}
    assert all(one.reason for name, one in outcomes.items() if name != "fine")


def test_a_killed_run_is_taken_up_where_it_ended(course: Path) -> None:
    names = [f"k{number}" for number in range(12)]
    for name in names:
        hand_in(
            course,
            name,
            {**RIGHT, "s-number": f"# {name}\nimport time\ntime.sleep(0.4)\nnumber = 7"},
        )
    call = "from zhixing.cli import main; main()"
    command = [sys.executable, "-c", call, "grade", ASSIGNMENT, "--course", str(course)]
    command += ["--mode", "sealed", "--jobs", "2", "--json"]
    command += [part for name in names for part in ("--student", name)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as killed:
        assert killed.stdout is not None
        killed.stdout.readline()
        os.kill(killed.pid, signal.SIGKILL)
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    outcomes = [json.loads(line) for line in ran.stdout.splitlines()]
    states = {one["username"]: one["state"] for one in outcomes}
    assert set(states) == set(names)
    assert SKIPPED in states.values(), "what was graded before the kill is not graded again"
    assert all(scores(course, name) == ALL for name in names)
    assert "封闭批改" in ran.stderr


def test_a_dry_run_writes_nothing_and_unknown_things_are_named(course: Path) -> None:
    hand_in(course, "dry", RIGHT)
    call = [sys.executable, "-c", "from zhixing.cli import main; main()", "grade"]
    base = ["--course", str(course), "--mode", "sealed"]
    dry = subprocess.run(
        [*call, ASSIGNMENT, *base, "--student", "dry", "--dry-run", "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(dry.stdout)["to_grade"] == ["dry"]
    assert not (course / "autograded" / "dry").exists()
    for wrong, word in (
        ([*call, "ps9", *base], "ps9"),
        ([*call, ASSIGNMENT, *base, "--student", "谁"], "谁"),
    ):
        refused = subprocess.run(wrong, capture_output=True, text=True, check=False)
        assert refused.returncode == 1
        assert word in refused.stderr
        assert "Traceback" not in refused.stderr


def run_grade(course: Path, *options: str, prefix: tuple[str, ...] = ()) -> tuple[int, str]:
    # A second in place of half a minute for other writers of the gradebook.
    program = (
        "from grading.engine import gradebook; gradebook.SECONDS_TO_WAIT = 1\n"
        "from zhixing.cli import main; main()"
    )
    call = [*prefix, sys.executable, "-c", program, "grade"]
    fixed = [ASSIGNMENT, "--course", str(course), "--mode", "sealed"]
    ran = subprocess.run([*call, *fixed, *options], capture_output=True, text=True, check=False)
    assert "Traceback" not in ran.stderr
    return ran.returncode, ran.stderr


def test_a_locked_gradebook_is_named_and_the_next_run_goes_on(course: Path) -> None:
    hand_in(course, "locked", RIGHT)
    with closing(sqlite3.connect(course / "gradebook.db")) as other:
        other.execute("BEGIN EXCLUSIVE")
        code, said = run_grade(course, "--student", "locked")
        assert (code, "成绩册用不了" in said) == (1, True), said
        other.rollback()
    code, said = run_grade(course, "--student", "locked")
    assert code == 0, said
    assert scores(course, "locked") == ALL


def test_a_gradebook_of_another_kind_is_named(course: Path, tmp_path: Path) -> None:
    copy = tmp_path / "课程"
    shutil.copytree(course, copy)
    config = copy / "nbgrader_config.py"
    config.write_text(config.read_text().replace(str(course), str(copy)))
    (copy / "gradebook.db").unlink()
    with closing(sqlite3.connect(copy / "gradebook.db")) as empty:
        empty.execute("CREATE TABLE assignment (id)")
        empty.commit()
    hand_in(copy, "one", RIGHT)
    code, said = run_grade(copy, "--student", "one")
    assert code == 1
    assert "成绩册" in said


@pytest.mark.skipif(os.getuid() != 0, reason="only root may mount a small disk")
def test_a_full_disk_costs_no_grade_that_is_written_and_is_named(course: Path) -> None:
    for name in ("full-1", "full-2"):
        hand_in(course, name, RIGHT)
    small = f'mount -t tmpfs -o size=8k none \'{course}/autograded\' && exec "$0" "$@"'
    prefix = ("unshare", "--mount", "sh", "-c", small)
    chosen = ("--student", "full-1", "--student", "full-2")
    code, said = run_grade(course, *chosen, prefix=prefix)
    assert code == 1
    assert "磁盘" in said
    code, said = run_grade(course, *chosen)
    assert code == 0, said
    assert scores(course, "full-1") == scores(course, "full-2") == ALL


def test_a_name_that_leads_elsewhere_is_nobodys(course: Path) -> None:
    for name in ("../../etc", "/etc", "."):
        code, said = run_grade(course, "--student", name)
        assert code == 1
        assert name in said
