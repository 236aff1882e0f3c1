"""Files: what a submission may be instead of a notebook; each is refused with its name."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from grading.doctor.course import ASSIGNMENT, BOOK


def _written(text: str) -> Callable[[Path, Path], None]:
    def spoil(place: Path, _course: Path) -> None:
        (place / BOOK).write_text(text)

    return spoil


def _linked(place: Path, course: Path) -> None:
    (place / BOOK).unlink()
    (place / BOOK).symlink_to(course / "source" / ASSIGNMENT / BOOK)


def _foldered(place: Path, _course: Path) -> None:
    (place / BOOK).unlink()
    (place / BOOK).mkdir()


def _dated(place: Path, _course: Path) -> None:
    (place / "timestamp.txt").write_text("昨天" * 1000)


def _sparse(place: Path, _course: Path) -> None:
    with (place / BOOK).open("r+b") as file:
        file.truncate(1 << 33)


SPOILT: Mapping[str, tuple[str, Callable[[Path, Path], None]]] = {
    "no-json": ("不是 JSON", _written("{")),
    "binary": ("不是文本", _written("\x00\x01\x02")),
    "old-format": ("旧格式的笔记本", _written('{"nbformat": 3, "worksheets": []}')),
    "no-number": (
        "带有 NaN",
        _written('{"nbformat": 4, "cells": [], "metadata": {"x": NaN}}'),
    ),
    "no-cells": ("单元格不是列表", _written('{"nbformat": 4, "cells": 7, "metadata": {}}')),
    "deep-json": ("极深的 JSON", _written("[" * 100000)),
    "link": ("指向课程源文件的链接", _linked),
    "folder": ("用文件夹冒充文件", _foldered),
    "sparse": ("8 GB 的空洞文件", _sparse),
    "time": ("胡写的交卷时间", _dated),
}
"""Name to what it is, and what makes it so of an honest hand-in (its folder, the course's)."""


def edit_all(place: Path) -> None:
    """Change points, flags, order, kernel and tests, and give every cell a twin."""
    path = place / BOOK
    book = json.loads(path.read_text())
    for cell in book["cells"]:
        told = cell["metadata"].get("nbgrader", {})
        if told.get("grade"):
            told.update(points=1000, grade=False, solution=True)
            cell["source"] = "pass"
    book["cells"].reverse()
    book["cells"].append({**book["cells"][0], "id": "twin", "source": "raise SystemExit"})
    book["metadata"]["kernelspec"] = {"name": "evil", "display_name": "x", "language": "python"}
    path.write_text(json.dumps(book))
