"""``zhixing check``: whether course files are fit to be taught from."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from zhixing.coursefiles.checking import course_findings
from zhixing.coursefiles.finding import Finding
from zhixing.coursefiles.loading import course_folders
from zhixing.coursefiles.schema import SCHEMAS


@click.command()
@click.argument("path", type=click.Path(path_type=Path), default=Path("courses"))
@click.option("--json", "as_json", is_flag=True, help="Print the findings as one JSON document.")
@click.option(
    "--schema",
    type=click.Choice(sorted(SCHEMAS)),
    help="Print the JSON Schema of that kind of file, for editors, and stop.",
)
def check(path: Path, *, as_json: bool, schema: str | None) -> None:
    """Check course files; name file, line and field.

    PATH is a course or a folder of courses. Exit code 1 if anything is wrong.
    """
    if schema:
        click.echo(_document(SCHEMAS[schema]))
        return
    folders = course_folders(path)
    findings = [finding for folder in folders for finding in course_findings(folder)]
    if not folders:
        findings = [_nothing_at(path)]
    _report(findings, len(folders), as_json=as_json)
    if findings:
        raise click.exceptions.Exit(1)


def _report(findings: list[Finding], courses: int, *, as_json: bool) -> None:
    if as_json:
        document = {
            "ok": not findings,
            "courses": courses,
            "findings": [asdict(finding) for finding in findings],
        }
        click.echo(_document(document))
        return
    for finding in findings:
        click.echo(str(finding))
    summary = f"共 {len(findings)} 处要改。" if findings else f"检查了 {courses} 门课程，没有问题。"
    click.echo(summary, err=True)


def _document(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2)


def _nothing_at(path: Path) -> Finding:
    found = "没有 course.toml" if path.is_dir() else "找不到该文件夹"
    expected = "课程文件夹，或装着若干课程的文件夹"
    return Finding(
        str(path), None, "PATH", found, expected, "请核对路径，例如 zhixing check courses。"
    )
