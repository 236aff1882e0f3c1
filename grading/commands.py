"""Commands of grading: what a trainer or a maintainer runs over a whole lesson."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import click

from grading.autograding import run_of, submitted_usernames
from grading.engine.batchrun import Plan
from grading.outcome import FAILED, Outcome
from zhixing.errors import ZhixingError

MODES = {
    "sealed": "封闭批改：检查在另一个沙箱里，学员的代码碰不到。",
    "compatible": "兼容模式：检查与学员的代码同在一个沙箱（与 nbgrader 相同），可能受其干扰。",
}
"""How the scores came about, said with every report."""


@click.command()
@click.argument("assignment")
@click.option(
    "--course",
    "course_dir",
    required=True,
    type=click.Path(path_type=Path),
    help="Folder of the nbgrader course.",
)
@click.option("--jobs", type=click.IntRange(1, 64), help="Hand-ins at once; as many as cores.")
@click.option("--cluster", default="", metavar="URL", help="Dask scheduler, tcp:// or tls://.")
@click.option("--force", "--again", "again", is_flag=True, help="Also what has not changed.")
@click.option("--student", "students", multiple=True, help="Only this person; may be repeated.")
@click.option(
    "--mode",
    type=click.Choice(["auto", "sealed", "compatible"]),
    default="auto",
    show_default=True,
    help="Whether tests are kept from learner code; auto: in courses made with Zhixing.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be graded and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a hand-in.")
def grade(
    assignment: str,
    course_dir: Path,
    *,
    jobs: int | None,
    cluster: str,
    again: bool,
    students: Sequence[str],
    mode: str,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Autograde every collected hand-in of an assignment, learner code in a box."""
    _require_folder(course_dir)
    try:
        run = run_of(course_dir, assignment, mode)
        plan = run.plan(_chosen(course_dir, assignment, students), again=again)
        if dry_run:
            _tell_plan(plan, assignment, as_json=as_json)
            return
        outcomes = _collected(run.outcomes(plan, jobs or _cores(), cluster), plan, as_json=as_json)
    except ZhixingError as error:
        raise click.ClickException(str(error)) from error
    _tell(outcomes, assignment, run.mode)
    if any(outcome.state == FAILED for outcome in outcomes):
        raise SystemExit(1)


def _require_folder(course_dir: Path) -> None:
    # A course that is not there is no slip in the options: exit 1, like an assignment that is not.
    if not course_dir.is_dir():
        raise click.ClickException(f"没有课程文件夹 {course_dir}。请核对 --course 的路径。")


def _cores() -> int:
    return len(os.sched_getaffinity(0))


def _chosen(course_dir: Path, assignment: str, students: Sequence[str]) -> list[str]:
    usernames = submitted_usernames(course_dir, assignment)
    unknown = sorted(set(students) - set(usernames))
    if unknown:
        raise click.ClickException(
            f"没有收到 {'、'.join(unknown)} 的《{assignment}》。请核对用户名，或先收卷。"
        )
    return [name for name in usernames if not students or name in students]


def _tell_plan(plan: Plan, assignment: str, *, as_json: bool) -> None:
    if as_json:
        told = {"to_grade": plan.to_grade, "done": plan.done}
        click.echo(json.dumps(told, ensure_ascii=False))
    click.echo(
        f"《{assignment}》将批改 {len(plan.to_grade)} 份，"
        f"{len(plan.done)} 份没有变化。什么都没有写。",
        err=True,
    )


def _collected(outcomes: Iterable[Outcome], plan: Plan, *, as_json: bool) -> list[Outcome]:
    found = []
    for outcome in _watched(outcomes, len(plan.to_grade) + len(plan.done)):
        found.append(outcome)
        if as_json:
            click.echo(json.dumps(asdict(outcome), ensure_ascii=False))
    return found


def _watched(outcomes: Iterable[Outcome], total: int) -> Iterator[Outcome]:
    """Show how far it is, how fast, how long it will take and how many failed."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as Remaining

    columns = (
        TextColumn("自动批改"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]} 份/秒"),
        TextColumn("还要"),
        Remaining(),
        TextColumn("{task.fields[failed]}"),
    )
    # No thread of its own: workers are forked from this process.
    with Progress(*columns, console=Console(stderr=True), auto_refresh=False) as progress:
        task = progress.add_task("", total=total, rate="", failed="")
        began, failed = time.monotonic(), 0
        for done, outcome in enumerate(outcomes, start=1):
            failed += outcome.state == FAILED
            rate = done / max(0.001, time.monotonic() - began)
            words = f"{failed} 份没有批成" if failed else ""
            progress.update(task, advance=1, rate=f"{rate:.1f}", failed=words, refresh=True)
            yield outcome


def _tell(outcomes: Sequence[Outcome], assignment: str, mode: str) -> None:
    from grading.summary import TALK, print_summary

    print_summary(outcomes, assignment)
    counts = "，".join(
        f"{word} {number} 份"
        for state, word in TALK.items()
        if (number := sum(outcome.state == state for outcome in outcomes))
    )
    click.echo(f"《{assignment}》共 {len(outcomes)} 份：{counts or '没有要批的'}。", err=True)
    click.echo(MODES[mode], err=True)
