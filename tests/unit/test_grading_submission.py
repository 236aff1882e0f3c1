"""A hand-in is the released lesson with the learner's words and solutions, and nothing else."""

import io
import json
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest

from grading.answersfile import AnswersFileError, RecordedAnswer, load_answers
from grading.answertext import text_from_answer
from grading.submission import LONGEST_SOURCE, WorkbookError, build_submission
from zhixing.question import Option, Question

AT = datetime(2026, 11, 20, 2, 30, 15, 120_000, tzinfo=UTC)
STUB = "（这里写建议）"


def cell(kind: str, source: str, grade_id: str = "", **grader: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"cell_type": kind, "metadata": {}, "source": source, "id": grade_id}
    if grade_id:
        made["metadata"] = {"nbgrader": {"grade_id": grade_id, "schema_version": 3, **grader}}
    if kind == "code":
        made |= {"outputs": [], "execution_count": None}
    return made


def book(*cells: dict[str, Any]) -> bytes:
    content = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)}
    return json.dumps(content, ensure_ascii=False).encode()


RELEASED = {
    "L1.ipynb": book(
        cell("markdown", "# 总论", "m1"),
        cell("code", 'Question("L1-1")', "L1-1", grade=True, solution=False, points=5),
        cell("markdown", STUB, "L1-W1", grade=True, solution=True, points=8),
    ),
    "D0.ipynb": book(
        cell("code", "raise NotImplementedError()", "d0", solution=True, grade=False),
        cell("code", "assert x == 1", "d0-check", solution=False, grade=True, points=0),
    ),
}
TEXT = RecordedAnswer("v1", ("先前写的", "请 陶𠮷 每周三<b>入户</b>。"), None)


def files(**given: Any) -> dict[str, bytes]:
    answers, workbooks = given.get("answers", {}), given.get("workbooks", {})
    package = build_submission(RELEASED, answers, workbooks, AT)
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def cells_of(content: bytes) -> dict[str, Any]:
    found = json.loads(content)["cells"]
    return {one["metadata"].get("nbgrader", {}).get("grade_id", ""): one for one in found}


def source_of(content: bytes, grade_id: str) -> str:
    return "".join(cells_of(content)[grade_id]["source"])


def test_the_last_written_text_is_in_its_cell_and_marks_no_markup() -> None:
    source = source_of(files(answers={"L1-W1": TEXT})["L1.ipynb"], "L1-W1")
    assert "陶𠮷" in source
    assert "\\<b\\>入户\\<\\/b\\>" in source
    assert "先前写的" not in source
    assert "<b>" not in source


@pytest.mark.parametrize("text", ["", "  \n　"])
def test_an_empty_text_leaves_the_stub_which_nbgrader_knows_as_no_answer(text: str) -> None:
    made = files(answers={"L1-W1": RecordedAnswer("v1", (text,), None)})
    assert source_of(made["L1.ipynb"], "L1-W1") == STUB


def test_the_code_track_is_handed_in_only_where_it_was_sent() -> None:
    assert sorted(files()) == ["L1.ipynb", "answers.json", "timestamp.txt"]
    sent = files(workbooks={"D0": RELEASED["D0.ipynb"]})
    assert sorted(sent) == ["D0.ipynb", "L1.ipynb", "answers.json", "timestamp.txt"]


def test_only_the_source_of_known_solution_cells_is_taken_from_a_workbook() -> None:
    forged = book(
        cell("code", "x = 1", "d0", solution=True, grade=True, points=999),
        cell("code", "pass", "d0-check", solution=True, grade=True, points=999),
        cell("code", "evil()", "more", solution=True, grade=True, points=999),
    )
    made = cells_of(files(workbooks={"D0": forged})["D0.ipynb"])
    assert sorted(made) == ["d0", "d0-check"]
    assert "".join(made["d0"]["source"]) == "x = 1"
    assert "".join(made["d0-check"]["source"]) == "assert x == 1"
    assert made["d0"]["metadata"] == json.loads(RELEASED["D0.ipynb"])["cells"][0]["metadata"]


def test_an_unknown_workbook_is_not_handed_in() -> None:
    assert "../x.ipynb" not in files(workbooks={"../x": RELEASED["D0.ipynb"]})


@pytest.mark.parametrize("content", [b"", b"[]", b'{"cells": 1}', b'{"cells": [{}]}', b"\xff"])
def test_a_workbook_that_is_no_notebook_is_refused(content: bytes) -> None:
    with pytest.raises(WorkbookError, match=r"D0\.ipynb 不是能读的笔记本"):
        files(workbooks={"D0": content})


def test_a_cell_that_is_too_long_is_refused_with_its_name() -> None:
    long = book(cell("code", "#" * (LONGEST_SOURCE + 1), "d0", solution=True))
    with pytest.raises(WorkbookError, match="单元格 d0"):
        files(workbooks={"D0": long})


def test_the_time_is_in_nbgraders_form_and_the_package_the_same_every_time() -> None:
    assert files()["timestamp.txt"] == b"2026-11-20 10:30:15.120000 Asia/Shanghai"
    one, two = (build_submission(RELEASED, {"L1-W1": TEXT}, {}, AT) for _ in "12")
    assert one == two


def test_recorded_answers_come_back_as_they_were(tmp_path: Any) -> None:
    answers = {"L1-1": RecordedAnswer("v", (["a", "b"], {"a": "x"}), 0.5), "L1-W1": TEXT}
    (tmp_path / "answers.json").write_bytes(files(answers=answers)["answers.json"])
    assert load_answers(tmp_path) == answers


@pytest.mark.parametrize(
    "content",
    [
        "[]",
        "{",
        '{"L1-1": 1}',
        '{"L1-1": {"version": "v", "values": [], "score": 2}}',
        '{"L1-1": {"version": "v", "values": [], "score": "x"}}',
    ],
)
def test_an_answers_file_that_the_platform_did_not_write_is_refused(
    tmp_path: Any, content: str
) -> None:
    (tmp_path / "answers.json").write_text(content)
    with pytest.raises(AnswersFileError, match="不是平台写的作答文件"):
        load_answers(tmp_path)


OPTIONS = (Option("a", "街道党工委"), Option("b", "社区党总支"))


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("single", "b", "社区党总支"),
        ("multiple", ["b", "a"], "社区党总支；街道党工委"),
        ("order", ["b", "a"], "社区党总支 → 街道党工委"),
        ("match", {"a": "b"}, "街道党工委 → 社区党总支"),
        ("blank", "３", "３"),
        ("data", 82, "82"),
    ],
)
def test_a_trainer_reads_an_answer_in_words(kind: str, value: object, words: str) -> None:
    question = Question("L1-1", kind, "谁负责？", 5, {}, OPTIONS)
    assert text_from_answer(question, [value]) == f"谁负责？\n第 1 次作答：{words}"
    assert text_from_answer(question, []) == "谁负责？\n没有作答"
