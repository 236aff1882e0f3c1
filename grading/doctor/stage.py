"""Stage: the course that is attacked, graded in one mode, and what stands of it afterwards."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from grading.autograding import run_of
from grading.doctor.attacks import KINDS, PLAIN, Attack
from grading.doctor.course import ASSIGNMENT, CANARY, forget, hand_in
from grading.doctor.files import Spoil
from grading.doctor.finding import Finding
from grading.doctor.leftovers import left
from grading.outcome import FAILED, GRADED, Outcome

ALL_POINTS = 4.0
TEST_POINTS = 2.0
RIGHT = {"s-total": PLAIN, "s-number": "number = 7"}

SEALED, COMPATIBLE = "sealed", "compatible"
_WORD = {SEALED: "", COMPATIBLE: "（兼容模式）"}


@dataclass(frozen=True)
class Stage:
    """A course and how it is graded.

    Parameters
    ----------
    before
        Processes of ours that have nothing to do with it.
    """

    course: Path
    mode: str
    before: frozenset[int] = frozenset()

    def graded(self, *usernames: str) -> dict[str, Outcome]:
        """Grade them in one run, as a class hands in."""
        run = run_of(self.course, ASSIGNMENT, self.mode)
        told = run.outcomes(run.plan(usernames, again=True), jobs=2)
        return {one.username: one for one in told}

    def finding(self, name: str, kind: str, title: str, *, is_met: bool, found: str) -> Finding:
        """A finding of this mode, under a name that no other mode has."""
        own = name if self.mode == SEALED else f"{self.mode}-{name}"
        return Finding(own, kind + _WORD[self.mode], title, is_met, found)

    def points(self, username: str) -> dict[str, float]:
        """Points of each cell in the gradebook."""
        with closing(sqlite3.connect(self.course / "gradebook.db")) as connection:
            rows = connection.execute(
                "SELECT c.name, g.auto_score + coalesce(g.manual_score, 0) FROM grade g"
                " JOIN base_cell c ON c.id = g.cell_id"
                " JOIN submitted_notebook b ON b.id = g.notebook_id"
                " JOIN submitted_assignment s ON s.id = b.assignment_id WHERE s.student_id = ?",
                (username,),
            ).fetchall()
        return dict(rows)

    def is_printed(self, username: str, text: str) -> bool:
        """Whether an output of a graded notebook says something; sources do not count."""
        import nbformat

        folder = self.course / "autograded" / username / ASSIGNMENT
        return any(
            text in str(output)
            for path in folder.glob("*.ipynb")
            for cell in nbformat.read(path, as_version=4).cells
            for output in cell.get("outputs", ())
        )


def attacked(stage: Stage, attacks: Sequence[Attack]) -> Iterator[Finding]:
    """All attacks of a kind, in one run, as a class of learners would hand them in."""
    for attack in attacks:
        source = attack.total.replace("@CANARY@", CANARY).replace("@COURSE@", str(stage.course))
        hand_in(stage.course, attack.name, {**RIGHT, "s-total": source})
    outcomes = stage.graded(*(one.name for one in attacks))
    kind = KINDS[attacks[0].kind]
    for attack in attacks:
        outcome = outcomes[attack.name]
        found = "；".join(_faults(stage, attack, outcome))
        words = found or f"得 {outcome.score or 0:g} 分"
        yield stage.finding(attack.name, kind, attack.title, is_met=not found, found=words)
    number = len(left(set(stage.before)))
    words = f"留下了 {number} 个" if number else "一个也没有"
    name, title = f"{attacks[0].kind}-left", "批完以后留下的进程"
    yield stage.finding(name, kind, title, is_met=not number, found=words)


def _faults(stage: Stage, attack: Attack, outcome: Outcome) -> Iterator[str]:
    if outcome.state != GRADED:
        yield f"没有批成：{outcome.reason}"
        return
    points = stage.points(attack.name)["t-total"]
    wanted = TEST_POINTS if attack.is_honest else 0.0
    if points != wanted:
        yield f"检查给了 {points:g} 分，应是 {wanted:g} 分"
    # In compatible mode a test that fails says so with its own source, to the trainer.
    is_sealed = stage.mode == SEALED and not attack.is_honest
    if is_sealed and stage.is_printed(attack.name, CANARY):
        yield "隐藏的检查出现在输出里"


def spoilt(
    stage: Stage, files: Mapping[str, tuple[str, Spoil]], kinds: tuple[str, str]
) -> Iterator[Finding]:
    """Broken hand-ins, each by itself, graded in one run with an honest one after them.

    Parameters
    ----------
    kinds
        Words for what is broken, and for the honest one.
    """
    hand_in(stage.course, "neighbour", RIGHT)
    for name, (_, spoil) in files.items():
        forget(stage.course, name)
        spoil(hand_in(stage.course, name, {}), stage.course)
    outcomes = stage.graded(*files, "neighbour")
    for name, (title, _) in files.items():
        one = outcomes[name]
        is_met = one.state == FAILED and bool(one.reason)
        found = one.reason or f"得 {one.score or 0:g} 分"
        yield stage.finding(name, kinds[0], title, is_met=is_met, found=found)
    fine = outcomes["neighbour"]
    title, is_met = "同一批里别人的老实作业", fine.score == ALL_POINTS
    found = f"得 {fine.score or 0:g} 分{fine.reason}"
    yield stage.finding("neighbour", kinds[1], title, is_met=is_met, found=found)
