"""Linked file: a file that has several names, and whose work it is.

A hard link to somebody's notebook must cost that person nothing, and earn whoever made it nothing.
The file does not say which name was first; the folders do.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterator
from pathlib import Path

_AT_FDCWD, _NO_FOLLOW, _BIRTH = -100, 0x100, 0x800
_MASK, _BIRTH_TIME = struct.Struct("I"), struct.Struct("qI")
_BIRTH_OFFSET = 80
"""Of ``stx_btime`` in the kernel's ``struct statx``; Python 3.11 does not read it."""

_libc = ctypes.CDLL(None, use_errno=True)


def is_own_file(course_dir: Path, path: Path) -> bool:
    """Whether a submitted file is the work of the person in whose folder it lies.

    Parameters
    ----------
    path
        ``submitted/<person>/<assignment>/…`` below the course.
    """
    status = path.lstat()
    if status.st_nlink == 1:
        return True
    if _is_of_the_course(course_dir, status):
        return False
    others = list(_other_holders(course_dir, path, status))
    if not others:
        return False  # its other name is somewhere out of sight
    return path in _first_holders([path, *others], status)


def _is_of_the_course(course_dir: Path, status: os.stat_result) -> bool:
    submitted = course_dir / "submitted"
    for folder, folders, names in os.walk(course_dir):
        folders[:] = [name for name in folders if Path(folder, name) != submitted]
        if any(_is_same(Path(folder, name), status) for name in names):
            return True
    return False


def _other_holders(course_dir: Path, path: Path, status: os.stat_result) -> Iterator[Path]:
    submitted = course_dir / "submitted"
    _, *below = path.relative_to(submitted).parts
    for person in submitted.iterdir():
        other = person.joinpath(*below)
        if other != path and _is_same(other, status):
            yield other


def _is_same(path: Path, status: os.stat_result) -> bool:
    try:
        return os.path.samestat(path.lstat(), status)
    except OSError:
        return False


def _first_holders(paths: list[Path], status: os.stat_result) -> list[Path]:
    """Those who may have had it first; several only where nothing tells them apart.

    A folder that was made after the file got the file from elsewhere. Of older folders those that
    have not changed since the file got its last name did not give it that name.
    """
    born = _birth(paths[0])
    old = [path for path in paths if _birth(path.parent) <= born]
    quiet = [path for path in old if path.parent.stat().st_ctime_ns < status.st_ctime_ns]
    return quiet or old or paths


def _birth(path: Path) -> float:
    """When it was made, in seconds; 0 where the file system does not know."""
    answer = ctypes.create_string_buffer(256)
    _libc.statx(_AT_FDCWD, os.fsencode(path), _NO_FOLLOW, _BIRTH, answer)
    if not _MASK.unpack_from(answer)[0] & _BIRTH:
        return 0.0
    seconds, nanoseconds = _BIRTH_TIME.unpack_from(answer, _BIRTH_OFFSET)
    return float(seconds + nanoseconds / 1e9)
