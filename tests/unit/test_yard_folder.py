"""Files cross by name, in bounds, and only below the folder."""

import base64
import os
from pathlib import Path
from typing import Any

import pytest

from grading.engine.sharedfiles import SharedFiles
from zhixing.yard.folder import LARGEST_TOTAL, MOST_FILES, Folder, is_name


def coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize("name", ["a.txt", "表/底数.csv", "a/b/c.txt"])
def test_a_name_below_the_folder_is_one(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *("", ".", "..", "../x", "a/../../x", "/etc/passwd", ".hidden", "a/.x", "__pycache__/x"),
        *("a\0b", "x" * 300, "a/" * 20 + "b", None, 3, ["a"]),
    ],
)
def test_any_other_name_is_none(name: Any) -> None:
    assert not is_name(name)


def test_only_what_is_new_or_changed_is_told(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    (tmp_path / "given.csv").write_text("1")
    folder.remember()
    assert folder.news() == {}
    (tmp_path / "表").mkdir()
    (tmp_path / "表" / "out.csv").write_text("2")
    (tmp_path / ".hidden").write_text("3")
    (tmp_path / "link").symlink_to("/etc/passwd")
    assert folder.news() == {"表/out.csv": coded("2")}
    assert folder.news() == {}
    (tmp_path / "given.csv").write_text("12")
    assert folder.news() == {"given.csv": coded("12")}


def test_what_is_too_much_is_left_out(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    (tmp_path / "large").write_bytes(b"0" * (LARGEST_TOTAL + 1))
    (tmp_path / "small").write_text("1")
    assert folder.news() == {"small": coded("1")}
    for number in range(2 * MOST_FILES):
        (tmp_path / f"n{number}").write_text("")
    assert len(folder.news()) <= MOST_FILES


@pytest.mark.parametrize(
    "told",
    [
        None,
        [],
        {"../out": coded("x"), "/tmp/out": coded("x"), 3: coded("x")},
        {"a": "no base64!", "b": 3, "c": {"t": "x"}},
        {"a/b": coded("x"), "a": coded("x")},
        {"large": coded("x" * LARGEST_TOTAL) * 3},
    ],
)
def test_whatever_is_told_nothing_is_written_elsewhere(tmp_path: Path, told: Any) -> None:
    own = tmp_path / "own"
    own.mkdir()
    Folder(own).take(told)
    assert [path.name for path in tmp_path.iterdir()] == ["own"]


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "link").symlink_to(tmp_path / "outside")
    Folder(own).take({"link": coded("x")})
    assert not (tmp_path / "outside").exists()


def test_only_files_that_arguments_name_are_given(tmp_path: Path) -> None:
    for name in ("in.csv", "secret.csv", "course.csv"):
        (tmp_path / name).write_text(name)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "x").write_text("x")
    shared = SharedFiles(tmp_path, ["course.csv"])
    assert shared.given(["in.csv"]) == {"in.csv": coded("in.csv")}
    assert shared.given([tmp_path / "in.csv", 3, None, "甲"]) == {"in.csv": coded("in.csv")}
    assert shared.given([["in.csv", "none.csv"]]) == {"in.csv": coded("in.csv")}
    assert shared.given([str(tmp_path / "folder")]) == {"folder": None, "folder/x": coded("x")}
    assert shared.given([tmp_path / "folder" / "new.csv"]) == {"folder": None}
    assert shared.given(["course.csv", "..", ".", "/etc/passwd", "../x", "a\0b"]) == {}


def test_files_of_the_course_and_of_the_test_stay(tmp_path: Path) -> None:
    for name in ("course.csv", "test.csv", "in.csv"):
        (tmp_path / name).write_text("right")
    shared = SharedFiles(tmp_path, ["course.csv"])
    told = {name: coded("wrong") for name in ("course.csv", "test.csv", "in.csv", "out.csv")}
    shared.take({"files": told, "gone": ["test.csv", "../x", 3]}, {"in.csv": ""})
    found = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert found == {"course.csv": "right", "test.csv": "right", "in.csv": "wrong"} | {
        "out.csv": "wrong"
    }
    shared.take({"files": {"out.csv": coded("again")}, "gone": ["in.csv"]}, {"in.csv": ""})
    assert (tmp_path / "out.csv").read_text() == "again"
    (tmp_path / "out.csv").write_text("by the test")
    shared.take({"files": {"out.csv": coded("wrong")}})
    assert (tmp_path / "out.csv").read_text() == "by the test"
    assert not os.path.lexists(tmp_path / "in.csv")
