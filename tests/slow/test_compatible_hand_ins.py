"""Compatible mode takes of course and hand-in nothing that would leave the box."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from grading.doctor.attacks import PLAIN
from grading.doctor.course import ASSIGNMENT, BOOK, hand_in
from tests.compatible_course import ALL, RIGHT, configured, new_course, printed
from tests.grading_command import run_grade


@pytest.fixture
def course(tmp_path: Path) -> Path:
    return new_course(tmp_path / "外来课程")


# Steps


IMPORT = "from nbgrader.preprocessors import Execute, SaveAutoGrades"
LISTED = '["nbgrader.preprocessors.Execute", "nbgrader.preprocessors.SaveAutoGrades"]'
STEPS = {
    "set to names": [f"c.Autograde.autograde_preprocessors = {LISTED}"],
    "set to classes": [IMPORT, "c.Autograde.autograde_preprocessors = [Execute, SaveAutoGrades]"],
    "of nbconvert": [
        "c.ExecutePreprocessor.enabled = True",
        f"c.Autograde.autograde_preprocessors = {LISTED}",
        "c.Autograde.autograde_preprocessors += ['nbconvert.preprocessors.ExecutePreprocessor']",
    ],
    "appended": [
        "c.Autograde.autograde_preprocessors.append('nbgrader.preprocessors.ClearOutput')"
    ],
    "a class of the course's own": [
        IMPORT,
        "class Own(Execute):\n    pass",
        "c.Autograde.autograde_preprocessors = [Own, SaveAutoGrades]",
    ],
    "a made one": [
        IMPORT,
        "c.Autograde.autograde_preprocessors = [Execute(), SaveAutoGrades]",
    ],
    "while it is sanitized": [
        "from nbgrader.converters.autograde import Autograde",
        IMPORT,
        "[usual] = Autograde.sanitize_preprocessors.default_args",
        "c.Autograde.sanitize_preprocessors = [*usual, Execute]",
    ],
}


@pytest.mark.parametrize("lines", STEPS.values(), ids=STEPS)
def test_whatever_steps_a_course_lists_learner_code_stays_in_its_box(
    course: Path, tmp_path: Path, lines: list[str]
) -> None:
    configured(course, *lines)
    outside = tmp_path / "outside"
    tries = f"import os\ntry: open({str(outside)!r}, 'w')\nexcept OSError: pass\n"
    tries += f"print('sees', os.path.exists({str(course)!r}), os.getuid() != 0)\n"
    hand_in(course, "eve", {**RIGHT, "s-total": tries + PLAIN})
    ran = run_grade(course, "auto")
    assert not outside.exists()
    assert ran.states == {"eve": "graded"}, ran.talk
    if "ClearOutput" not in lines[0]:
        assert "sees False True" in printed(course, "eve")


def test_steps_of_which_none_runs_code_in_a_box_are_refused(course: Path) -> None:
    steps = '["nbgrader.preprocessors.ClearOutput", "nbgrader.preprocessors.SaveAutoGrades"]'
    configured(course, f"c.Autograde.autograde_preprocessors = {steps}")
    hand_in(course, "one", RIGHT)
    ran = run_grade(course, "compatible")
    assert (ran.code, "autograde_preprocessors" in ran.talk) == (1, True), ran.talk
    assert not (course / "autograded").exists()


# Files


def linked_folder(course: Path, place: Path) -> None:
    place.rename(place.with_name("kept"))
    place.symlink_to(course / "submitted" / "good" / ASSIGNMENT)


def linked_person(course: Path, place: Path) -> None:
    place.parent.rename(place.parent.with_name("kept-person"))
    place.parent.symlink_to(course / "submitted" / "good")


def linked_book(course: Path, place: Path) -> None:
    (place / BOOK).unlink()
    (place / BOOK).symlink_to(course / "source" / ASSIGNMENT / BOOK)


def hard_linked_book(course: Path, place: Path) -> None:
    (place / BOOK).unlink()
    os.link(course / "submitted" / "good" / ASSIGNMENT / BOOK, place / BOOK)


def linked_beside(course: Path, place: Path) -> None:
    (place / "loot.txt").symlink_to(course / "source" / ASSIGNMENT / BOOK)


def linked_folder_beside(course: Path, place: Path) -> None:
    (place / "loot").symlink_to(course)


def piped_beside(_: Path, place: Path) -> None:
    os.mkfifo(place / "pipe")


def sparse_beside(_: Path, place: Path) -> None:
    with (place / "big").open("wb") as file:
        file.truncate(1 << 34)


def many_beside(_: Path, place: Path) -> None:
    for number in range(1200):
        (place / f"f{number}").touch()


def deep_beside(_: Path, place: Path) -> None:
    place.joinpath(*"abcdefghijklmnopqrstuvwxyz").mkdir(parents=True)


def strange_metadata(_: Path, place: Path) -> None:
    book = json.loads((place / BOOK).read_text())
    (place / BOOK).write_text(json.dumps({**book, "metadata": [1]}))


def half_a_character(_: Path, place: Path) -> None:
    text = (place / BOOK).read_text()
    (place / BOOK).write_text(text.replace("number = 7", "number = 7 # \\ud800"))


def no_time(_: Path, place: Path) -> None:
    (place / "timestamp.txt").write_text("0001-01-01 00:00:00 Asia/Tokyo")


STRANGE: list[Callable[[Path, Path], None]] = [
    *(linked_folder, linked_person, linked_book, hard_linked_book, linked_beside),
    *(linked_folder_beside, piped_beside, sparse_beside, many_beside, deep_beside),
    *(strange_metadata, half_a_character, no_time),
]


def test_nothing_but_plain_files_of_its_own_is_taken_from_a_hand_in(course: Path) -> None:
    hand_in(course, "good", RIGHT)
    time.sleep(0.05)
    sees = "import os\nfor root, _, names in os.walk('.'):\n    for name in names:\n"
    sees += "        print(open(os.path.join(root, name), 'rb').read()[:99999])\n"
    for make in STRANGE:
        name = f"x-{make.__name__}"
        make(course, hand_in(course, name, {**RIGHT, "s-number": f"{sees}number = 7"}))
    ran = run_grade(course, "compatible", "--jobs", "2")
    wanted = {f"x-{make.__name__}": "failed" for make in STRANGE} | {"good": "graded"}
    assert {name: state for name, state in ran.states.items() if "kept" not in name} == wanted
    assert ran.scores["good"] == ALL
    assert all(one["reason"] for one in ran.outcomes.values() if one["state"] == "failed")
    copied = [path.name for path in (course / "autograded").iterdir()]
    assert not [name for name in copied if name.startswith("x-")]


@pytest.mark.parametrize("mode", ["sealed", "compatible"])
def test_whoever_has_the_name_of_our_own_folder_keeps_the_work(course: Path, mode: str) -> None:
    names = [".zhixing-unfinished", ".zhixing-compatible"]
    for name in names:
        hand_in(course, name, RIGHT)
    assert run_grade(course, mode).scores == dict.fromkeys(names, ALL)
    assert run_grade(course, mode).states == dict.fromkeys(names, "skipped")
    assert sorted(path.name for path in (course / "autograded").iterdir()) == sorted(names)
