"""Commands of grading: what a trainer or a maintainer runs over a whole lesson."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.progress import track
from sqlalchemy.exc import SAWarning

from grading.autograding import (
    FAILED,
    GRADED,
    SKIPPED,
    WAITING,
    Outcome,
    autograde,
    submitted_usernames,
)
from zhixing.errors import ZhixingError

TALK = {
    GRADED: "已批完",
    WAITING: "待人工批改",
    SKIPPED: "没有变化，没有重批",
    FAILED: "没有批成",
}


@click.command()
@click.argument("assignment")
@click.option(
    "--course",
    "course_dir",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of the nbgrader course.",
)
@click.option("--again", is_flag=True, help="Also grade what is graded and has not changed.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a hand-in.")
def grade(assignment: str, course_dir: Path, *, again: bool, as_json: bool) -> None:
    """Autograde every collected hand-in of an assignment, learner code in a box."""
    try:
        usernames = submitted_usernames(course_dir, assignment)
    except ZhixingError as error:
        raise click.ClickException(str(error)) from error
    # nbgrader's own queries under SQLAlchemy 2.1; nothing that whoever grades could do about.
    warnings.filterwarnings("ignore", category=SAWarning, module="nbgrader")
    outcomes = []
    for outcome in _watched(autograde(course_dir, assignment, usernames, again=again), usernames):
        outcomes.append(outcome)
        if as_json:
            click.echo(json.dumps(asdict(outcome), ensure_ascii=False))
    _tell(outcomes, assignment)
    if any(outcome.state == FAILED for outcome in outcomes):
        raise SystemExit(1)


def _watched(outcomes: Iterable[Outcome], usernames: list[str]) -> Iterable[Outcome]:
    console = Console(stderr=True)
    return track(outcomes, description="自动批改", total=len(usernames), console=console)


def _tell(outcomes: list[Outcome], assignment: str) -> None:
    for outcome in outcomes:
        if outcome.state == FAILED:
            click.echo(f"{outcome.username}：{outcome.reason}", err=True)
    counts = "，".join(
        f"{word} {number} 份"
        for state, word in TALK.items()
        if (number := sum(outcome.state == state for outcome in outcomes))
    )
    click.echo(f"《{assignment}》共 {len(outcomes)} 份：{counts}。", err=True)
