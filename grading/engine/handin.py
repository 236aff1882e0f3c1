"""Hand-in: what of a submitted folder is graded, and the refusal of what is no hand-in at all."""

from __future__ import annotations

import json
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grading.answersfile import RecordedAnswer, load_answers
from grading.engine.master import Master, text_of
from grading.engine.moment import naive_utc
from grading.submittedfile import SubmittedFileError, require_notebook_file

LONGEST_SOURCE = 1 << 20
"""Characters of one cell."""

LARGEST_TIMESTAMP = 200


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
    sources: dict[str, Mapping[str, str]] = {}
    missing = []
    for name in master.notebooks:
        path = folder / f"{name}.ipynb"
        if path.is_symlink() or path.exists():
            require_notebook_file(path)
            sources[name] = _sources(path)
        else:
            missing.append(name)
    if not sources:
        raise SubmittedFileError(
            f"没有 {'、'.join(master.notebooks)} 里的任何一个笔记本。请重新收卷。"
        )
    timestamp = read_timestamp(folder)
    naive_utc(timestamp)  # one that nobody can read is this hand-in's fault alone
    return HandIn(username, timestamp, sources, load_answers(folder), tuple(missing))


def _sources(path: Path) -> dict[str, str]:
    """Source by ``grade_id``; of a cell that stands twice the last, as nbgrader takes it."""
    found = {}
    for cell in json.loads(path.read_bytes())["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if isinstance(grade_id, str) and grade_id:
            source = text_of(cell["source"])
            if len(source) > LONGEST_SOURCE:
                raise SubmittedFileError(f"{path.name} 的 {grade_id:.40} 太长，没有批改。")
            found[grade_id] = source
    return found


def read_timestamp(folder: Path) -> str:
    """When it was handed in, as nbgrader's file beside the notebook says; empty without one."""
    path = folder / "timestamp.txt"
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            raise SubmittedFileError("timestamp.txt 不是普通文件，没有批改。请重新收卷。")
        text = path.read_text(encoding="utf-8", errors="replace")[:LARGEST_TIMESTAMP]
    except FileNotFoundError:
        return ""
    return text.strip()
