"""Figures: the pictures beside a lesson's notebook, ``source/LESSON/figures/``."""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = "figures"
NAME = re.compile(r"[A-Za-z0-9_-]+\.(?:svg|png)")
"""Names that are the same in every file system and address, and kinds every browser draws."""


def figures_folder(course: Path, lesson_id: str) -> Path:
    """Where the figures of a lesson lie."""
    return course / "source" / lesson_id / FOLDER


def read_figures(course: Path, lesson_id: str) -> dict[str, bytes]:
    """File name to content of every figure that has a fit name; others are never served."""
    found = sorted(figures_folder(course, lesson_id).glob("*"))
    return {
        path.name: path.read_bytes()
        for path in found
        if path.is_file() and not path.is_symlink() and NAME.fullmatch(path.name)
    }
