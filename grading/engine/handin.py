"""Hand-in: what of a submitted folder is graded, and the refusal of what is no hand-in at all."""

from __future__ import annotations

import json
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from grading.answersfile import RecordedAnswer, load_answers
from grading.engine.master import Master, text_of
from grading.engine.moment import naive_utc
from grading.linkedfile import is_own_file
from grading.submittedfile import (
    LARGEST_BYTES,
    SubmittedFileError,
    plain_bytes,
    require_notebook,
)

LONGEST_SOURCE = 1 << 20
"""Characters of one cell."""

LARGEST_TIMESTAMP = 200
"""Bytes of the file that says when it was handed in; nbgrader writes about 30."""


@dataclass(frozen=True)
class HandIn:
    """What a learner handed in.

    Parameters
    ----------
    timestamp
        As the file says it; empty without one.
    sources
        By notebook and ``grade_id``: all that a learner may have written.
    missing
        Notebooks of the assignment that were not handed in.
    """

    username: str
    timestamp: str
    sources: Mapping[str, Mapping[str, str]]
    answers: Mapping[str, RecordedAnswer] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


def read_hand_in(course_dir: Path, username: str, master: Master) -> HandIn:
    """Read a hand-in.

    Raises
    ------
    ZhixingError
        If it is none: a link, no notebook, too large; the sentence says what was found.
    """
    folder = course_dir / "submitted" / username / master.name
    for place in (folder.parent, folder):
        if not stat.S_ISDIR(place.lstat().st_mode):
            raise SubmittedFileError(f"{place.name} 不是文件夹，没有批改。请重新收卷。")
    is_own = partial(is_own_file, course_dir)
    sources: dict[str, Mapping[str, str]] = {}
    missing = []
    for name in master.notebooks:
        path = folder / f"{name}.ipynb"
        if path.is_symlink() or path.exists():
            content = plain_bytes(path, LARGEST_BYTES, is_own)
            require_notebook(path.name, content)
            sources[name] = _sources(path.name, content)
        else:
            missing.append(name)
    if not sources:
        raise SubmittedFileError(
            f"没有 {'、'.join(master.notebooks)} 里的任何一个笔记本。请重新收卷。"
        )
    timestamp = read_timestamp(folder)
    naive_utc(timestamp)  # one that nobody can read is this hand-in's fault alone
    return HandIn(username, timestamp, sources, load_answers(folder, is_own), tuple(missing))


def _sources(name: str, content: bytes) -> dict[str, str]:
    """Source by ``grade_id``; of a cell that stands twice the last, as nbgrader takes it."""
    found = {}
    for cell in json.loads(content)["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if isinstance(grade_id, str) and grade_id:
            source = text_of(cell["source"])
            if len(source) > LONGEST_SOURCE:
                raise SubmittedFileError(f"{name} 的 {grade_id:.40} 太长，没有批改。")
            found[grade_id] = source
    return found


def read_timestamp(folder: Path) -> str:
    """When it was handed in, as nbgrader's file beside the notebook says; empty without one."""
    try:
        content = plain_bytes(folder / "timestamp.txt", LARGEST_TIMESTAMP)
    except FileNotFoundError:
        return ""
    return content.decode(errors="replace").strip()
