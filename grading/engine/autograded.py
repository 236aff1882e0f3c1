"""Autograded: the notebook a trainer opens, built from the course's and the learner's parts."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grading.answersfile import NAME as ANSWERS
from grading.engine.examiner_kinds import SOLUTION
from grading.engine.handin import HandIn
from grading.engine.master import QUESTION, Master, MasterCell, MasterNotebook
from grading.engine.verdicts import Verdict

_UNFINISHED = ".zhixing-unfinished"
_NO_CHARACTER = re.compile("[\ud800-\udfff]")
"""Half a character, which no file can hold; a source may name one all the same."""


def write_autograded(
    course_dir: Path,
    master: Master,
    hand_in: HandIn,
    verdicts: Mapping[str, Mapping[str | int, Verdict]],
) -> Path:
    """Write the folder aside; :func:`publish` puts it where nbgrader looks.

    Returns
    -------
    Path
        The folder that was written.
    """
    target = _unfinished(course_dir) / hand_in.username / master.name
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name, notebook in master.notebooks.items():
        if name not in hand_in.missing:
            content = _notebook(notebook, hand_in.sources[name], verdicts.get(name, {}))
            text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
            text = _NO_CHARACTER.sub("\N{REPLACEMENT CHARACTER}", text)
            (target / f"{name}.ipynb").write_text(text, encoding="utf-8")
    _copy_beside(course_dir, master, hand_in, target)
    return target


def _copy_beside(course_dir: Path, master: Master, hand_in: HandIn, target: Path) -> None:
    source = course_dir / "source" / master.name
    for name in master.files:
        place = target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / name, place)
    submitted = course_dir / "submitted" / hand_in.username / master.name
    for name in ("timestamp.txt", ANSWERS):
        if (submitted / name).is_file() and not (submitted / name).is_symlink():
            shutil.copyfile(submitted / name, target / name)


def publish(course_dir: Path, assignment: str, username: str) -> None:
    """Put a written folder into the place of an older one."""
    made = _unfinished(course_dir) / username / assignment
    place = course_dir / "autograded" / username / assignment
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        old = made.with_name(f"{assignment}.old")
        shutil.rmtree(old, ignore_errors=True)
        place.replace(old)
        made.replace(place)
        shutil.rmtree(old, ignore_errors=True)
    else:
        made.replace(place)


def forget_unfinished(course_dir: Path) -> None:
    """Remove what an ended run left behind."""
    shutil.rmtree(_unfinished(course_dir), ignore_errors=True)


def _unfinished(course_dir: Path) -> Path:
    """Folder below ``autograded/`` for what is being written; it has the name of nobody."""
    name = _UNFINISHED
    while (course_dir / "submitted" / name).exists():
        name += "_"
    return course_dir / "autograded" / name


def _notebook(
    notebook: MasterNotebook, sources: Mapping[str, str], verdicts: Mapping[str | int, Verdict]
) -> dict[str, Any]:
    cells = [
        _cell(cell, sources, verdicts.get(cell.grade_id if cell.kind == QUESTION else place))
        for place, cell in enumerate(notebook.cells)
    ]
    return {"cells": cells, "metadata": notebook.metadata, "nbformat": 4, "nbformat_minor": 5}


def _cell(cell: MasterCell, sources: Mapping[str, str], verdict: Verdict | None) -> dict[str, Any]:
    content = {**cell.content, "source": _source(cell, sources)}
    if content["cell_type"] == "code":
        content["outputs"] = list(verdict.outputs) if verdict else []
        content["execution_count"] = verdict.count if verdict else None
    return content


def _source(cell: MasterCell, sources: Mapping[str, str]) -> str:
    is_learners = cell.kind == SOLUTION or cell.is_manual
    return sources.get(cell.grade_id, "") if is_learners else cell.source
