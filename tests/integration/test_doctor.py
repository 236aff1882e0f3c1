"""The doctor: green where the walls hold, and able to see that one does not."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from grading import yardexecute
from grading.doctor import compatiblerehearsal, rehearsal
from grading.doctor.attacks import ATTACKS, KINDS
from grading.doctor.course import attacked_course
from grading.doctor.files import COMPATIBLE_SPOILT, SPOILT
from grading.doctor.pair import cheat_source, helper_source
from grading.doctor.stage import COMPATIBLE, SEALED, Stage, attacked
from grading.engine import grader, probe
from grading.engine.graded import grade_cells
from grading.engine.verdicts import Verdict
from zhixing.yard.frames import ChannelError, receive, send
from zhixing.yard.yard import YardError

DOCTOR = [sys.executable, "-c", "from zhixing.cli import main; main()", "doctor"]


def test_every_attack_on_the_installed_grader_is_met(tmp_path: Path) -> None:
    ran = subprocess.run(
        [*DOCTOR, "--attack", "--json", "--data", str(tmp_path / "数据")],
        capture_output=True,
        text=True,
        check=False,
    )
    rows = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [row for row in rows if not row["is_met"]] == [], ran.stderr
    assert ran.returncode == 0
    told = {row["name"] for row in rows}
    assert {attack.name for attack in ATTACKS} | set(SPOILT) <= told
    alone = {"busy-memory", "cheat", "edited"}
    foreign = {"cheat", "late", "unboxed", "no-box", *COMPATIBLE_SPOILT}
    assert alone | {f"compatible-{name}" for name in foreign} <= told
    assert "全部合格" in ran.stderr
    assert not (tmp_path / "数据").exists(), "looking changes nothing"


def test_the_walk_through_the_disk_comes_to_its_end_and_finds_nothing(tmp_path: Path) -> None:
    """A walk that waits at a terminal until it is stopped proves nothing."""
    stage = Stage(attacked_course(tmp_path), SEALED)
    walk = [attack for attack in ATTACKS if attack.name == "walk"]
    assert all(one.is_met for one in attacked(stage, walk))
    assert stage.is_printed("walk", "'[]\\n'")


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


def test_a_generous_grader_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def generous(master: Any, hand_in: Any, found: Mapping[str, Mapping[str, Verdict]]) -> Any:
        told = {name: {**one, "t-total": Verdict(2.0, [])} for name, one in found.items()}
        return grade_cells(master, hand_in, told)

    monkeypatch.setattr(rehearsal, "rehearsed_in_compatible_mode", lambda *_: iter(()))
    chosen = [next(attack for attack in ATTACKS if attack.kind == kind) for kind in KINDS]
    monkeypatch.setattr(grader, "grade_cells", generous)
    monkeypatch.setattr(rehearsal, "ATTACKS", [one for one in chosen if one.kind != "exhaust"])
    monkeypatch.setattr(rehearsal, "KINDS", {k: v for k, v in KINDS.items() if k != "exhaust"})
    unmet = {one.name for one in rehearsal.rehearsed() if not one.is_met}
    wanted = {one.name for one in chosen if not one.is_honest and one.kind != "exhaust"}
    assert unmet == wanted | {"cheat"}


def test_a_pair_that_nothing_parts_is_found_out() -> None:
    """Else the attack would prove nothing: here both run without any walls."""
    tells = "\nprint('loot', LOOT)"
    with subprocess.Popen([sys.executable, "-c", helper_source()], stdout=subprocess.DEVNULL):
        cheat = [sys.executable, "-c", cheat_source() + tells]
        ran = subprocess.run(cheat, capture_output=True, text=True, check=True)
    assert "sockets" in ran.stdout.rpartition("loot")[2]


def test_learner_code_outside_of_the_box_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grading.compatible.use_safe_steps", lambda _: None)
    stage = Stage(attacked_course(tmp_path), COMPATIBLE)
    found = {one.name: one.is_met for one in compatiblerehearsal._with_steps(stage)}
    assert found == {"compatible-unboxed": False, "compatible-no-box": False}


def test_a_late_reply_that_is_taken_for_the_next_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(talk: Any, request: Mapping[str, Any], seconds: float) -> dict[str, Any] | None:
        try:
            send(talk.channel, {"id": 1, **request}, seconds)
            return receive(talk.channel, seconds)
        except ChannelError:
            return None

    monkeypatch.setattr(yardexecute.Talk, "ask", ask)
    course = attacked_course(tmp_path)
    config = course / "nbgrader_config.py"
    config.write_text(f"{config.read_text()}\nc.Execute.timeout = 1\n")
    assert not compatiblerehearsal._late(Stage(course, COMPATIBLE), 6.5).is_met
