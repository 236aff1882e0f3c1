"""A grade is believed only with the digest of the hand-in that it is of."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from grading.autograding import autograde
from grading.engine.gradebook import GradebookWriter
from grading.outcome import FAILED, SKIPPED, WAITING, Outcome
from tests.grading_course import hand_in, released_course, right_answers

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

LESSON = "L1"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course in which one person's answers are graded, and then judged anew as worth nothing."""
    made = released_course(tmp_path, LESSON)
    hand_in(made, LESSON, "one", right_answers(made, LESSON))
    assert graded(made).state == WAITING
    shutil.copy(made / "gradebook.db", made / "gradebook.before")
    hand_in(made, LESSON, "one", {})
    return made


def graded(course: Path) -> Outcome:
    [outcome] = autograde(course, LESSON, ["one"])
    return outcome


@contextmanager
def locked(course: Path) -> Iterator[None]:
    with closing(sqlite3.connect(course / "gradebook.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def killed(course: Path) -> None:
    """End a run when the folder is published and the grades are not."""
    pid = os.fork()
    if pid == 0:
        GradebookWriter.write = lambda *_: os._exit(9)  # type: ignore[method-assign]
        graded(course)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 9


def test_what_could_not_be_written_is_graded_again(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grading.engine.gradebook.SECONDS_TO_WAIT", 0)
    with locked(course):
        assert graded(course).state == FAILED
    assert (graded(course).score, graded(course).state) == (0, SKIPPED)


def test_a_run_that_is_killed_before_it_writes_leaves_nothing_done(course: Path) -> None:
    killed(course)
    assert (graded(course).score, graded(course).state) == (0, SKIPPED)


def test_a_gradebook_from_before_is_not_taken_for_the_present_one(course: Path) -> None:
    assert graded(course).score == 0
    (course / "gradebook.before").replace(course / "gradebook.db")
    assert graded(course).state != SKIPPED


@pytest.mark.parametrize("change", ["answers.json", "L1.ipynb", "timestamp.txt"])
def test_whatever_of_a_hand_in_changes_it_is_graded_anew(course: Path, change: str) -> None:
    graded(course)
    path = course / "submitted" / "one" / LESSON / change
    path.write_bytes(path.read_bytes() + b" ")
    assert graded(course).state != SKIPPED
    assert graded(course).state == SKIPPED
