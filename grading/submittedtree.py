"""Submitted tree: a hand-in as nbgrader copies it, looked at whole before nbgrader touches it.

nbgrader follows every link and copies what it finds into the folder where learner code runs.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from grading.engine.digests import digest_of
from grading.engine.handin import TIMESTAMP, require_folders
from grading.engine.moment import naive_utc
from grading.linkedfile import is_own_file
from grading.submittedfile import (
    LARGEST_BYTES,
    SubmittedFileError,
    plain_bytes,
    require_notebook,
)

LARGEST_TREE = 32 * 1024 * 1024
"""Bytes of all files of a hand-in."""

MOST_FILES = 1000
DEEPEST = 20
LONGEST_TIMESTAMP = 200

_HALF = re.compile(rb"\\u[dD][89a-fA-F]")
_HALF_A_CHARACTER = re.compile("[\ud800-\udfff]")
"""As JSON may write it, and as it is then: no file can hold it."""


@dataclass(frozen=True)
class SubmittedTree:
    """What lies in a hand-in.

    Parameters
    ----------
    notebooks
        Names of the assignment's notebooks that are there.
    digest
        Of every file.
    """

    timestamp: str
    notebooks: frozenset[str]
    digest: str


def read_tree(course_dir: Path, folder: Path, notebooks: frozenset[str]) -> SubmittedTree:
    """Look at a hand-in.

    Parameters
    ----------
    notebooks
        Names of the assignment's notebooks; others are side files.

    Raises
    ------
    SubmittedFileError
        Naming the first file that is a link, no plain file, too large or no notebook.
    """
    require_folders(folder)
    files = dict(_files(course_dir, folder))
    found = frozenset(name for name in notebooks if f"{name}.ipynb" in files)
    for name in sorted(found):
        content = files[f"{name}.ipynb"]
        if len(content) > LARGEST_BYTES:
            raise SubmittedFileError(f"{name}.ipynb 太大，没有批改。请重新收卷。")
        require_notebook(f"{name}.ipynb", content)
        _require_form(f"{name}.ipynb", content)
    if not found:
        raise SubmittedFileError(
            f"没有 {'、'.join(sorted(notebooks))} 里的任何一个笔记本。请重新收卷。"
        )
    timestamp = files.get(TIMESTAMP, b"")
    if len(timestamp) > LONGEST_TIMESTAMP:
        raise SubmittedFileError(f"{TIMESTAMP} 太长，没有批改。请重新收卷。")
    text = timestamp.decode(errors="replace").strip()
    naive_utc(text)
    return SubmittedTree(text, found, digest_of("compatible", files))


def _require_form(name: str, content: bytes) -> None:
    """Refuse what nbgrader would only fail on, in words that nobody understands."""
    notebook = json.loads(content)
    told = [cell["metadata"].get("nbgrader", {}).get("grade_id", "") for cell in notebook["cells"]]
    if not isinstance(notebook.get("metadata"), dict) or not all(isinstance(x, str) for x in told):
        raise SubmittedFileError(f"{name} 的元数据不对，没有批改。请重新收卷。")
    if _HALF.search(content) and _HALF_A_CHARACTER.search(json.dumps(notebook, ensure_ascii=False)):
        raise SubmittedFileError(f"{name} 里有残缺的字符，没有批改。请重新收卷。")


def _files(course_dir: Path, folder: Path) -> Iterator[tuple[str, bytes]]:
    left = LARGEST_TREE
    for number, path in enumerate(_paths(folder, DEEPEST)):
        if number >= MOST_FILES:
            raise SubmittedFileError(f"多于 {MOST_FILES} 个文件，没有批改。请重新收卷。")
        content = plain_bytes(path, left, _owner(course_dir, folder))
        left -= len(content)
        yield path.relative_to(folder).as_posix(), content


def _owner(course_dir: Path, folder: Path) -> Callable[[Path], bool]:
    if folder.is_relative_to(course_dir / "submitted"):
        return partial(is_own_file, course_dir)
    return lambda path: path.lstat().st_nlink == 1


def _paths(folder: Path, depth: int) -> Iterator[Path]:
    if not depth:
        raise SubmittedFileError(f"{folder.name} 里的文件夹太深，没有批改。请重新收卷。")
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _paths(Path(entry.path), depth - 1)
            else:
                yield Path(entry.path)
