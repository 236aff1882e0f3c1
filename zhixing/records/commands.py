"""Commands for the maintainer of the records database."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import click

from zhixing.errors import ZhixingError
from zhixing.records.schema import Migration, migrate
from zhixing.settings import settings_from_environ


@click.command(name="migrate")
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    help="The data folder, as for scripts/up; else ZHIXING_DATA.",
)
def migrate_command(data: Path | None) -> None:
    """Bring the records database to this program's schema; copies it first.

    All or nothing, and safe to repeat. ZHIXING_DATABASE_URL names another database than the
    SQLite file of the data folder.
    """
    if data is None and "ZHIXING_DATA" not in os.environ:
        raise click.UsageError("no data folder: pass --data DIR or set ZHIXING_DATA")
    settings = settings_from_environ({"ZHIXING_DATA": "", "ZHIXING_COURSES": "", **os.environ})
    settings = replace(settings, data=data) if data else settings
    try:
        done = migrate(settings.records_url)
    except ZhixingError as error:
        raise click.ClickException(str(error)) from error
    click.echo(_words(done))


def _words(done: Migration) -> str:
    if done.before == done.after:
        return f"记录库已经是 {done.after},没有改动。"
    kept = f"升级前的备份:{done.backup}" if done.backup else "没有需要备份的旧文件"
    return f"记录库已从“{done.before or '空'}”升级到 {done.after}。{kept}。"
