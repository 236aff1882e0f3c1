"""Submission: an nbgrader submission folder, built by the server from records and release.

Nothing of a learner's file becomes part of it but the source of known solution cells and the text
of known manual cells: tests, points, order and metadata are the released ones.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import nbformat

from grading.answersfile import NAME, RecordedAnswer, dump_answers
from zhixing.errors import ZhixingError
from zhixing.kinds.written import text_of

ZONE = ZoneInfo("Asia/Shanghai")
LONGEST_SOURCE = 100_000
"""Characters of one solution cell; a longer one is no exercise."""


class WorkbookError(ZhixingError):
    """A learner's notebook that cannot be read; nothing was handed in."""


def build_submission(
    released: Mapping[str, bytes],
    answers: Mapping[str, RecordedAnswer],
    workbooks: Mapping[str, bytes],
    submitted_at: datetime,
) -> bytes:
    """Zip an nbgrader submission folder.

    Parameters
    ----------
    released
        File name to bytes of the released notebooks of the lesson, e.g. ``L3.ipynb``, ``D1.ipynb``.
    answers
        Question id to what the records hold; the last value of a written question goes into its
        manual cell.
    workbooks
        Notebook name without ending (``D1``) to what the learner sent from JupyterLab. A released
        notebook of the code track is handed in only if it was sent.
    submitted_at
        Aware time of the hand-in.

    Raises
    ------
    WorkbookError
        If a workbook is no notebook of format 4.
    """
    files = {NAME: dump_answers(answers), "timestamp.txt": timestamp(submitted_at)}
    for name, content in released.items():
        stem = name.removesuffix(".ipynb")
        if stem in workbooks:
            files[name] = _with_solutions(content, workbooks[stem], stem)
        elif not _is_code_track(content):
            files[name] = _with_texts(content, answers)
    return _zipped(files, submitted_at)


def with_answers(package: bytes, answers: Mapping[str, RecordedAnswer]) -> bytes:
    """Put these answers in the place of those in a hand-in; everything else stays byte for byte."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for member in old.infolist():
            content = dump_answers(answers) if member.filename == NAME else old.read(member)
            new.writestr(member, content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def timestamp(moment: datetime) -> bytes:
    """Content of ``timestamp.txt``, by which nbgrader tells one hand-in from another."""
    return f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M:%S.%f} {ZONE.key}".encode()


def _is_code_track(content: bytes) -> bool:
    cells = json.loads(content)["cells"]
    return any(_is_solution(cell) and cell["cell_type"] == "code" for cell in cells)


def _is_solution(cell: Mapping[str, Any]) -> bool:
    return bool(cell["metadata"].get("nbgrader", {}).get("solution"))


def _grade_id(cell: Mapping[str, Any]) -> str:
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))


def _with_texts(content: bytes, answers: Mapping[str, RecordedAnswer]) -> bytes:
    notebook = nbformat.reads(content.decode(), as_version=4)
    for cell in notebook.cells:
        answer = answers.get(_grade_id(cell))
        if not _is_solution(cell) or cell.cell_type != "markdown":
            continue
        text = text_of(answer.values[-1]) if answer and answer.values else ""
        if text.strip():
            cell.source = as_plain_markdown(text)
    return str(nbformat.writes(notebook)).encode()


def as_plain_markdown(text: str) -> str:
    """Markdown that shows the text as it was typed: no mark-up, link, formula or HTML in it."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    # The comment sets an answer apart from the stub, even where somebody typed the stub.
    return "\n".join(["<!-- 学员作答 -->", "", *(_plain_line(line) for line in lines)])


_MARKUP = re.compile(r"([!-/:-@\[-`{-~])")
"""All of ASCII's punctuation: markdown lets each be escaped, and nothing else is mark-up."""


def _plain_line(line: str) -> str:
    shown = _MARKUP.sub(r"\\\1", line.expandtabs(4))
    indent = len(shown) - len(shown.lstrip(" "))
    # Spaces at the head would make a code block, two at the end are the only plain line break.
    text = shown.strip(" ")
    return "&nbsp;" * indent + text + ("  " if text else "")


def _with_solutions(content: bytes, workbook: bytes, stem: str) -> bytes:
    sources = _solution_sources(workbook, stem)
    notebook = nbformat.reads(content.decode(), as_version=4)
    for cell in notebook.cells:
        source = sources.get(_grade_id(cell))
        if _is_solution(cell) and cell.cell_type == "code" and source is not None:
            cell.source = source
    return str(nbformat.writes(notebook)).encode()


def _solution_sources(workbook: bytes, stem: str) -> dict[str, str]:
    try:
        content = json.loads(workbook)
        cells = [cell for cell in content["cells"] if _is_solution(cell)]
        sources = {_grade_id(cell): "".join(cell["source"]) for cell in cells}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise WorkbookError(
            f"{stem}.ipynb 不是能读的笔记本，请在 JupyterLab 里重新保存。"
        ) from error
    for name, source in sources.items():
        if len(source) > LONGEST_SOURCE:
            raise WorkbookError(
                f"{stem}.ipynb 的单元格 {name} 有 {len(source)} 个字符，最多 {LONGEST_SOURCE} 个。"
            )
    return sources


def _zipped(files: Mapping[str, bytes], moment: datetime) -> bytes:
    buffer = io.BytesIO()
    local = moment.astimezone(ZONE)
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            # A fixed time, so that the same hand-in makes the same bytes.
            archive.writestr(zipfile.ZipInfo(name, local.timetuple()[:6]), content)
    return buffer.getvalue()
