"""Hand-in: what of a submitted folder is graded, and the refusal of what is no hand-in at all."""

from __future__ import annotations

import json
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from grading.answersfile import LARGEST_BYTES as LARGEST_ANSWERS
from grading.answersfile import NAME as ANSWERS
from grading.answersfile import RecordedAnswer, answers_from_bytes
from grading.engine.digests import digest_of
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

TIMESTAMP = "timestamp.txt"
LARGEST_BESIDE = {TIMESTAMP: 200, ANSWERS: LARGEST_ANSWERS}
"""Files beside the notebooks, and bytes of each; nbgrader writes a time in about 30."""


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
    digest
        Of the files that this was read from.
    """

    username: str
    timestamp: str
    sources: Mapping[str, Mapping[str, str]]
    answers: Mapping[str, RecordedAnswer] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    digest: str = ""


def read_hand_in(course_dir: Path, username: str, master: Master) -> HandIn:
    """Read a hand-in.

    Raises
    ------
    ZhixingError
        If it is none: a link, no notebook, too large; the sentence says what was found.
    """
    files = _files(course_dir, username, master)
    books = {name: f"{name}.ipynb" for name in master.notebooks}
    sources = {name: _sources(file, files[file]) for name, file in books.items() if file in files}
    if not sources:
        raise SubmittedFileError(
            f"没有 {'、'.join(master.notebooks)} 里的任何一个笔记本。请重新收卷。"
        )
    timestamp = files.get(TIMESTAMP, b"").decode(errors="replace").strip()
    naive_utc(timestamp)  # one that nobody can read is this hand-in's fault alone
    return HandIn(
        username,
        timestamp,
        sources,
        answers_from_bytes(files[ANSWERS]) if ANSWERS in files else {},
        tuple(name for name in books if name not in sources),
        digest_of("sealed", files),
    )


def hand_in_digest(course_dir: Path, username: str, master: Master) -> str:
    """Digest of a hand-in, as :func:`read_hand_in` gives it, without reading it deeply."""
    return digest_of("sealed", _files(course_dir, username, master))


def _files(course_dir: Path, username: str, master: Master) -> dict[str, bytes]:
    """All that is read of a hand-in, by name."""
    folder = course_dir / "submitted" / username / master.name
    require_folders(folder)
    is_own = partial(is_own_file, course_dir)
    largest = dict.fromkeys((f"{name}.ipynb" for name in master.notebooks), LARGEST_BYTES)
    found = {}
    for name, most in {**largest, **LARGEST_BESIDE}.items():
        with suppress(FileNotFoundError):
            found[name] = plain_bytes(folder / name, most, is_own)
    return found


def require_folders(folder: Path) -> None:
    """Refuse a hand-in whose own or whose person's folder is a link, or no folder.

    Raises
    ------
    SubmittedFileError
        Naming it.
    """
    for place in (folder.parent, folder):
        if not stat.S_ISDIR(place.lstat().st_mode):
            raise SubmittedFileError(f"{place.name} 不是文件夹，没有批改。请重新收卷。")


def _sources(name: str, content: bytes) -> dict[str, str]:
    """Source by ``grade_id``; of a cell that stands twice the last, as nbgrader takes it."""
    require_notebook(name, content)
    found = {}
    for cell in json.loads(content)["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if isinstance(grade_id, str) and grade_id:
            source = text_of(cell["source"])
            if len(source) > LONGEST_SOURCE:
                raise SubmittedFileError(f"{name} 的 {grade_id:.40} 太长，没有批改。")
            found[grade_id] = source
    return found
