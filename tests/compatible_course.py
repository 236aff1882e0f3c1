"""A foreign course to grade in compatible mode, and what stands of it afterwards."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from grading.doctor.attacks import PLAIN
from grading.doctor.course import ASSIGNMENT, BOOK
from tests.attacked_course import attacked_course

RIGHT = {"s-total": PLAIN, "s-number": "number = 7"}
ALL = 4.0


def new_course(folder: Path) -> Path:
    """A course that was not made with Zhixing: one function, one number."""
    folder.mkdir()
    return attacked_course(folder)


def configured(course: Path, *lines: str) -> None:
    path = course / "nbgrader_config.py"
    path.write_text(path.read_text() + "\n".join(lines) + "\n")


def rows(course: Path, what: str, *more: str) -> list[Any]:
    with closing(sqlite3.connect(course / "gradebook.db")) as connection:
        return connection.execute(what, more).fetchall()


def printed(course: Path, username: str) -> str:
    return (course / "autograded" / username / ASSIGNMENT / BOOK).read_text()
