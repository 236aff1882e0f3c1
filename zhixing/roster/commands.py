"""The command ``zhixing roster``: template, import, and a new one-time password."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from zhixing.errors import ZhixingError
from zhixing.records.accounts import reset_password
from zhixing.records.store import Store
from zhixing.roster.handout import write_handout
from zhixing.roster.importing import (
    NewAccount,
    Plan,
    hashes_of,
    new_accounts,
    plan_import,
    write_plan,
)
from zhixing.roster.place import conditions_from_settings, opened_store, settings_from_options
from zhixing.roster.problem import RosterError
from zhixing.roster.report import plan_json, plan_lines, problem_lines, problems_json
from zhixing.roster.template import write_template

TERMINAL = "-"
"""``--passwords-out -`` prints the passwords instead of writing a file."""

_data = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="Data folder of the platform; else ZHIXING_DATA.",
)


@dataclass(frozen=True)
class _Wish:
    """What the command line asked for."""

    file: Path
    is_dry_run: bool
    as_json: bool
    passwords_out: str


@click.group()
def roster() -> None:
    """Bring people, units and roles in from Excel."""


@roster.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), default="花名册模板.xlsx")
def template(file: Path) -> None:
    """Write an Excel template with headers, lists to choose from and a guide."""
    with _told():
        if file.suffix != ".xlsx":
            raise ZhixingError(f"文件名是“{file.name}”，应以 .xlsx 结尾。请换一个文件名。")
        if file.exists():
            raise ZhixingError(f"{file} 已存在，不会覆盖。请换一个文件名。")
        write_template(file)
    click.echo(file)


@roster.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Check and show; write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a machine.")
@click.option(
    "--passwords-out",
    default="",
    help="New file (.xlsx or .csv) for the one-time passwords of new people; - prints them.",
)
@_data
def import_(
    file: Path, *, is_dry_run: bool, as_json: bool, passwords_out: str, data: Path | None
) -> None:
    """Import a roster, all or nothing; safe to repeat, deletes nobody."""
    wish = _Wish(file, is_dry_run, as_json, passwords_out)
    with _told(as_json=as_json):
        settings = settings_from_options(os.environ, data)
        conditions = conditions_from_settings(settings)
        with opened_store(settings, is_dry_run=is_dry_run) as store:
            with store.read() as conn:
                plan = plan_import(conn, file, conditions)
            accounts = () if is_dry_run else new_accounts(plan)
            if not is_dry_run and plan.changes.rows:
                _write(store, plan, accounts, wish)
        if conditions.courses is None and plan.roster.cohorts:
            click.echo("没有设置 ZHIXING_COURSES,未核对课程名称。", err=True)
    _show(plan, accounts, wish)


@roster.command("reset-password")
@click.argument("username")
@_data
def reset_password_(username: str, data: Path | None) -> None:
    """Print a new one-time password for one person and lift a lock."""
    with _told():
        settings = settings_from_options(os.environ, data)
        with opened_store(settings, is_dry_run=True) as store:
            click.echo(reset_password(store, _actor(), username, datetime.now(UTC)))


def _write(store: Store, plan: Plan, accounts: tuple[NewAccount, ...], wish: _Wish) -> None:
    if accounts and not wish.passwords_out:
        raise ZhixingError(
            f"有 {len(accounts)} 位新人员会得到一次性密码。请加上 --passwords-out 密码.xlsx"
            "(只有您可读的新文件),或用 --passwords-out - 显示在屏幕上。未导入任何内容。"
        )
    hashes = hashes_of(accounts, _progress(len(accounts)))
    handout = Path(wish.passwords_out)
    # The list is on disk before the passwords count: a crash in between loses no password.
    writes_file = bool(accounts) and wish.passwords_out != TERMINAL
    if writes_file:
        write_handout(handout, accounts)
    try:
        write_plan(store, plan, hashes, actor=_actor(), now=datetime.now(UTC))
    except BaseException:
        if writes_file:
            handout.unlink()
        raise


def _show(plan: Plan, accounts: tuple[NewAccount, ...], wish: _Wish) -> None:
    if wish.as_json:
        click.echo(plan_json(plan, is_dry_run=wish.is_dry_run))
    else:
        for line in plan_lines(plan, is_dry_run=wish.is_dry_run):
            click.echo(line)
    if accounts and wish.passwords_out == TERMINAL:
        # Standard error, so that a JSON on standard output stays one.
        for account in accounts:
            click.echo(f"{account.username}\t{account.name}\t{account.password}", err=True)
    elif accounts:
        click.echo(f"一次性密码已写入 {wish.passwords_out},发放后请删除。", err=True)


@contextmanager
def _told(*, as_json: bool = False) -> Iterator[None]:
    """Say expected errors without a traceback, and exit with 1."""
    try:
        yield
    except RosterError as error:
        lines = [problems_json(error)] if as_json else problem_lines(error)
        for line in lines:
            click.echo(line, err=not as_json)
        sys.exit(1)
    except (ZhixingError, OSError) as error:
        raise click.ClickException(str(error)) from error


def _progress(total: int) -> Callable[[int], None]:
    def tell(done: int) -> None:
        if done % 200 == 0 or (done == total and total > 200):
            click.echo(f"生成密码 {done}/{total}", err=True)

    return tell


def _actor() -> str:
    return f"cli:{getpass.getuser()}"
