"""`zhixing check` names test cells that sealed grading cannot run, and the adapter to use."""

import json
from pathlib import Path

import pytest

from tests.broken_course import cell, copied_course, findings
from zhixing.coursefiles.notebook import Notebook, read_notebook
from zhixing.coursefiles.sealing import sealing_findings

TRACK = "source/L1/D0.ipynb"


def cells(course: Path) -> list[dict]:
    return json.loads((course / TRACK).read_text())["cells"]


def notebook(tmp_path: Path, solution: str, test: str) -> Notebook:
    told = {"schema_version": 3, "locked": False, "task": False, "cell_type": "code"}
    cells = [
        (solution, {**told, "solution": True, "grade": False, "grade_id": "写"}),
        (test, {**told, "solution": False, "grade": True, "points": 2, "grade_id": "查"}),
    ]
    path = tmp_path / "p.ipynb"
    path.write_text(
        json.dumps(
            {
                "cells": [
                    {
                        "cell_type": "code",
                        "id": f"c{number}",
                        "metadata": {"nbgrader": grader},
                        "source": source,
                        "outputs": [],
                        "execution_count": None,
                    }
                    for number, (source, grader) in enumerate(cells)
                ],
                "metadata": {},
                "nbformat": 4,
                "nbformat_minor": 5,
            }
        )
    )
    read = read_notebook(path, "课/p.ipynb")
    assert isinstance(read, Notebook)
    return read


@pytest.mark.parametrize(
    ("solution", "test", "found", "adapter"),
    [
        ("class 栈:\n    pass", "assert 栈() is not None", "学员的类 栈", "另写一个函数"),
        ("fig = df.plot()", "assert plt.gca().get_lines()", "用到图", "取成列表"),
        ("ax = df.plot.bar()", "assert len(ax.patches) == 3", "patches", "取成列表"),
        ("x = 1", "assert Out[1] == 1", "解释器里的 Out", "有名字的变量"),
        (
            "seen = []\ndef note(x):\n    seen.append(x)",
            "note(3)\nassert seen == [3]",
            "原地改动了它外面的 seen",
            "作为参数传进去",
        ),
        (
            "n = 0\ndef count():\n    global n\n    n += 1",
            "count()\nassert n == 1",
            "原地改动了它外面的 n",
            "返回",
        ),
        (
            "table = {}\ndef put(k, v):\n    table[k] = v",
            "put('a', 1)\nassert table['a'] == 1",
            "外面的 table",
            "返回",
        ),
    ],
)
def test_what_cannot_be_sealed_is_named(
    tmp_path: Path, solution: str, test: str, found: str, adapter: str
) -> None:
    [finding] = sealing_findings(notebook(tmp_path, solution, test))
    assert found in finding.found
    assert adapter in finding.next
    assert finding.field == "单元格 查"


@pytest.mark.parametrize(
    ("solution", "test"),
    [
        ("def total(v):\n    return sum(v)", "assert total([1, 2]) == 3"),
        ("def fill(v):\n    v.append(1)", "given = []\nfill(given)\nassert given == [1]"),
        ("def f(v):\n    own = []\n    own.append(v)\n    return own", "assert f(1) == [1]"),
        ("class 内部:\n    pass\ndef f():\n    return 1", "assert f() == 1"),
        ("calls = []\ndef f(v):\n    calls.append(v)\n    return v", "assert f(1) == 1"),
        ("df2 = df.groupby('楼栋').size()", "assert df2.sum() == 3\n_ = 1"),
        ("not python", "%time x"),
    ],
)
def test_what_can_be_sealed_is_left_alone(tmp_path: Path, solution: str, test: str) -> None:
    assert list(sealing_findings(notebook(tmp_path, solution, test))) == []


def test_the_check_of_a_course_looks_at_its_code_tracks(tmp_path: Path) -> None:
    course = copied_course(tmp_path)
    [known] = [c["id"] for c in cells(course) if "d0-people-check" in str(c["metadata"])]
    cell(TRACK, known, lambda found: found.update(source="assert plt.gca()"))(course)
    [finding] = [one for one in findings(course) if "用到图" in one["found"]]
    assert finding["file"].endswith(TRACK)
    assert finding["line"]
