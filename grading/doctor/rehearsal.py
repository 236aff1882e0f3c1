"""Rehearsal: every attack handed in to the installed grader, and what came of it."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psutil

from grading.doctor.attacks import ATTACKS, KINDS, PLAIN, Attack
from grading.doctor.course import ASSIGNMENT, CANARY, attacked_course, hand_in
from grading.doctor.files import SPOILT, edit_all
from grading.engine.run import Run
from grading.outcome import FAILED, GRADED, Outcome
from zhixing.yard.yard import UID

ALL_POINTS = 4.0
TEST_POINTS = 2.0
SECONDS_TO_BURY = 5.0
SECONDS_A_CELL = 2.0
"""Shorter than in earnest, as several attacks run until they are stopped."""

WORDS = {"malformed": "残缺的文件", "edited": "改动笔记本", "others": "牵连别人", **KINDS}


@dataclass(frozen=True)
class Finding:
    """What came of one attack.

    Parameters
    ----------
    kind, title
        Class and words, as people read them.
    is_met
        Whether the grader did as it must.
    found
        What it did.
    """

    name: str
    kind: str
    title: str
    is_met: bool
    found: str


def rehearsed() -> Iterator[Finding]:
    """Attack the installed grader in a course of its own; findings as they come.

    Raises
    ------
    ZhixingError
        If the course cannot be made, or the grader refuses to grade at all.
    """
    with tempfile.TemporaryDirectory(prefix="zhixing-doctor-") as folder:
        course = attacked_course(Path(folder).resolve())
        before = _children()
        for kind in KINDS:
            yield from _attacked(course, [one for one in ATTACKS if one.kind == kind], before)
        yield from _spoilt(course)
        yield _edited(course)


def _attacked(course: Path, attacks: Sequence[Attack], before: set[int]) -> Iterator[Finding]:
    """All attacks of a kind, in one run, as a class of learners would hand them in.

    Parameters
    ----------
    before
        Processes of ours that have nothing to do with it.
    """
    for attack in attacks:
        source = attack.total.replace("@CANARY@", CANARY).replace("@COURSE@", str(course))
        hand_in(course, attack.name, {"s-total": source, "s-number": "number = 7"})
    outcomes = {one.username: one for one in _graded(course, [one.name for one in attacks])}
    kind = KINDS[attacks[0].kind]
    for attack in attacks:
        outcome = outcomes[attack.name]
        found = "；".join(_faults(course, attack, outcome))
        words = f"得 {outcome.score or 0:g} 分"
        yield Finding(attack.name, kind, attack.title, not found, found or words)
    left = len(_left(before))
    words = f"留下了 {left} 个" if left else "一个也没有"
    yield Finding(f"{attacks[0].kind}-left", kind, "批完以后留下的进程", not left, words)


def _faults(course: Path, attack: Attack, outcome: Outcome) -> Iterator[str]:
    if outcome.state != GRADED:
        yield f"没有批成：{outcome.reason}"
        return
    points = _points(course, attack.name)["t-total"]
    wanted = TEST_POINTS if attack.is_honest else 0.0
    if points != wanted:
        yield f"检查给了 {points:g} 分，应是 {wanted:g} 分"
    graded = course / "autograded" / attack.name / ASSIGNMENT
    # The source of an attack names the text it looks for; only what it printed counts.
    if not attack.is_honest and _leaks(graded):
        yield "隐藏的检查出现在输出里"


def _leaks(graded: Path) -> bool:
    import nbformat

    return any(
        CANARY in str(output)
        for path in graded.glob("*.ipynb")
        for cell in nbformat.read(path, as_version=4).cells
        for output in cell.get("outputs", ())
    )


def _spoilt(course: Path) -> Iterator[Finding]:
    """Broken hand-ins, each by itself, graded in one run with an honest one between them."""
    for name, (_, spoil) in SPOILT.items():
        spoil(hand_in(course, name, {}), course)
    hand_in(course, "neighbour", {"s-total": PLAIN, "s-number": "number = 7"})
    outcomes = {one.username: one for one in _graded(course, [*SPOILT, "neighbour"])}
    for name, (title, _) in SPOILT.items():
        one = outcomes[name]
        is_met = one.state == FAILED and bool(one.reason)
        yield Finding(name, WORDS["malformed"], title, is_met, one.reason or f"{one.score:g} 分")
    fine = outcomes["neighbour"]
    title = "同一批里别人的老实作业"
    found = f"得 {fine.score or 0:g} 分{fine.reason}"
    yield Finding("neighbour", WORDS["others"], title, fine.score == ALL_POINTS, found)


def _edited(course: Path) -> Finding:
    edit_all(hand_in(course, "edited", {"s-total": PLAIN, "s-number": "number = 7"}))
    [outcome] = _graded(course, ["edited"])
    is_met = outcome.state == GRADED and (outcome.score, outcome.max_score) == (
        ALL_POINTS,
        ALL_POINTS,
    )
    title = "改分值、类型、次序，添孪生单元格"
    found = f"得 {outcome.score or 0:g} 分，满分 {outcome.max_score or 0:g}"
    return Finding("edited", WORDS["edited"], title, is_met, found + outcome.reason)


def _graded(course: Path, usernames: Sequence[str]) -> list[Outcome]:
    run = Run(course, ASSIGNMENT, seconds_a_cell=SECONDS_A_CELL)
    return list(run.outcomes(run.plan(usernames, again=True), jobs=2))


def _points(course: Path, username: str) -> dict[str, float]:
    with closing(sqlite3.connect(course / "gradebook.db")) as connection:
        rows = connection.execute(
            "SELECT c.name, g.auto_score + coalesce(g.manual_score, 0) FROM grade g"
            " JOIN base_cell c ON c.id = g.cell_id"
            " JOIN submitted_notebook b ON b.id = g.notebook_id"
            " JOIN submitted_assignment s ON s.id = b.assignment_id WHERE s.student_id = ?",
            (username,),
        ).fetchall()
    return dict(rows)


def _left(before: set[int]) -> set[int]:
    """Processes of learner code that are still there when the kernel had a moment to bury them."""
    deadline = time.monotonic() + SECONDS_TO_BURY
    while (found := _children() - before | _orphans()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def _children() -> set[int]:
    return {child.pid for child in psutil.Process().children(recursive=True)}


def _orphans() -> set[int]:
    """Processes of a yard whose grader is gone; those of another grader at work are its own."""
    return {
        process.pid
        for process in psutil.process_iter(["uids"])
        if process.info["uids"] and process.info["uids"].real == UID and _is_orphan(process)
    }


def _is_orphan(process: psutil.Process) -> bool:
    try:
        ancestors = process.parents()
        return all(one.pid == 1 or one.uids().real == UID for one in ancestors)
    except psutil.NoSuchProcess:
        return False
