"""The command ``zhixing doctor``."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from grading.doctor.finding import Finding
from grading.doctor.fitness import Fitness, looked_at
from grading.doctor.rehearsal import rehearsed
from zhixing.errors import ZhixingError
from zhixing.settings import Settings, settings_from_environ


@click.command()
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the platform's data; ZHIXING_DATA, else ./data.",
)
@click.option("--attack", is_flag=True, help="Also attack the installed grader (some minutes).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def doctor(data: Path | None, *, attack: bool, as_json: bool) -> None:
    """See whether this machine is fit, and whether the grader's walls hold."""
    settings = settings_from_environ(
        {"ZHIXING_DATA": "data", "ZHIXING_COURSES": "courses", **os.environ}
        | ({"ZHIXING_DATA": str(data)} if data else {})
    )
    is_well = _fit(settings, as_json=as_json)
    if attack:
        is_well = _attack(as_json=as_json) and is_well
    if not is_well:
        raise SystemExit(1)


def _fit(settings: Settings, *, as_json: bool) -> bool:
    rows = looked_at(settings.data, settings.records_url)
    report = Report("机器和安装", ("项目", "看到的"), as_json=as_json)
    for one in rows:
        report.add(one, one.title, one.found)
    return report.tell()


def _attack(*, as_json: bool) -> bool:
    report = Report("对批改程序的攻击", ("类别", "做法", "结果"), as_json=as_json)
    try:
        for one in rehearsed():
            report.add(one, one.kind, one.title, one.found)
    except ZhixingError as error:
        raise click.ClickException(str(error)) from error
    return report.tell()


class Report:
    """A table that says of each row whether it is as it must be.

    Parameters
    ----------
    as_json
        Whether to print each row as a JSON line when it comes, and no table.
    """

    def __init__(self, title: str, columns: Sequence[str], *, as_json: bool) -> None:
        self._title, self._as_json = title, as_json
        self._table = Table("", *columns, title=title, title_justify="left")
        self._total = self._unmet = 0

    def add(self, row: Fitness | Finding, *cells: str) -> None:
        """Take a row in."""
        self._total += 1
        self._unmet += not row.is_met
        if self._as_json:
            click.echo(json.dumps(asdict(row), ensure_ascii=False))
            return
        # Never by colour alone.
        mark = "[green]✓ 合格[/]" if row.is_met else "[red]✗ 不合格[/]"
        self._table.add_row(mark, *map(escape, cells))
        if sys.stderr.isatty():
            click.echo(f"\r{self._title}：{self._total}", err=True, nl=False)

    def tell(self) -> bool:
        """Print it with a summary; whether all rows are as they must be."""
        if not self._as_json:
            Console().print(self._table)
        words = f"，{self._unmet} 项不合格，请看上面的说明" if self._unmet else "，全部合格"
        click.echo(f"{self._title}：{self._total} 项{words}。", err=True)
        return not self._unmet
