"""A hand-in whose cells hold no code of the learner's never starts an interpreter."""

from pathlib import Path

import pytest

from grading.autograding import run_of
from grading.doctor.course import ASSIGNMENT, check, code, hand_in, released_course
from grading.outcome import Outcome
from tests.attacked_course import attacked_course
from zhixing.yard.yard import Yard, YardError

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

BLANK = {
    "untouched": {},
    "empty": {"s-total": "", "s-number": "\n"},
    "comments": {"s-total": "# 以后再写", "s-number": "# 不会"},
}


@pytest.fixture(params=["sealed", "compatible"])
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def graded(course: Path, mode: str, *usernames: str) -> dict[str, Outcome]:
    run = run_of(course, ASSIGNMENT, mode)
    return {one.username: one for one in run.outcomes(run.plan(usernames, again=True), 2)}


def test_no_interpreter_is_started_for_a_hand_in_without_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    course = attacked_course(tmp_path)
    for name, sources in BLANK.items():
        hand_in(course, name, sources)

    def refuse(_: Yard) -> None:
        raise YardError("a fork-server was started")

    monkeypatch.setattr(Yard, "open", refuse)
    found = graded(course, mode, *BLANK)
    told = {name: (one.state, one.score, one.reason) for name, one in found.items()}
    assert told == dict.fromkeys(BLANK, ("graded", 0.0, ""))


def test_a_test_that_what_was_released_meets_keeps_its_points(tmp_path: Path, mode: str) -> None:
    """As in nbgrader, which runs it."""
    stub = (
        "def total(values):\n    ### BEGIN SOLUTION\n    return sum(values)\n    ### END SOLUTION"
    )
    cells = [
        code(stub, "s-total", solution=True),
        check("t-there", "assert callable(total)"),
        check("t-total", "assert total([1, 2]) == 3"),
    ]
    course = released_course(tmp_path, cells)
    hand_in(course, "untouched", {})
    assert graded(course, mode, "untouched")["untouched"].score == 2.0
