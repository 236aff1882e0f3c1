"""Whatever of a key an author leaves in a notebook is found before a learner gets it."""

import json
import shutil
from pathlib import Path

import pytest

from grading.nbgraderapi import nbgrader_api
from grading.refusekeys import ReleaseError
from grading.release import release
from tests.grading_course import COURSE, questions

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")


@pytest.fixture
def course(tmp_path: Path) -> Path:
    target = tmp_path / COURSE.name
    shutil.copytree(COURSE, target, ignore=shutil.ignore_patterns("__pycache__"))
    return target


def add_text(course: Path, text: str) -> None:
    path = course / "source" / "L3" / "L3.ipynb"
    content = json.loads(path.read_text())
    content["cells"].append({"cell_type": "markdown", "id": "more", "metadata": {}, "source": text})
    path.write_text(json.dumps(content, ensure_ascii=False))


def test_an_honest_lesson_is_released(course: Path) -> None:
    folder = release(course, "L3")
    assert sorted(path.name for path in folder.iterdir()) == ["D1.ipynb", "L3.ipynb", "figures"]


def test_a_reason_in_the_text_is_found(course: Path) -> None:
    reason = next(q.explanation for q in questions(course, "L3") if len(q.explanation) > 10)
    add_text(course, f"提示：{reason}")
    refused(course, "的答案、理由或评分标准")


def test_a_rubric_in_the_text_is_found(course: Path) -> None:
    add_text(course, "用到对账结果，分清在住未在册和待核实")
    refused(course, "L3-W1")


def test_all_members_of_a_set_in_one_place_are_found(course: Path) -> None:
    members = next(q.key["set"] for q in questions(course, "L3") if "set" in q.key)
    add_text(course, "名单：" + "、".join(members))
    refused(course, "L3-D1-6 的全部答案")


def test_a_solution_pasted_a_second_time_outside_its_marks_is_found(course: Path) -> None:
    add_text(course, '参考：\n\n```python\nkeys = table["人员编码"].str.strip()\n```')
    refused(course, "参考解答")


def test_marks_that_nbgrader_does_not_know_are_found(course: Path) -> None:
    add_text(course, "### begin hidden tests\n\n对 82\n\n### end hidden tests")
    refused(course, "里还有 begin hidden tests")


def test_a_key_file_beside_the_notebook_is_found(course: Path) -> None:
    shutil.copy(course / "questions" / "L3.toml", course / "source" / "L3" / "questions.toml")
    with pytest.raises(ReleaseError, match=r"questions\.toml 里有"):
        release(course, "L3")
    assert not (course / "release" / "L3").exists()


def test_the_generate_button_of_formgrader_looks_just_as_well(course: Path) -> None:
    add_text(course, "用到对账结果，分清在住未在册和待核实")
    outcome = nbgrader_api(course).generate_assignment("L3", force=True)
    assert not outcome["success"]
    assert "L3.ipynb 的学员版没有生成" in outcome["log"] + outcome.get("error", "")
    assert not (course / "release" / "L3").exists()


def refused(course: Path, words: str) -> None:
    with pytest.raises(ReleaseError, match=words):
        release(course, "L3")
    assert not (course / "release" / "L3").exists()
