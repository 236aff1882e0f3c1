"""``publication.toml``: the record of a course's stages, appended to and never rewritten."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from zhixing.coursefiles.finding import CourseFaults, Finding, shown
from zhixing.coursefiles.schema import PUBLICATION_FILE
from zhixing.coursefiles.shape import shape_findings
from zhixing.coursefiles.toml import TomlFile, read_toml
from zhixing.publication import Entry, PublicationError, Standing, after

NAME = "publication.toml"

_HEAD = """\
# 每一课时审核、批准、发布的记录，由 zhixing course 写入，只增不改；请不要手工修改。
# version 是课时内容（正文、题目、案例、数据、图）的哈希：内容一改，就是新的草稿。
"""
_FIELDS = ("lesson", "version", "step", "by", "author", "note")
_NEXT = "请用 git 恢复这份记录，再用 zhixing course 记下这一步。"


@dataclass(frozen=True)
class Record:
    """What the file says; ``findings`` is empty where all of it can be believed."""

    entries: tuple[Entry, ...] = ()
    findings: tuple[Finding, ...] = ()


def read_record(folder: Path) -> Record:
    """Read the record of a course; a course that has none has only drafts."""
    path, name = folder / NAME, f"{folder.name}/{NAME}"
    if not path.exists():
        return Record()
    toml = read_toml(path, name)
    if isinstance(toml, Finding):
        return Record((), (toml,))
    faults = [*shape_findings(toml, PUBLICATION_FILE)] or [*_time_findings(toml)]
    if faults:
        return Record((), tuple(faults))
    entries = tuple(_entry(item) for item in toml.data.get("entry", ()))
    return Record(entries, tuple(_replayed(toml, entries)))


def entries_of(folder: Path) -> tuple[Entry, ...]:
    """All entries of a course.

    Raises
    ------
    CourseFaults
        If the file was broken or changed by hand.
    """
    record = read_record(folder)
    if record.findings:
        raise CourseFaults(record.findings)
    return record.entries


def append_entries(folder: Path, entries: Sequence[Entry]) -> None:
    """Add entries at the end; the file is replaced whole, so that half an entry never stands."""
    path = folder / NAME
    before = path.read_text(encoding="utf-8") if path.exists() else _HEAD
    draft = path.with_name(f".{NAME}.part")
    draft.write_text(before + "".join(map(_written, entries)), encoding="utf-8")
    with draft.open("rb") as written:
        os.fsync(written.fileno())
    draft.replace(path)


def _written(entry: Entry) -> str:
    said = {name: getattr(entry, name) for name in _FIELDS}
    # A JSON string is a TOML string as well, as long as nothing unprintable is in it.
    texts = [f"{name} = {json.dumps(x, ensure_ascii=False)}" for name, x in said.items() if x]
    at = f"at = {entry.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return "\n".join(["", "[[entry]]", *texts, at, ""])


def _entry(item: dict[str, Any]) -> Entry:
    return Entry(**{**item, "at": item["at"].astimezone(UTC)})


def _time_findings(toml: TomlFile) -> Iterator[Finding]:
    for place, item in enumerate(toml.data.get("entry", ())):
        at = item["at"]
        if not isinstance(at, datetime) or at.tzinfo is None:
            line = toml.line(("entry", place, "at"))
            expected = "带时区的时刻，如 2026-11-23T09:30:00Z"
            field = f"entry 第 {place + 1} 项 at"
            yield Finding(toml.name, line, field, shown(str(at)), expected, _NEXT)


def _replayed(toml: TomlFile, entries: Sequence[Entry]) -> Iterator[Finding]:
    """Take every step again: one that was not allowed cannot have been written by us."""
    now: dict[tuple[str, str], Standing] = {}
    for place, entry in enumerate(entries):
        key = (entry.lesson, entry.version)
        try:
            now[key] = after(now.get(key, Standing()), entry)
        except PublicationError as error:
            found = str(error).partition("。")[0]
            line, field = toml.line(("entry", place)), f"entry 第 {place + 1} 项 {entry.lesson}"
            yield Finding(toml.name, line, field, found, "流程允许的一步", _NEXT)
