"""Every attack on the installed grader, and that each would be seen where a wall is missing."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from grading import yardexecute
from grading.doctor import compatiblerehearsal, rehearsal
from grading.doctor.attacks import ATTACKS, KINDS
from grading.doctor.files import COMPATIBLE_SPOILT, SPOILT
from grading.doctor.leftovers import children
from grading.doctor.stage import COMPATIBLE, SEALED, Stage, attacked
from grading.engine import grader
from grading.engine.graded import grade_cells
from grading.engine.verdicts import Verdict
from tests.attacked_course import attacked_course
from zhixing.yard.frames import ChannelError, receive, send

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
    stage = Stage(attacked_course(tmp_path), SEALED, before=frozenset(children()))
    walk = [attack for attack in ATTACKS if attack.name == "walk"]
    assert all(one.is_met for one in attacked(stage, walk))
    assert stage.is_printed("walk", "'[]\\n'")


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
