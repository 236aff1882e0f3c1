"""Every notebook of the courses runs in a real kernel, and the code track earns full marks."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from tests.warm_kernel import NAME, warm_kernel
from zhixing.coursefiles import load_course

COURSES = Path(__file__).parents[2] / "courses"
NOTEBOOKS = sorted(COURSES.glob("*/source/*/*.ipynb"))
SECONDS_FOR_A_CELL = 120


@pytest.fixture
def local_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The embedded store of a single reader, as Binder has it."""
    for name in [name for name in os.environ if name.startswith("ZHIXING_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ZHIXING_LOCAL_COURSES", str(COURSES))
    monkeypatch.setenv("ZHIXING_LOCAL_ANSWERS", str(tmp_path / "answers.db"))
    monkeypatch.setenv("PYTHONPATH", str(COURSES.parent))


@pytest.fixture(scope="module", autouse=True)
def fork_server() -> Iterator[None]:
    """One for all notebooks, as the platform's viewers share one; it ends with its last kernel."""
    with warm_kernel():
        yield


def run(path: Path) -> Any:
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=SECONDS_FOR_A_CELL, kernel_name=NAME)
    return client.execute(cwd=str(path.parent))


def printed(notebook: Any, start: str) -> list[str]:
    return [
        "".join(output.get("text", "") for output in cell.outputs)
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.id.startswith(start)
    ]


@pytest.mark.usefixtures("local_store")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_from_beginning_to_end(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    course = path.parents[2]
    monkeypatch.setenv("ZHIXING_COURSE", course.name)
    notebook = run(path)
    answered = printed(notebook, "answer-")
    lesson = load_course(course).lesson(path.parent.name)
    assert lesson is not None
    expected = len([q for q in lesson.questions if f"-{path.stem}-" in q.id])
    assert len(answered) == (0 if path.stem == lesson.id else expected)
    for text in answered:
        assert "答对了" in text, text
