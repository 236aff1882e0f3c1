"""Place: which records database the roster commands work on, and under which conditions."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy import make_url

from zhixing.errors import ZhixingError
from zhixing.records.engine import sqlite_path
from zhixing.records.schema import migrate
from zhixing.records.store import Store, open_store
from zhixing.roster.importing import Conditions
from zhixing.settings import Settings, settings_from_environ


class NoPlaceError(ZhixingError):
    """Neither ``--data`` nor ``ZHIXING_DATA`` says where the platform keeps its things."""


def settings_from_options(environ: Mapping[str, str], data: Path | None) -> Settings:
    """Settings of the environment, with ``--data`` before ``ZHIXING_DATA``.

    Raises
    ------
    NoPlaceError
        If no data folder is named.
    """
    if data is None and not environ.get("ZHIXING_DATA"):
        raise NoPlaceError(
            "不知道数据文件夹在哪里。请加上 --data 文件夹(与 scripts/up --data 相同),"
            "或设置环境变量 ZHIXING_DATA。"
        )
    # Where no course folder is named, course names of the roster are not checked.
    known = {"ZHIXING_DATA": "", "ZHIXING_COURSES": "", **environ}
    settings = settings_from_environ(known)
    return replace(settings, data=data.absolute()) if data else settings


def conditions_from_settings(settings: Settings) -> Conditions:
    """What an import depends on, as these settings have it."""
    folders = list(settings.courses.glob("*/course.toml"))
    courses = frozenset(file.parent.name for file in folders) if folders else None
    return Conditions(settings.timezone, courses, with_accounts=not settings.is_oidc)


@contextmanager
def opened_store(settings: Settings, *, is_dry_run: bool) -> Iterator[Store]:
    """Open the records; a first import makes the database, a dry run makes nothing."""
    file = sqlite_path(make_url(settings.records_url))
    is_new = file is not None and not file.exists()
    with tempfile.TemporaryDirectory() as scratch:
        url = f"sqlite:///{scratch}/dry.db" if is_new and is_dry_run else settings.records_url
        if is_new:
            migrate(url)
        store = open_store(url)
        try:
            yield store
        finally:
            store.close()
