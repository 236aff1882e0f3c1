"""Grade bench: submissions a second against stock nbgrader, sandbox and sealed grading on."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from grading.bench import codecourse, questioncourse
from grading.bench.sides import Cost, SideError, gradebook_rows, ours, stock, write_config

GOALS = {"grade-code": 20, "grade-questions": 150}
"""Submissions a second, as a multiple of stock (issue 3)."""


@dataclass(frozen=True)
class Plan:
    """How a course comes about: its sources, its hand-ins, what only our side is given."""

    assignment: str
    write_course: Callable[[Path], None]
    write_hand_ins: Callable[[Path, Sequence[str]], None]
    give_ours: Callable[[Path], None]


@click.command()
@click.option("--submissions", default=100, show_default=True, help="Hand-ins of each side.")
@click.option(
    "--peer-submissions", help="Fewer for the slow peer; its rate is what counts.", type=int
)
@click.option("--jobs", default=2, show_default=True, help="Workers of ours; stock has one.")
@click.option("--json", "as_json", is_flag=True, help="Only JSON lines on standard output.")
def grade(submissions: int, peer_submissions: int | None, jobs: int, *, as_json: bool) -> None:
    """Hand-ins graded a second, against stock nbgrader."""
    peers = min(peer_submissions or submissions, submissions)
    plans = {
        "grade-code": Plan(
            codecourse.ASSIGNMENT,
            codecourse.write_code_course,
            codecourse.write_code_hand_ins,
            lambda _: None,
        ),
        "grade-questions": Plan(
            questioncourse.ASSIGNMENT,
            questioncourse.write_question_course,
            questioncourse.write_question_hand_ins,
            questioncourse.restore_sources,
        ),
    }
    for name, plan in plans.items():
        with tempfile.TemporaryDirectory(prefix="zx-bench-") as folder:
            row = _measured(Path(folder), name, plan, (submissions, peers), jobs)
        click.echo(json.dumps(row, ensure_ascii=False))
        if not as_json:
            is_met = "met" if row["ratio"] >= GOALS[name] else "missed"
            click.echo(f"{name}: goal of {GOALS[name]} times stock {is_met}", err=True)


def _measured(
    folder: Path, name: str, plan: Plan, sizes: tuple[int, int], jobs: int
) -> dict[str, Any]:
    submissions, peers = sizes
    master = folder / "master"
    master.mkdir()
    plan.write_course(master)
    write_config(master)
    stock(master, "generate_assignment", plan.assignment, "--create", "--force")
    sides = {}
    for side, count in (("ours", submissions), ("one", submissions), ("peer", peers)):
        sides[side] = folder / side
        shutil.copytree(master, sides[side])
        write_config(sides[side])
        plan.write_hand_ins(sides[side], [f"u{number:04d}" for number in range(count)])
    for side in ("ours", "one"):
        plan.give_ours(sides[side])
    two = ours(sides["ours"], plan.assignment, jobs)
    one = ours(sides["one"], plan.assignment, 1)
    peer = stock(sides["peer"], "autograde", plan.assignment)
    _require_equal(sides, peers)
    return _row(name, (two, one, peer), sizes, jobs)


def _require_equal(sides: dict[str, Path], peers: int) -> None:
    known = {f"u{number:04d}" for number in range(peers)}
    rows = {side: gradebook_rows(place) for side, place in sides.items()}
    same = [row for row in rows["ours"] if row[1] in known]
    if same != rows["peer"] or rows["ours"] != rows["one"]:
        different = sorted(set(map(str, same)) ^ set(map(str, rows["peer"])))[:6]
        raise SideError(f"gradebooks differ: {different}")


def _row(
    name: str, costs: tuple[Cost, Cost, Cost], sizes: tuple[int, int], jobs: int
) -> dict[str, Any]:
    two, one, peer = costs
    submissions, peers = sizes
    rate, peer_rate = submissions / two.seconds, peers / peer.seconds
    cpu, peer_cpu = two.cpu_seconds / submissions, peer.cpu_seconds / peers
    return {
        "name": name,
        "ours": round(rate, 2),
        "peer": round(peer_rate, 3),
        "ratio": round(rate / peer_rate, 1),
        "cpu_ours": round(cpu, 4),
        "cpu_peer": round(peer_cpu, 3),
        "cpu_share": round(cpu / peer_cpu, 4),
        "peak_mb": round(two.peak_mb),
        "workers_gain": round(one.seconds / two.seconds, 2),
        "jobs": jobs,
        "submissions": submissions,
        "peer_submissions": peers,
    }
