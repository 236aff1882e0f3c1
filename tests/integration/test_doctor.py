"""The doctor: green where the walls hold, and able to see that one does not."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from grading.doctor.pair import cheat_source, helper_source
from grading.engine import probe
from zhixing.yard.yard import YardError

DOCTOR = [sys.executable, "-c", "from zhixing.cli import main; main()", "doctor"]


def test_what_is_unfit_is_named_with_the_next_step(tmp_path: Path) -> None:
    records = tmp_path / "records.db"
    records.write_text("这不是数据库")
    ran = subprocess.run(
        [*DOCTOR, "--json", "--data", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "ZHIXING_DATABASE_URL": f"sqlite:///{records}"},
    )
    rows = {row["name"]: row for row in map(json.loads, ran.stdout.splitlines())}
    assert ran.returncode == 1
    assert not rows["records"]["is_met"]
    assert rows["isolation"]["is_met"]
    assert "Traceback" not in ran.stderr


def test_the_probe_gets_out_where_there_are_no_walls() -> None:
    """Else a wall that is missing would not be seen: here the probe runs without any."""
    ran = subprocess.run(
        [sys.executable, "-c", probe._source([Path(__file__).parent])],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "MY_TOKEN": "secret"},
    )
    out = {name for name, what in json.loads(ran.stdout).items() if what}
    assert {"files", "processes", "parent", "network", "environment", "memory"} <= out


class OpenYard:
    """Says of a job what a yard without walls would let the probe find."""

    def start(self, *_: object) -> int:
        return 1

    def end(self, _: int) -> str:
        return ""


def test_a_grader_whose_probe_gets_out_grades_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "escapes", lambda *_: {"network": "[2, 10]", "files": ""})
    with pytest.raises(YardError, match="使用网络"):
        probe.require_walls(OpenYard())  # type: ignore[arg-type]


def test_a_pair_that_nothing_parts_is_found_out() -> None:
    """Else the attack would prove nothing: here both run without any walls."""
    tells = "\nprint('loot', LOOT)"
    helps = [sys.executable, "-u", "-c", helper_source()]
    with subprocess.Popen(helps, stdout=subprocess.PIPE) as helper:
        assert helper.stdout is not None
        helper.stdout.readline()  # said once all signs are left
        cheat = [sys.executable, "-c", cheat_source() + tells]
        ran = subprocess.run(cheat, capture_output=True, text=True, check=True)
    assert "sockets" in ran.stdout.rpartition("loot")[2]
