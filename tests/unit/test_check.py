"""`zhixing check` names file, line, field, found, expected and the next step of every fault."""

import json
import shutil
import tomllib
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.broken_course import (
    NOTEBOOK,
    Break,
    cell,
    copied_course,
    findings,
    hits,
    run,
    swap,
    text,
    without_cell,
)
from zhixing.coursefiles import load_course
from zhixing.coursefiles.schema import SCHEMAS
from zhixing.errors import CourseFileError

COURSES = Path(__file__).parents[2] / "courses"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    return copied_course(tmp_path)


L1, L3 = "questions/L1.toml", "questions/L3.toml"
TRACK = "source/L1/D0.ipynb"

HALF_COMMA = ","

# What is broken; file, field and found as the report must name them.
BROKEN: dict[str, tuple[Break, str, str, str]] = {
    "toml syntax": (swap(L1, 'kind = "single"', 'kind = "single'), L1, "TOML 语法", "无法解析"),
    "course syntax": (swap("course.toml", "[[lesson]]", "[[lesson"), "course.toml", "TOML", "解析"),
    "wrong encoding": (
        lambda folder: (folder / L1).write_bytes((folder / L1).read_text().encode("gbk", "ignore")),
        L1,
        "编码",
        "GBK",
    ),
    "byte order mark": (
        lambda folder: (folder / L1).write_text((folder / L1).read_text(), encoding="utf-8-sig"),
        L1,
        "编码",
        "BOM",
    ),
    "missing questions": (lambda folder: (folder / L3).unlink(), L3, "文件", "找不到"),
    "missing notebook": (lambda folder: (folder / NOTEBOOK).unlink(), NOTEBOOK, "文件", "找不到"),
    "missing task": (lambda folder: (folder / "data/D0.py").unlink(), "data/D0.py", "文件", "找不"),
    "task does not run": (
        swap("data/D0.py", "def solve(tables):", "def solve(tables):\n    tables = None"),
        "data/D0.py",
        "Python",
        "TypeError",
    ),
    "task without solve": (swap("data/D0.py", "def solve", "def work"), "data/D0.py", "solve", ""),
    "notebook json": (swap(NOTEBOOK, '"cells": [', '"cells": [,'), NOTEBOOK, "JSON 语法", "无法"),
    "unknown kind": (swap(L1, '"single"', '"guess"'), L1, "L1-1 kind", "guess"),
    "missing field": (swap(L1, "difficulty = 1\n", ""), L1, "L1-1 difficulty", "缺少"),
    "unknown field": (swap(L1, "difficulty = 1", "difficult = 1"), L1, "L1-1 difficult", "不认识"),
    "difficulty 4": (swap(L1, "difficulty = 1", "difficulty = 4"), L1, "L1-1 difficulty", "4"),
    "text for points": (swap(L1, "points = 7", 'points = "7"'), L1, "L1-1 points", "7"),
    "no reason": (
        swap(L1, 'reason = "对。原文把三种', 'because = "对。原文把三种'),
        L1,
        "L1-1 options[a].reason",
        "缺少",
    ),
    "blank reason": (
        swap(L1, "对。人、财、物跟着重心走，重心下移才落得住。", " "),
        L1,
        "L1-7 options[c].reason",
        "空白",
    ),
    "unknown option in key": (
        swap(L1, 'key = { option = "a" }', 'key = { option = "e" }'),
        L1,
        "L1-1 key.option",
        "e",
    ),
    "unknown options in key": (
        swap(L1, '["b", "c", "e"]', '["b", "c", "z"]'),
        L1,
        "L1-7 key.options",
        "z",
    ),
    "option twice": (
        swap(L1, '{ id = "b", text = "先', '{ id = "a", text = "先'),
        L1,
        "id",
        "两次",
    ),
    "pair missing": (swap(L1, ', institution = "integration"', ""), L1, "key.pairs", "institution"),
    "order incomplete": (swap(L3, ', "building"]', "]"), L3, "L3-1 key.order", "street"),
    "weights": (swap(L1, "weights = { E = 1.0 }", "weights = { E = 0.6 }"), L1, "weights", "0.6"),
    "unknown axis": (swap(L1, "{ E = 1.0 }", "{ X = 1.0 }"), L1, "L1-1 weights", "X"),
    "truth options": (swap(L1, 'id = "true"', 'id = "yes"'), L1, "L1-4 options", "yes"),
    "unknown solver": (swap(L1, '"D0.professions"', '"D0.people"'), L1, "solver", "D0.people"),
    "rubric sum": (
        swap(L1, 'criterion = "对象明确"\npoints = 3', 'criterion = "对象"\npoints = 4'),
        L1,
        "L1-W1 key.rubric",
        "9",
    ),
    "wrong is right": (swap(L1, "value = 1.3,", "value = 0.77,"), L1, "L1-3 wrong", "0.77"),
    "same id twice": (swap(L1, 'id = "L1-2"', 'id = "L1-1"'), L1, "L1-1", "L1-1"),
    "same id in two lessons": (swap(L3, '"L3-2"', '"L1-2"'), L3, "L1-2", "L1-2 已用于"),
    "question not shown": (without_cell(NOTEBOOK, "L1-5"), L1, "L1-5", "没有这道题"),
    "question shown twice": (
        cell(
            NOTEBOOK,
            "L1-5",
            lambda found: found.update(source=[*found["source"][:2], 'Question("L1-4")']),
        ),
        NOTEBOOK,
        "L1-4",
        "第二次",
    ),
    "unknown question": (
        cell(
            NOTEBOOK,
            "L1-5",
            lambda found: found.update(source=[*found["source"][:2], 'Question("L1-99")']),
        ),
        NOTEBOOK,
        "L1-99",
        "L1-99",
    ),
    "points differ": (
        cell(NOTEBOOK, "L1-1", lambda found: found["metadata"]["nbgrader"].update(points=5)),
        NOTEBOOK,
        "L1-1 nbgrader.points",
        "5",
    ),
    "unlocked": (
        cell(NOTEBOOK, "L1-1", lambda found: found["metadata"]["nbgrader"].update(locked=False)),
        NOTEBOOK,
        "L1-1 nbgrader.locked",
        "False",
    ),
    "no written cell": (without_cell(NOTEBOOK, "L1-W1"), NOTEBOOK, "L1-W1", "没有作答单元格"),
    "unknown table": (
        cell(
            NOTEBOOK,
            "table-D0-claims",
            lambda found: found.update(source=[*found["source"][:2], 'Table("D0/none")']),
        ),
        NOTEBOOK,
        "D0/none",
        "D0/none",
    ),
    "foreign code": (
        cell(NOTEBOOK, "L1-1", lambda found: found.update(source=["import os"])),
        NOTEBOOK,
        "单元格 L1-1",
        "import os",
    ),
    "unknown code track": (
        cell(
            NOTEBOOK, "codetrack", lambda found: found["metadata"]["zhixing"].update(codetrack="D9")
        ),
        NOTEBOOK,
        "zhixing.codetrack",
        "D9",
    ),
    "outputs kept": (
        cell(NOTEBOOK, "L1-1", lambda found: found.update(execution_count=3)),
        NOTEBOOK,
        "outputs",
        "运行结果",
    ),
    "nbgrader schema": (
        cell(
            NOTEBOOK, "L1-1", lambda found: found["metadata"]["nbgrader"].update(schema_version=2)
        ),
        NOTEBOOK,
        "nbgrader",
        "schema",
    ),
    "nbformat": (
        swap(NOTEBOOK, '"nbformat_minor": 5', '"nbformat_minor": 4'),
        NOTEBOOK,
        "nbformat",
        "4.4",
    ),
    "invalid cell": (
        cell(NOTEBOOK, "L1-1", lambda found: found.pop("outputs")),
        NOTEBOOK,
        "cells",
        "outputs",
    ),
    "no minutes": (
        cell(NOTEBOOK, "numbers", lambda found: found["metadata"].clear()),
        NOTEBOOK,
        "zhixing.minutes",
        "缺少",
    ),
    "twelve minutes": (
        cell(NOTEBOOK, "numbers", lambda found: found["metadata"]["zhixing"].update(minutes=12)),
        NOTEBOOK,
        "minutes",
        "12",
    ),
    "minutes do not add up": (
        swap("course.toml", "minutes = 45", "minutes = 46"),
        "course.toml",
        "L1 minutes",
        "46",
    ),
    "title differs": (
        swap("course.toml", "总论：从广陵", "总论：由广陵"),
        NOTEBOOK,
        "标题",
        "从广陵",
    ),
    "traditional": (text("numbers", "\n黨建引领"), NOTEBOOK, "正文", "黨"),
    "pinyin": (text("numbers", "\n广陵区(qū)委"), NOTEBOOK, "正文", "qū"),
    "half width": (text("numbers", f"\n请记住{HALF_COMMA}这样做"), NOTEBOOK, "正文", ","),
    "bold that stays stars": (text("numbers", "\n**记住。**这样做"), NOTEBOOK, "正文", "记住"),
    "bare figure": (text("numbers", "\n共有恰好 2300 名机关志愿者"), NOTEBOOK, "正文", "2300"),
    "bare figure in a question": (
        swap(L3, "原文：以小区为基础单元", "150支队伍：以小区为基础单元"),
        L3,
        "L3-2 options[b].reason",
        "150支",
    ),
    "rank": (text("numbers", "\n学完看看排行榜"), NOTEBOOK, "正文", "排行榜"),
    "too long": (text("numbers", "\n" + "字" * 3000), NOTEBOOK, "正文长度", "汉字"),
    "code track misses an answer": (without_cell(TRACK, "answer-2"), L1, "L1-D0-2", "D0.ipynb"),
    "code track answers another": (swap(TRACK, "L1-D0-2", "L1-1"), TRACK, "L1-1", "L1-1"),
    "lesson not listed": (
        lambda folder: shutil.copy(folder / L1, folder / "questions/L9.toml"),
        "questions/L9.toml",
        "文件",
        "没有课时使用",
    ),
}
NAMELESS = ("文件", "正文长度")  # these are about a whole file, which has no one line


def test_the_courses_of_this_repository_have_nothing_to_mend() -> None:
    outcome = run(COURSES)
    assert outcome.exit_code == 0, outcome.output
    assert outcome.stdout == ""
    assert json.loads(run(COURSES, "--json").stdout) == {"ok": True, "courses": 2, "findings": []}


@pytest.mark.parametrize("name", BROKEN)
def test_every_fault_is_named_by_file_line_and_field(name: str, course: Path) -> None:
    found = hits(course, BROKEN[name])
    if found[0]["field"] not in NAMELESS:
        assert isinstance(found[0]["line"], int)


def test_the_line_is_the_one_to_change(course: Path) -> None:
    swap(L1, 'key = { option = "c" }', 'key = { option = "x" }')(course)
    (item,) = findings(course)
    line = (course / L1).read_text().split("\n")[int(item["line"]) - 1]
    assert line == 'key = { option = "x" }'


def test_the_line_of_an_option_deep_in_a_list_is_its_own(course: Path) -> None:
    swap(L1, "对。工作重心放到基层。", " ")(course)
    (item,) = findings(course)
    assert 'id = "b", text = "重心下移"' in (course / L1).read_text().split("\n")[item["line"] - 1]


def test_the_line_in_a_notebook_is_that_of_the_sentence(course: Path) -> None:
    text("measures", "\n黨建引领")(course)
    (item,) = findings(course)
    assert "黨" in (course / NOTEBOOK).read_text().split("\n")[item["line"] - 1]


def test_several_faults_are_reported_at_once(course: Path) -> None:
    swap(L1, "weights = { E = 1.0 }", "weights = { E = 0.5 }")(course)
    swap(L3, 'key = { option = "d" }', 'key = { option = "q" }')(course)
    assert {item["field"] for item in findings(course)} == {"L1-1 weights", "L3-8 key.option"}


@pytest.mark.parametrize("name", ["toml syntax", "notebook json", "weights", "unknown question"])
def test_the_loader_refuses_what_cannot_be_taught(name: str, course: Path) -> None:
    BROKEN[name][0](course)
    with pytest.raises(CourseFileError, match=BROKEN[name][1].rpartition("/")[2]) as caught:
        load_course(course)
    assert caught.value.line


def test_a_text_may_say_that_there_is_no_rank(course: Path) -> None:
    text("numbers", "\n不设排行榜，不搞打卡")(course)
    assert run(course).exit_code == 0


def test_a_folder_without_a_course_is_named(tmp_path: Path) -> None:
    outcome = run(tmp_path / "没有")
    assert outcome.exit_code == 1
    assert "没有" in outcome.stdout
    assert "找不到" in outcome.stdout


def test_a_person_reads_one_line_a_fault(course: Path) -> None:
    swap(L1, "difficulty = 1", "difficulty = 9")(course)
    outcome = run(course)
    assert outcome.exit_code == 1
    (line,) = outcome.stdout.splitlines()
    assert line.startswith(f"{course.name}/{L1}:")
    assert "现为" in line
    assert "应为" in line


FILES_OF_SCHEMA = {
    "question": "questions/*.toml",
    "case": "cases/*.toml",
    "course": "course.toml",
}


@pytest.mark.parametrize("kind", FILES_OF_SCHEMA)
def test_the_schema_is_json_schema_and_accepts_the_real_files(kind: str) -> None:
    schema = json.loads(run("--schema", kind).stdout)
    assert schema == SCHEMAS[kind]
    Draft202012Validator.check_schema(schema)
    paths = sorted(COURSES.glob(f"*/{FILES_OF_SCHEMA[kind]}"))
    assert paths
    for path in paths:
        assert list(Draft202012Validator(schema).iter_errors(tomllib.loads(path.read_text()))) == []
