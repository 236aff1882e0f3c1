"""Pair: a hand-in that tries to help another which is graded at the same time."""

from __future__ import annotations

from grading.doctor.attacks import PLAIN
from grading.doctor.course import hand_in
from grading.doctor.finding import Finding
from grading.doctor.stage import RIGHT, Stage
from grading.engine.probe import neighbour_source
from grading.outcome import GRADED

SECONDS = 1.4
"""How long either stays: less than a cell may run, and enough for both to be there at once."""

HELPER, CHEAT = "helper", "cheat"


def helper_source() -> str:
    """What leaves a sign in every way that one job might reach another."""
    return f"import time\nexec({neighbour_source(1)!r})\ntime.sleep({SECONDS})\n{PLAIN}"


def cheat_source() -> str:
    """What looks for such a sign, and earns points only with it."""
    return f"""
import time
LOOT, until = [], time.monotonic() + {SECONDS}
while not LOOT and time.monotonic() < until:
    exec({neighbour_source(2)!r})
    LOOT = [name for name, what in found.items() if what]
    time.sleep(0.05)
def total(values):
    return sum(values) if LOOT else None
"""


def paired(stage: Stage, kind: str) -> Finding:
    """Grade both at once."""
    hand_in(stage.course, HELPER, {**RIGHT, "s-total": helper_source()})
    hand_in(stage.course, CHEAT, {**RIGHT, "s-total": cheat_source()})
    outcome = stage.graded(HELPER, CHEAT)[CHEAT]
    points = stage.points(CHEAT).get("t-total", 0.0)
    is_met = outcome.state == GRADED and not points
    found = f"检查给了 {points:g} 分{outcome.reason}"
    return stage.finding(CHEAT, kind, "与同时批改的作业串通", is_met=is_met, found=found)
