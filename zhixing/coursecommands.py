"""``zhixing course``: where each lesson stands between draft and published, and the steps there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from zhixing.coursefiles.checking import course_findings
from zhixing.coursefiles.finding import Finding
from zhixing.coursefiles.loading import course_folders
from zhixing.coursefiles.publicationfile import append_entries, entries_of
from zhixing.coursefiles.released import LessonStanding, lesson_standings, sound_course
from zhixing.coursefiles.versions import lesson_paths
from zhixing.errors import ZhixingError
from zhixing.publication import (
    RETURN,
    STAGES,
    STEPS,
    Entry,
    PublicationError,
    after,
    is_name,
)

_Command = TypeVar("_Command", bound=Callable[..., None])


@dataclass(frozen=True)
class _Step:
    """What the command line asked for."""

    course: Path
    lessons: tuple[str, ...]
    step: str
    by: str
    note: str
    is_dry_run: bool
    author: str = ""


@click.group()
def course() -> None:
    """Take lessons from draft to published; show where each one stands."""


@course.command()
@click.argument("path", metavar="[COURSE]", type=click.Path(path_type=Path), default="courses")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document for a machine.")
def status(path: Path, *, as_json: bool) -> None:
    """Show the stage of every lesson; COURSE is a course or a folder of courses."""
    with _told():
        folders = course_folders(path)
        if not folders:
            raise ZhixingError(f"{path} 里没有 course.toml；应为课程文件夹。请核对路径。")
        found = [(folder, _standings(folder)) for folder in folders]
    if as_json:
        click.echo(json.dumps([_document(*one) for one in found], ensure_ascii=False, indent=2))
        return
    for folder, lessons in found:
        for lesson in lessons:
            click.echo(_line(folder.resolve().name, lesson))


def _step_options(command: _Command) -> _Command:
    """Arguments that every step takes."""
    for decorate in (
        click.option(
            "--dry-run", "is_dry_run", is_flag=True, help="Check and show; write nothing."
        ),
        click.option("--by", required=True, help="Name of whoever takes this step."),
        click.argument("lessons", nargs=-1, required=True, metavar="LESSON..."),
        click.argument("path", metavar="COURSE", type=click.Path(path_type=Path)),
    ):
        command = decorate(command)
    return command


@course.command()
@_step_options
@click.option("--author", required=True, help="Name of whoever wrote the draft.")
@click.option("--note", default="", help="What was looked at, in one line.")
def review(
    path: Path, lessons: tuple[str, ...], by: str, author: str, note: str, *, is_dry_run: bool
) -> None:
    """Record that a draft was reviewed (党校审核)."""
    _take(_Step(path, lessons, "review", by, note, is_dry_run, author))


@course.command()
@_step_options
@click.option("--note", default="", help="What the approval rests on, in one line.")
def approve(path: Path, lessons: tuple[str, ...], by: str, note: str, *, is_dry_run: bool) -> None:
    """Record that a reviewed version was approved (组织部批准)."""
    _take(_Step(path, lessons, "approve", by, note, is_dry_run))


@course.command()
@_step_options
@click.option("--note", default="", help="Anything to keep, in one line.")
def publish(path: Path, lessons: tuple[str, ...], by: str, note: str, *, is_dry_run: bool) -> None:
    """Publish an approved version; it must pass ``zhixing check``."""
    _take(_Step(path, lessons, "publish", by, note, is_dry_run))


@course.command(name=RETURN)
@_step_options
@click.option("--reason", required=True, help="Why it goes back to its author, in one line.")
def return_(
    path: Path, lessons: tuple[str, ...], by: str, reason: str, *, is_dry_run: bool
) -> None:
    """Return a version to draft (退回), with a reason; a published one is withdrawn."""
    _take(_Step(path, lessons, RETURN, by, reason, is_dry_run))


def _take(asked: _Step) -> None:
    """Take a step for all lessons named, or for none."""
    with _told():
        _require_names(asked)
        folder = _folder(asked.course)
        chosen = _chosen(_standings(folder), asked.lessons, folder)
        entries = [_entry(lesson, asked) for lesson in chosen]
        moved = [
            after(lesson.standing, entry) for lesson, entry in zip(chosen, entries, strict=True)
        ]
        if asked.step == "publish":
            _require_checked(folder, chosen)
        if not asked.is_dry_run:
            append_entries(folder, entries)
    for lesson, now in zip(chosen, moved, strict=True):
        before, stage = STAGES[lesson.standing.stage], STAGES[now.stage]
        click.echo(f"{folder.name} {lesson.id} {lesson.version}：{before} → {stage}")
    if asked.is_dry_run:
        click.echo("只是预演，没有写入。", err=True)


def _entry(lesson: LessonStanding, asked: _Step) -> Entry:
    now = datetime.now(UTC).replace(microsecond=0)
    by, note, author = asked.by.strip(), asked.note.strip(), asked.author.strip()
    return Entry(lesson.id, lesson.version, asked.step, by, now, note, author)


def _require_names(asked: _Step) -> None:
    given = {"--by": asked.by}
    if asked.step == "review":
        given["--author"] = asked.author
    if asked.step == RETURN:
        given["--reason"] = asked.note
    elif asked.note:
        given["--note"] = asked.note
    for option, text in given.items():
        if not is_name(text):
            raise PublicationError(f"{option} 现为“{text}”；应为一行看得见的文字。请写明后再运行。")


def _folder(path: Path) -> Path:
    if not (path / "course.toml").is_file():
        raise PublicationError(
            f"{path} 里没有 course.toml；应为一门课的文件夹，例如 courses/shujiketang。请核对路径。"
        )
    return path.resolve()


def _standings(folder: Path) -> tuple[LessonStanding, ...]:
    return lesson_standings(sound_course(folder), entries_of(folder.resolve()))


def _chosen(
    known: tuple[LessonStanding, ...], wanted: tuple[str, ...], folder: Path
) -> list[LessonStanding]:
    by_id = {lesson.id: lesson for lesson in known}
    for name in wanted:
        if name not in by_id:
            raise PublicationError(
                f"{folder.name} 里没有课时 {name}；现有 {'、'.join(by_id)}。请核对编号。"
            )
    return [by_id[name] for name in dict.fromkeys(wanted)]


def _require_checked(folder: Path, lessons: list[LessonStanding]) -> None:
    """What is published passes the check; what is wrong in other lessons does not matter here."""
    names = {
        f"{folder.name}/{path.relative_to(folder).as_posix()}"
        for lesson in lessons
        for path in lesson_paths(folder, lesson.files)
    }
    course_file = f"{folder.name}/course.toml"
    ids = {lesson.id for lesson in lessons}

    def concerns(finding: Finding) -> bool:
        is_ours = finding.file == course_file and finding.field.split(" ")[0] in ids
        return finding.file in names or is_ours

    faults = [str(finding) for finding in course_findings(folder) if concerns(finding)]
    if faults:
        raise PublicationError(
            f"不能发布：检查出 {len(faults)} 处要改，应为没有。"
            f"请改正（改后要重新审核、批准）：\n" + "\n".join(faults)
        )


def _document(folder: Path, lessons: tuple[LessonStanding, ...]) -> dict[str, Any]:
    return {
        "course": folder.resolve().name,
        "lessons": [
            {
                "id": one.id,
                "title": one.files.entry["title"],
                "version": one.version,
                "stage": one.standing.stage,
                "next": one.standing.next_step,
                "history": [_plain(entry) for entry in one.standing.entries],
                "published_before": _plain(one.before) if one.before else None,
            }
            for one in lessons
        ],
    }


def _plain(entry: Entry) -> dict[str, str]:
    return {**vars(entry), "at": entry.at.isoformat()}


def _line(course_name: str, lesson: LessonStanding) -> str:
    parts = [
        f"{STEPS[entry.step][2]} {entry.by} {entry.at:%Y-%m-%d}"
        for entry in lesson.standing.entries
    ]
    before = lesson.before
    if before and before.version != lesson.version:
        parts.append(f"上次发布的是 {before.version}（{before.at:%Y-%m-%d}），此后改过")
    if lesson.standing.next_step:
        parts.append(f"下一步：{STEPS[lesson.standing.next_step][2]}")
    stage = STAGES[lesson.standing.stage]
    return f"{course_name} {lesson.id} {lesson.version} {stage}：{'；'.join(parts)}"


@contextmanager
def _told() -> Iterator[None]:
    """Say expected errors without a traceback, and exit with 1."""
    try:
        yield
    except (ZhixingError, OSError) as error:
        raise click.ClickException(str(error)) from error
