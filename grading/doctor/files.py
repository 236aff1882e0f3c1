"""Files: what a submission may be instead of a notebook; each is refused with its name."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from grading.doctor.course import ASSIGNMENT, BOOK

ANSWERS, TIME = "answers.json", "timestamp.txt"

Spoil = Callable[[Path, Path], None]
"""What makes a broken one of an honest hand-in; given its folder and the course's."""


def _written(text: str, name: str = BOOK) -> Spoil:
    def spoil(place: Path, _course: Path) -> None:
        (place / name).write_text(text)

    return spoil


def _piped(name: str) -> Spoil:
    def spoil(place: Path, _course: Path) -> None:
        (place / name).unlink(missing_ok=True)
        os.mkfifo(place / name)

    return spoil


def _empty(name: str, size: int) -> Spoil:
    """Make it gigabytes of nothing."""

    def spoil(place: Path, _course: Path) -> None:
        with (place / name).open("ab") as file:
            file.truncate(size)

    return spoil


def _linked_to_peer(name: str) -> Spoil:
    def spoil(place: Path, course: Path) -> None:
        (place / name).unlink(missing_ok=True)
        (place / name).symlink_to(course / "submitted" / PEER / ASSIGNMENT / name)

    return spoil


def _hard_linked(place: Path, course: Path) -> None:
    (place / BOOK).unlink()
    os.link(course / "submitted" / PEER / ASSIGNMENT / BOOK, place / BOOK)


def _linked_folder(place: Path, course: Path) -> None:
    """The hand-in itself is a link to a peer's."""
    for path in place.iterdir():
        path.unlink()
    place.rmdir()
    place.symlink_to(course / "submitted" / PEER / ASSIGNMENT)


def _linked_person(place: Path, course: Path) -> None:
    _linked_folder(place, course)
    place.unlink()
    place.parent.rmdir()
    place.parent.symlink_to(course / "submitted" / PEER)


def _linked_beside(place: Path, course: Path) -> None:
    (place / "loot").symlink_to(course)


def _linked(place: Path, course: Path) -> None:
    (place / BOOK).unlink(missing_ok=True)
    (place / BOOK).symlink_to(course / "source" / ASSIGNMENT / BOOK)


def _foldered(place: Path, _course: Path) -> None:
    (place / BOOK).unlink()
    (place / BOOK).mkdir()


PEER = "neighbour"
"""Who hands in honest work beside the broken; there before those are."""

SPOILT: Mapping[str, tuple[str, Spoil]] = {
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
    "sparse": ("8 GB 的空洞文件", _empty(BOOK, 1 << 33)),
    "pipe": ("永远读不完的管道", _piped(BOOK)),
    "time": ("胡写的交卷时间", _written("昨天" * 1000, TIME)),
    "time-early": ("元年以前的交卷时间", _written("0001-01-01 00:00:00 Asia/Tokyo", TIME)),
    "time-sparse": ("2 GB 的交卷时间", _empty(TIME, 1 << 31)),
    "time-pipe": ("交卷时间是管道", _piped(TIME)),
    "answers-deep": ("极深的作答记录", _written("[" * 200_000, ANSWERS)),
    "answers-number": ("极大的数", _written(f'{{"Q": {{"score": 1{"0" * 400}}}}}', ANSWERS)),
    "answers-pipe": ("作答记录是管道", _piped(ANSWERS)),
    "answers-link": ("指向别人作答记录的链接", _linked_to_peer(ANSWERS)),
    "hard-link": ("别人笔记本的硬链接", _hard_linked),
    "link-folder": ("指向别人卷子的文件夹链接", _linked_folder),
    "link-person": ("指向别人的文件夹链接", _linked_person),
}
"""Name to what it is, and what makes it so of an honest hand-in."""

COMPATIBLE_SPOILT: Mapping[str, tuple[str, Spoil]] = {
    **{
        name: spoil
        for name, spoil in SPOILT.items()
        if name not in ("answers-deep", "answers-number")
    },
    "link-beside": ("旁边放着指向课程的链接", _linked_beside),
}
"""In compatible mode; a file of answers is none there, and what is written in it is nobody's."""


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
