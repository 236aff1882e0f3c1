"""Rehearsal: every attack handed in to the installed grader, and what came of it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from grading.doctor.attacks import ATTACKS, KINDS
from grading.doctor.compatiblerehearsal import rehearsed_in_compatible_mode
from grading.doctor.course import attacked_course, hand_in
from grading.doctor.files import SPOILT, edit_all
from grading.doctor.finding import Finding
from grading.doctor.leftovers import children
from grading.doctor.pair import paired
from grading.doctor.queue import queued
from grading.doctor.stage import ALL_POINTS, COMPATIBLE, RIGHT, SEALED, Stage, attacked, spoilt
from grading.outcome import GRADED

SECONDS_A_CELL = 2
"""Shorter than in earnest, as several attacks run until they are stopped."""

SECONDS_UNTIL_LATE = SECONDS_A_CELL + 5.5
"""After which compatible mode, with its grace, waits for no reply."""

WORDS = {"malformed": "残缺的文件", "edited": "改动笔记本", "others": "牵连别人", **KINDS}


def rehearsed() -> Iterator[Finding]:
    """Attack the installed grader in a course of its own; findings as they come.

    Raises
    ------
    ZhixingError
        If the course cannot be made, or the grader refuses to grade at all.
    """
    with tempfile.TemporaryDirectory(prefix="zhixing-doctor-") as folder:
        course = attacked_course(Path(folder).resolve())
        config = course / "nbgrader_config.py"
        config.write_text(f"{config.read_text()}\nc.Execute.timeout = {SECONDS_A_CELL}\n")
        before = frozenset(children())
        sealed = Stage(course, SEALED, before)
        for kind in KINDS:
            yield from attacked(sealed, [one for one in ATTACKS if one.kind == kind])
        yield queued(WORDS["exhaust"])
        yield from spoilt(sealed, SPOILT, (WORDS["malformed"], WORDS["others"]))
        yield paired(sealed, WORDS["others"])
        yield _edited(sealed)
        compatible = Stage(course, COMPATIBLE, before)
        yield from rehearsed_in_compatible_mode(compatible, ATTACKS, SECONDS_UNTIL_LATE)


def _edited(stage: Stage) -> Finding:
    edit_all(hand_in(stage.course, "edited", RIGHT))
    outcome = stage.graded("edited")["edited"]
    is_met = outcome.state == GRADED and (outcome.score, outcome.max_score) == (
        ALL_POINTS,
        ALL_POINTS,
    )
    title = "改分值、类型、次序，添孪生单元格"
    found = f"得 {outcome.score or 0:g} 分，满分 {outcome.max_score or 0:g}{outcome.reason}"
    return stage.finding("edited", WORDS["edited"], title, is_met=is_met, found=found)
