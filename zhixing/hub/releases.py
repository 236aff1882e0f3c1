"""Releases: the learners' version of a lesson as one zip, read from a folder trainers write to."""

from __future__ import annotations

import io
import os
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from zhixing.errors import ZhixingError

MOST_FILES = 100
LARGEST_BYTES = 20 * 1024 * 1024
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class ReleaseTooLargeError(ZhixingError):
    """A released lesson that is no lesson any more by its size."""


@dataclass(frozen=True)
class ReleaseReader:
    """Reads released lessons; ``courses`` holds the nbgrader course directories."""

    courses: Path

    def __call__(self, course_id: str, lesson_id: str) -> bytes | None:
        """Zip of ``release/<lesson>``; None where there is none.

        No link is followed anywhere on the way: whoever may write here may not read, through us,
        what only we may read.

        Raises
        ------
        ReleaseTooLargeError
            Past ``MOST_FILES`` or ``LARGEST_BYTES``.
        """
        try:
            folder = _opened(self.courses, course_id, "release", lesson_id)
        except OSError:
            return None
        try:
            files = dict(_bounded(_files(folder)))
        finally:
            os.close(folder)
        return _zipped(files) if any(name.endswith(".ipynb") for name in files) else None


def _opened(root: Path, *parts: str) -> int:
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    for part in parts:
        try:
            inner = os.open(part, _FOLDER, dir_fd=folder)
        finally:
            os.close(folder)
        folder = inner
    return folder


def _files(folder: int) -> Iterator[tuple[str, bytes]]:
    for place, folders, names, fd in os.fwalk(".", dir_fd=folder, follow_symlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            content = b"" if name.startswith(".") else _content(name, fd)
            if content:
                yield os.path.normpath(f"{place}/{name}"), content


def _content(name: str, folder: int) -> bytes:
    """Bytes of a plain file; empty for a link, a pipe or a device."""
    try:
        fd = os.open(name, _FILE, dir_fd=folder)
    except OSError:
        return b""
    with os.fdopen(fd, "rb") as file:
        is_plain = stat.S_ISREG(os.fstat(fd).st_mode)
        return file.read(LARGEST_BYTES + 1) if is_plain else b""


def _bounded(files: Iterator[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    total = 0
    for number, (name, content) in enumerate(files, start=1):
        total += len(content)
        if number > MOST_FILES or total > LARGEST_BYTES:
            raise ReleaseTooLargeError(
                f"这一讲的学员版超过 {MOST_FILES} 个文件或 {LARGEST_BYTES // 1024**2} MB，"
                "不能下载。请告诉教员。"
            )
        yield name, content


def _zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
