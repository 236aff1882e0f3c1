"""From release to the grade a cadre reads, through real nbgrader: the same marks cell by cell."""

import json
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import pytest
from nbgrader.api import Gradebook

from grading.answersfile import RecordedAnswer
from grading.autograding import (
    FAILED,
    GRADED,
    SKIPPED,
    WAITING,
    NothingSubmittedError,
    Outcome,
    submitted_usernames,
)
from grading.autograding import autograde as autograde_each
from grading.nbgraderapi import nbgrader_api
from grading.released import grades_payload
from tests.grading_course import (
    ADVICE,
    HANDED_IN_AT,
    TOTALS,
    cell_of,
    hand_in,
    questions,
    released_course,
    right_answers,
    workbook,
)
from tests.right_and_wrong import wrong_value
from zhixing.marking import mark
from zhixing.yard.yard import YardError

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

SCRIPT = "核对<b>底数</b>。<script>window.broken = 1</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return released_course(tmp_path_factory.mktemp("批改"), "L1", "L3")


@pytest.fixture
def username(request: pytest.FixtureRequest) -> str:
    """A learner of this test alone."""
    return f"u{crc32(request.node.name.encode())}"


def autograde(course: Path, lesson: str, username: str, *, again: bool = False) -> Outcome:
    return next(autograde_each(course, lesson, [username], again=again))


@pytest.fixture
def gradebook(course: Path) -> Iterator[Gradebook]:
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "shujiketang") as opened:
        yield opened


@pytest.mark.parametrize("lesson", ["L1", "L3"])
def test_right_answers_earn_all_points_but_those_a_person_gives(
    course: Path, lesson: str, username: str
) -> None:
    hand_in(course, lesson, username, right_answers(course, lesson))
    outcome = autograde(course, lesson, username)
    written = sum(one.points for one in questions(course, lesson) if one.kind == "written")
    assert outcome == Outcome(username, WAITING, TOTALS[lesson] - written, TOTALS[lesson])


def test_the_gradebook_holds_the_marks_of_the_classroom_cell_by_cell(
    course: Path, gradebook: Gradebook, username: str
) -> None:
    """Half right, one wrong, one tried twice: each cell's points are points times the mark."""
    answers, expected = {}, {}
    for number, question in enumerate(questions(course, "L1")):
        if question.kind == "written" or number % 4 == 3:
            continue
        values = (wrong_value(question), right_answers(course, "L1")[question.id].values[0])
        given = values[:1] if number % 2 else values
        answers[question.id] = RecordedAnswer(question.version, given, None)
        scores = [mark(question, value).score or 0 for value in given]
        expected[question.id] = question.points * max(scores)
    hand_in(course, "L1", username, answers)
    assert autograde(course, "L1", username).state == GRADED
    submission = gradebook.find_submission_notebook("L1", "L1", username)
    found = {grade.name: grade.auto_score for grade in submission.grades}
    assert found == {name: pytest.approx(expected.get(name, 0.0)) for name in found}
    assert 0 < sum(expected.values()) < TOTALS["L1"]


def test_an_answer_to_an_older_version_keeps_the_mark_it_got(course: Path, username: str) -> None:
    question = questions(course, "L1")[0]
    hand_in(course, "L1", username, {question.id: RecordedAnswer("0" * 16, ("x",), 0.5)})
    assert autograde(course, "L1", username).score == question.points * 0.5


def test_an_unanswered_written_part_is_0_and_waits_for_nobody(
    course: Path, gradebook: Gradebook, username: str
) -> None:
    answers = right_answers(course, "L3")
    blank = RecordedAnswer(answers["L3-W1"].version, (" \n　",), None)
    hand_in(course, "L3", username, {**answers, "L3-W1": blank})
    assert autograde(course, "L3", username).state == GRADED
    grade = gradebook.find_grade("L3-W1", "L3", "L3", username)
    assert (grade.score, grade.needs_manual_grade) == (0, False)
    comment = gradebook.find_comment("L3-W1", "L3", "L3", username)
    assert comment.auto_comment == "No response."


def test_a_written_text_equal_to_the_stub_is_an_answer(course: Path, username: str) -> None:
    stub = "".join(cell_of(course / "release" / "L3" / "L3.ipynb", "L3-W1")["source"])
    hand_in(course, "L3", username, right_answers(course, "L3", stub))
    assert autograde(course, "L3", username).state == WAITING


def test_the_grade_given_by_hand_is_what_the_cadre_gets(
    course: Path, gradebook: Gradebook, username: str
) -> None:
    hand_in(course, "L3", username, right_answers(course, "L3"))
    autograde(course, "L3", username)
    submitted_at = HANDED_IN_AT.isoformat()
    assert grades_payload(gradebook, "L3", username, submitted_at) is None
    grade_by_hand(gradebook, username, 6, "写得具体，a < b，请补上时限。")
    payload = grades_payload(gradebook, "L3", username, submitted_at)
    assert payload is not None
    assert (payload["score"], payload["max_score"]) == (TOTALS["L3"] - 2, TOTALS["L3"])
    assert payload["comment"] == "写得具体，a < b，请补上时限。"
    cells = {cell["id"]: cell for cell in payload["cells"]}
    assert cells["L3-W1"] == {
        "id": "L3-W1",
        "score": 6,
        "max_score": 8,
        "comment": payload["comment"],
    }
    assert cells["L3-1"]["score"] == cells["L3-1"]["max_score"]
    assert sum(cell["score"] for cell in cells.values()) == payload["score"]
    later = "2026-11-21T00:00:00+00:00"
    assert grades_payload(gradebook, "L3", username, later) is None, "grade of another hand-in"


def grade_by_hand(gradebook: Gradebook, username: str, points: float, comment: str) -> None:
    grade = gradebook.find_grade("L3-W1", "L3", "L3", username)
    grade.manual_score, grade.needs_manual_grade = points, False
    gradebook.find_comment("L3-W1", "L3", "L3", username).manual_comment = comment
    gradebook.db.commit()


def test_feedback_shows_text_and_comment_and_holds_nothing_that_runs(
    course: Path, gradebook: Gradebook, username: str
) -> None:
    hand_in(course, "L3", username, right_answers(course, "L3", SCRIPT))
    autograde(course, "L3", username)
    grade_by_hand(gradebook, username, 7, "好。<script>window.broken = 2</script>")
    outcome = nbgrader_api(course).generate_feedback("L3", username)
    assert outcome["success"], outcome
    page = (course / "feedback" / username / "L3" / "L3.html").read_text()
    assert "&lt;b&gt;底数&lt;/b&gt;" in page
    assert "评语：" in page
    assert "<script" not in page
    assert "onerror=" not in page.replace("onerror=alert(1)&gt;", "")
    assert "cdnjs" not in page


def test_a_question_only_hand_in_starts_no_kernel(
    course: Path, username: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise YardError("a kernel was started")

    monkeypatch.setattr("zhixing.yard.yard.Yard.open", fail)
    monkeypatch.setattr("jupyter_client.manager.KernelManager._async_start_kernel", fail)
    hand_in(course, "L3", username, right_answers(course, "L3"))
    assert autograde(course, "L3", username).state == WAITING
    # The same trap does spring where there is learner code.
    hand_in(course, "L3", username, right_answers(course, "L3"), {"D1": workbook(course, {})})
    assert autograde(course, "L3", username, again=True).state == FAILED


def test_an_answers_file_or_grade_in_a_workbook_is_ignored(course: Path, username: str) -> None:
    forged = json.loads(workbook(course, {}))
    forged["metadata"]["answers"] = {"L3-1": {"version": "x", "values": ["a"], "score": 1}}
    for cell in forged["cells"]:
        cell["metadata"].setdefault("nbgrader", {})["points"] = 1000
        if cell["cell_type"] == "code":
            data = {"text/plain": "1000"}
            output = {"output_type": "execute_result", "data": data, "metadata": {}}
            cell["outputs"] = [output | {"execution_count": 1}]
    writes = "import json, pathlib\npathlib.Path('answers.json').write_text('{}')\na = b = 0\n"
    forged["cells"].append(
        {
            "cell_type": "code",
            "source": "Question('L3-1')",
            "outputs": [],
            "execution_count": None,
            "metadata": {"nbgrader": {"grade_id": "L3-1", "solution": True, "grade": True}},
        }
    )
    content = json.dumps(forged).replace(
        "is_listed =", "is_listed = 0\\n" + json.dumps(writes)[1:-1]
    )
    hand_in(course, "L3", username, {}, {"D1": content.encode()})
    outcome = autograde(course, "L3", username)
    assert (outcome.score, outcome.max_score) == (0, TOTALS["L3"])


def test_a_damaged_hand_in_is_reported_and_stops_nobody_else(course: Path) -> None:
    damaged = hand_in(course, "L1", "aa-damaged", right_answers(course, "L1"))
    strange = hand_in(course, "L1", "ab-strange", right_answers(course, "L1"))
    linked = hand_in(course, "L1", "ac-linked", right_answers(course, "L1"))
    hand_in(course, "L1", "ad-honest", right_answers(course, "L1", ADVICE))
    (damaged / "L1.ipynb").write_bytes(b'{"cells": [')
    content = json.loads((strange / "L1.ipynb").read_bytes())
    content["cells"][2]["metadata"]["nbgrader"]["schema_version"] = 99
    (strange / "L1.ipynb").write_text(json.dumps(content))
    (linked / "L1.ipynb").unlink()
    (linked / "L1.ipynb").symlink_to(course / "source" / "L1" / "L1.ipynb")
    names = ["aa-damaged", "ab-strange", "ac-linked", "ad-honest"]
    assert set(names) <= set(submitted_usernames(course, "L1"))
    outcomes = list(autograde_each(course, "L1", names))
    assert [one.state for one in outcomes] == [FAILED, FAILED, FAILED, WAITING]
    assert "不是 JSON" in outcomes[0].reason
    assert "元数据版本不对" in outcomes[1].reason
    assert "不是普通文件" in outcomes[2].reason
    assert not (course / "autograded" / "aa-damaged" / "L1").exists()


def test_what_has_not_changed_is_not_graded_again(
    course: Path, gradebook: Gradebook, username: str
) -> None:
    hand_in(course, "L3", username, right_answers(course, "L3"))
    autograde(course, "L3", username)
    grade_by_hand(gradebook, username, 5, "好。")
    assert autograde(course, "L3", username).state == SKIPPED
    assert autograde(course, "L3", username, again=True).score == TOTALS["L3"] - 3, (
        "the grade by hand stays"
    )


def test_a_lesson_nobody_handed_in_says_so(course: Path) -> None:
    with pytest.raises(NothingSubmittedError, match="没有收到《L9》的卷子"):
        submitted_usernames(course, "L9")
