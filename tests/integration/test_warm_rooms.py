"""Warm kernels of one box: no network, no neighbour, no stranger's file, and as quick as ever."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.running_platform import ROOT
from zhixing.kernels.box import Box, command_from_box, python_folders, system_folders
from zhixing.kernels.bubblewrap import bubblewrap_program

UID = 19004


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    """What three kernels of a boxed service told, as the dashboards' service has them."""
    tests = str(ROOT / "tests")
    box = Box(
        bwrap=bubblewrap_program(),
        uid=UID,
        read_only=(*system_folders(), *python_folders(), (tests, tests)),
    )
    program = [sys.executable, f"{tests}/kernels_in_rooms.py", "/tmp"]
    ran = subprocess.run(
        command_from_box(sys.executable, box, program),
        env={"PATH": "/usr/bin:/bin", "HOME": "/tmp", "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def test_a_kernel_sees_its_own_room_and_no_other(told: dict[str, Any]) -> None:
    assert told["rooms"] == [told["own"]]
    assert told["secret"] == "FileNotFoundError"
    assert told["write"] == "OSError"
    assert told["home"] == "1"
    assert Path(told["cwd"]).parent.name == told["own"]


def test_a_kernel_sees_no_process_and_no_secret_of_whoever_started_it(
    told: dict[str, Any],
) -> None:
    assert told["processes"] == []
    assert "ZHIXING_SECRET" not in told["environ"]
    assert {"HOME", "IPYTHONDIR", "PYTHONSAFEPATH"} <= set(told["environ"])


def test_a_kernel_has_no_network_and_makes_no_namespace(told: dict[str, Any]) -> None:
    assert told["network"] == "OSError", "its own network reaches nobody, not even itself"
    assert told["divide"] == "-1"


def test_two_kernels_of_a_box_cannot_talk(told: dict[str, Any]) -> None:
    assert told["neighbour"] == ["ConnectionRefusedError", []]


def test_a_kernel_works_is_interrupted_and_restarted_like_any_other(told: dict[str, Any]) -> None:
    assert "𠮷龑" in told["pandas"]
    assert told["after interrupt"] == told["after restart"] == "42"
    assert told["same place"]


def test_nothing_is_left_of_kernels_that_ended(told: dict[str, Any]) -> None:
    assert told["left"] == [".server"]


def test_only_the_first_kernel_waits_for_the_fork_server(told: dict[str, Any]) -> None:
    first, *others = told["seconds"]
    assert max(others) < first
