"""Control groups of yards: found where they serve, bounded, removed; folders stand in for them."""

import os
from pathlib import Path

import pytest

from zhixing.kernels.walls import Limits
from zhixing.yard import cgroups
from zhixing.yard.cgroups import (
    JobGroups,
    NoGroupError,
    enter_group,
    is_out_of_memory,
    place_of_groups,
    remove_group,
    yard_group,
)


def group(folder: Path, counted: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cgroup.subtree_control").write_text(counted)
    (folder / "cgroup.procs").write_text("")
    return folder


@pytest.fixture
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine whose groups count in user.slice, below which this process stands."""
    group(tmp_path, "cpu memory pids")
    group(tmp_path / "user.slice", "memory pids")
    group(tmp_path / "user.slice" / "session-1.scope", "")
    own = {
        "mountinfo": f"24 22 0:21 / {tmp_path} rw,nosuid shared:4 - cgroup2 cgroup2 rw",
        "cgroup": "0::/user.slice/session-1.scope\n",
    }
    monkeypatch.setattr(cgroups, "_own", own.__getitem__)
    return tmp_path


def test_the_nearest_group_that_counts_is_taken_and_nothing_of_it_changed(top: Path) -> None:
    assert place_of_groups() == top / "user.slice"
    remove_group(yard_group(1, None))
    assert (top / "user.slice" / "cgroup.subtree_control").read_text() == "memory pids"
    (top / "user.slice" / "cgroup.subtree_control").write_text("memory")
    assert place_of_groups() == top


def test_where_no_group_counts_it_is_said_why(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in (top, top / "user.slice"):
        (folder / "cgroup.subtree_control").write_text("cpu")
    with pytest.raises(NoGroupError, match="没有可以写"):
        place_of_groups()
    monkeypatch.setattr(cgroups, "_own", lambda _: "4:memory:/x\n")
    with pytest.raises(NoGroupError, match="没有挂载 cgroup v2"):
        place_of_groups()


def test_a_place_that_may_not_be_written_is_none(
    top: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, _: "user.slice" not in str(path))
    assert place_of_groups() == top


def test_a_job_is_bounded_before_it_enters(top: Path) -> None:
    yard = yard_group(1, None)
    job = JobGroups(yard, Limits(memory_bytes=7 << 20, processes=4)).make(3)
    assert (job / "memory.max").read_text() == str(7 << 20)
    assert (job / "memory.oom.group").read_text() == "1"
    assert int((job / "pids.max").read_text()) > 4
    enter_group(job)
    assert (job / "cgroup.procs").read_text() == "0"
    for ended, count in ((False, 0), (True, 2)):
        (job / "memory.events").write_text(f"low 0\noom {count}\noom_kill {count}\n")
        assert is_out_of_memory(job) is ended
    assert (top / "user.slice") in yard.parents


def test_what_a_killed_grader_left_is_removed_and_what_lives_stays(top: Path) -> None:
    dead, living = (
        top / "user.slice" / f"zhixing-yard-{pid}-1" for pid in (2**22 + 1, os.getppid())
    )
    for folder in (dead, living):
        (folder / "server").mkdir(parents=True)
    yard_group(2, None)
    assert (dead.exists(), living.exists()) == (False, True)
