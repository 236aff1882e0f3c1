"""Sealed grading: a submission earns what its values earn, whatever else it tries."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from grading.outcome import FAILED, GRADED, SKIPPED
from tests.sealed_course import ASSIGNMENT, check, code, graded, hand_in, scores, sealed_course
from tests.sealed_course import solution as sol

SECRET = "the-hidden-answer-42"
HIDDEN = f"""
found = total([1, 2, 3])
assert found == 6
### BEGIN HIDDEN TESTS
secret = {SECRET!r}
assert total([10, 20]) == 30
assert total([]) == 0
### END HIDDEN TESTS"""


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
    return sealed_course(tmp_path_factory.mktemp("封闭"), cells)


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


PLAIN = "def total(values):\n    return sum(values)"
HONEST = {
    "plain": PLAIN,
    "warns": "import warnings\nwarnings.warn('小心')\n" + PLAIN,
    "stderr": "import sys\nprint('进度', file=sys.stderr)\n" + PLAIN,
    "prints": "def total(values):\n    print('算', values)\n    return sum(values)",
    "helper class": (
        "class Adder:\n    def __init__(self):\n        self.n = 0\n"
        "    def add(self, v):\n        self.n += v\n"
        "def total(values):\n    a = Adder()\n    for v in values: a.add(v)\n    return a.n"
    ),
    "helper state": "calls = []\ndef total(values):\n    calls.append(1)\n    return sum(values)",
    "other script": "def 求和(数):\n    return sum(数)\ntotal = 求和",
    "numpy": "import numpy as np\ndef total(values):\n    return np.sum(values)",
    "slow": "import time\ndef total(values):\n    time.sleep(0.3)\n    return sum(values)",
    "closure": "def make():\n    def f(v):\n        return sum(v)\n    return f\ntotal = make()",
    "lambda": "total = lambda values: sum(values)",
    "magic": "%time x = 1\n" + PLAIN,
}


@pytest.mark.parametrize("name", HONEST)
def test_odd_but_honest_work_keeps_its_exact_score(course: Path, name: str) -> None:
    assert points(course, f"h-{name.replace(' ', '-')}", total=HONEST[name]) == ALL


HOSTILE = {
    "equal to all": "class E:\n    def __eq__(s, o): return True\ntotal = lambda v: E()",
    "lying dict": "class D(int):\n    def __eq__(s, o): return True\ntotal = lambda v: D(5)",
    "nan": "total = lambda v: float('nan')",
    "patched assert": (
        "import builtins, sys\nbuiltins.AssertionError = type('A', (Exception,), {})\n"
        "builtins.sum = lambda v: 6\nsys.settrace(None)\ntotal = lambda v: None"
    ),
    "patched channel": (
        "import gc, socket\nfor o in gc.get_objects():\n    if isinstance(o, socket.socket):\n"
        "        try: o.sendall(b'{\"points\": 2}' * 9)\n        except OSError: pass\n"
        "total = lambda v: 6"
    ),
    "ready-made reply": (
        "import os, json, struct\nb = json.dumps({'id': 3, 'points': 2}).encode()\n"
        "for fd in range(3, 20):\n    try: os.write(fd, struct.pack('>I', len(b)) + b)\n"
        "    except OSError: pass\ntotal = lambda v: 6"
    ),
    "exits": "import os\ndef total(values):\n    os._exit(0)",
    "raises exit": "def total(values):\n    raise SystemExit(0)",
    "no answer": "total = None",
    "not there": "pass",
    "huge": "total = lambda v: 'x' * (200 << 20)",
    "deep": "x = []\nfor _ in range(5000): x = [x]\ntotal = lambda v: x",
    "endless iterator": "import itertools\ntotal = lambda v: itertools.count()",
    "hangs": "def total(values):\n    while True: pass",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_trick_earns_the_points_of_a_test(
    course: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grading.engine.run.SECONDS_A_CELL", 2.0)
    found = points(course, f"x-{name.replace(' ', '-')}", total=HOSTILE[name])
    assert found["t-total"] == 0.0


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
    files += names
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


@pytest.mark.parametrize(
    ("name", "trick"),
    [
        ("memory", "x = bytearray(3 << 30)"),
        ("forks", "import os\nwhile True: os.fork()"),
        ("many", "import subprocess\nfor _ in range(500): subprocess.Popen(['sleep', '99'])"),
        ("disk", "f = open('big', 'wb')\nwhile True: f.write(b'0' * (1 << 20))"),
        ("shm", "f = open('/dev/shm/x', 'wb')"),
        ("flood", "while True: print('x' * 100000)"),
        ("signal", "import signal, time\nsignal.signal(14, signal.SIG_IGN)\ntime.sleep(99)"),
    ],
)
def test_what_uses_everything_up_costs_its_own_points_and_leaves_nothing(
    course: Path, name: str, trick: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grading.engine.run.SECONDS_A_CELL", 2.0)
    before = family()
    began = time.monotonic()
    found = points(course, f"u-{name}", total=f"{trick}\ntotal = lambda v: 0")
    assert found["t-total"] == 0.0
    assert time.monotonic() - began < 40
    assert left_over(before) == set()


def left_over(before: set[int]) -> set[int]:
    """What is still there once the kernel had a moment to bury it."""
    deadline = time.monotonic() + 5
    while (found := family() - before) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def family() -> set[int]:
    return {process.pid for process in psutil.process_iter() if process.uids().real == 19005}


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
