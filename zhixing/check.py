"""``zhixing check``: whether course files are fit to be taught from."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from zhixing.casemap import case_map, svg_of_map
from zhixing.coursefiles import load_course
from zhixing.coursefiles.checking import course_findings
from zhixing.coursefiles.finding import Finding
from zhixing.coursefiles.loading import course_folders
from zhixing.coursefiles.schema import SCHEMAS
from zhixing.errors import ZhixingError
from zhixing.kinds.case import case_of


@click.command()
@click.argument("path", type=click.Path(path_type=Path), default=Path("courses"))
@click.option("--json", "as_json", is_flag=True, help="Print the findings as one JSON document.")
@click.option(
    "--schema",
    type=click.Choice(sorted(SCHEMAS)),
    help="Print the JSON Schema of that kind of file, for editors, and stop.",
)
@click.option(
    "--map",
    "case_id",
    metavar="CASE",
    help="Print a map of that case as SVG, e.g. --map C1 > C1.svg, and stop.",
)
def check(path: Path, *, as_json: bool, schema: str | None, case_id: str | None) -> None:
    """Check course files; name file, line and field.

    PATH is a course or a folder of courses. Exit code 1 if anything is wrong.
    """
    if schema:
        click.echo(_document(SCHEMAS[schema]))
        return
    folders = course_folders(path)
    if case_id:
        click.echo(_map(folders, case_id))
        return
    findings = [finding for folder in folders for finding in course_findings(folder)]
    if not folders:
        findings = [_nothing_at(path)]
    _report(findings, len(folders), as_json=as_json)
    if findings:
        raise click.exceptions.Exit(1)


def _map(folders: list[Path], case_id: str) -> str:
    """Map of a case of these courses.

    Raises
    ------
    click.ClickException
        If none of them has it, or its file is broken.
    """
    known = []
    for folder in folders:
        try:
            course = load_course(folder)
        except ZhixingError as error:
            raise click.ClickException(str(error)) from error
        for lesson in course.lessons:
            known += [question for question in lesson.questions if question.kind == "case"]
    for question in known:
        if question.id == case_id:
            return svg_of_map(case_map(case_of(question)), f"{case_id} 路径图")
    names = "、".join(question.id for question in known) or "没有案例"
    raise click.ClickException(f"没有案例 {case_id}。现有：{names}。请核对编号。")


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
