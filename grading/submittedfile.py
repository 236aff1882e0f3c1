"""Submitted file: is it a notebook at all? Asked before anything parses it deeply."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from zhixing.errors import ZhixingError

LARGEST_BYTES = 8 * 1024 * 1024
MOST_CELLS = 2000
SCHEMA = 3
"""The one version of nbgrader's cell metadata that nbgrader 0.9 reads; on any other it stops the
whole run instead of the one submission."""


class SubmittedFileError(ZhixingError):
    """A submitted file that is no plain notebook; this submission alone is not graded."""


def require_notebook_file(path: Path) -> None:
    """Refuse links, other than plain files, large files and what is no notebook of format 4.

    Raises
    ------
    SubmittedFileError
        Naming the file, what was found and the next step.
    """
    require_notebook(path.name, plain_bytes(path, LARGEST_BYTES, _has_one_name))


def plain_bytes(path: Path, most: int, is_own: Callable[[Path], bool] | None = None) -> bytes:
    """Read a file that may be anything: a link, a pipe, a device, gigabytes of nothing.

    Parameters
    ----------
    most
        Bytes it may have.
    is_own
        Whether a file that has several names is to be read.

    Raises
    ------
    FileNotFoundError
        If there is none.
    SubmittedFileError
        If it is no plain file, or too large; nothing of it was read.
    """
    status = path.lstat()
    if not stat.S_ISREG(status.st_mode):
        _refuse(path.name, "不是普通文件")
    if status.st_nlink != 1 and is_own is not None and not is_own(path):
        _refuse(path.name, "是别处文件的硬链接")
    if status.st_size > most:
        _refuse(path.name, f"有 {status.st_size} 字节，最多 {most} 字节")
    # What it was may have been exchanged meanwhile: never follow, never wait.
    number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(number, "rb") as file:  # noqa: PTH123 - a descriptor
        if not os.path.samestat(os.fstat(number), status):
            _refuse(path.name, "正在改动")
        return file.read(most)


def _has_one_name(path: Path) -> bool:
    return path.lstat().st_nlink == 1


def require_notebook(name: str, content: bytes) -> None:
    """Refuse bytes that are no notebook of format 4 in plain UTF-8 JSON."""
    try:
        notebook = json.loads(content.decode("utf-8"), parse_constant=_refuse_constant)
    except (UnicodeDecodeError, RecursionError, ValueError) as error:
        raise SubmittedFileError(_sentence(name, f"不是 JSON（{error}）")) from error
    if not isinstance(notebook, dict) or notebook.get("nbformat") != 4:
        _refuse(name, "不是第 4 版格式的笔记本")
    cells = notebook.get("cells")
    if not isinstance(cells, list) or len(cells) > MOST_CELLS:
        _refuse(name, f"没有单元格列表，或者多于 {MOST_CELLS} 个单元格")
    for number, cell in enumerate(cells, start=1):
        fault = _fault_of_cell(cell)
        if fault:
            _refuse(name, f"第 {number} 个单元格{fault}")


def _fault_of_cell(cell: Any) -> str:
    if not isinstance(cell, Mapping) or cell.get("cell_type") not in ("code", "markdown", "raw"):
        return "的类型不对"
    source, metadata = cell.get("source"), cell.get("metadata")
    is_text = isinstance(source, str) or (
        isinstance(source, list) and all(isinstance(line, str) for line in source)
    )
    if not is_text or not isinstance(metadata, Mapping):
        return "没有内容或元数据"
    grader = metadata.get("nbgrader", {"schema_version": SCHEMA})
    if not isinstance(grader, Mapping) or grader.get("schema_version") != SCHEMA:
        return "的 nbgrader 元数据版本不对"
    return ""


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON")


def _refuse(name: str, found: str) -> NoReturn:
    raise SubmittedFileError(_sentence(name, found))


def _sentence(name: str, found: str) -> str:
    return f"{name} {found}，没有批改。请重新收卷；仍然这样，请联系管理员。"
