"""Two jobs of one yard, at the same time, are nothing to each other."""

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from grading.engine.probe import NEIGHBOUR, escapes, neighbour_source
from tests.yard_job import said, yard_job
from zhixing.yard.yard import Yard


@pytest.fixture(scope="module")
def yard() -> Iterator[Yard]:
    with Yard("zhixing.yard.learner") as opened:
        yield opened


def test_no_way_leads_from_one_job_to_the_other(yard: Yard) -> None:
    assert {name for name, what in escapes(yard).items() if what} == set()


def test_the_probe_sees_two_neighbours_talk_where_nothing_parts_them() -> None:
    """Else a wall between two jobs that is missing would not be seen."""
    first = [sys.executable, "-c", f"{neighbour_source(1)}\ninput()"]
    with subprocess.Popen(first, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as held:
        assert held.stdout is not None
        held.stdout.readline()
        other = [sys.executable, "-c", neighbour_source(2)]
        ran = subprocess.run(other, capture_output=True, text=True, check=True)
        held.communicate(b"\n")
    found = {name for name, what in json.loads(ran.stdout).items() if what}
    assert found == set(NEIGHBOUR)


def test_no_file_of_the_system_tells_a_job_that_another_reads_it(yard: Yard) -> None:
    source = """
import ctypes, errno, fcntl, os
libc = ctypes.CDLL(None, use_errno=True)
told = [libc.inotify_init1(0), ctypes.get_errno() == errno.EPERM]
for command in (1024, 1026):
    told.append(libc.fcntl(os.open(os.__file__, os.O_RDONLY), command, 0))
# What stands above the 32 bits that the kernel reads must not fool the filter.
told.append(libc.syscall(72, 0, ctypes.c_long((1 << 32) + 1024), 0))
print(told)
"""
    with yard_job(yard) as one:
        assert said(one, source).strip() == "[-1, True, -1, -1, -1]"


def test_a_job_alone_still_has_a_terminal_and_a_database_of_its_own(yard: Yard) -> None:
    source = """
import fcntl, sqlite3
fcntl.flock(open("mine", "w"), fcntl.LOCK_EX)
for mode in ("delete", "wal"):
    one = sqlite3.connect(f"{mode}.db")
    one.execute(f"PRAGMA journal_mode={mode}")
    one.execute("CREATE TABLE t (a)")
    one.execute("INSERT INTO t VALUES (7)")
    one.commit()
    print(sqlite3.connect(f"{mode}.db").execute("SELECT a FROM t").fetchall())
!echo 好
"""
    with yard_job(yard) as one:
        assert said(one, source).split() == ["[(7,)]", "[(7,)]", "好"]
