"""A copy of the real course and the ways to break it."""

import json
from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner, Result

from tests.two_lessons import copy_two_lessons
from zhixing.check import check

NOTEBOOK = "source/L1/L1.ipynb"
Break = Callable[[Path], object]


def copied_course(folder: Path) -> Path:
    """Return a copy of two lessons of the real course, free to be broken."""
    return copy_two_lessons(folder / "书记课堂")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(check, [str(argument) for argument in arguments])


def findings(folder: Path) -> list[dict[str, str]]:
    outcome = run(folder, "--json")
    assert outcome.exit_code == 1, outcome.output
    document = json.loads(outcome.stdout)
    assert document["ok"] is False
    found: list[dict[str, str]] = document["findings"]
    return found


def swap(file: str, old: str, new: str) -> Break:
    """Replace the first occurrence; it must be there."""

    def edit(folder: Path) -> None:
        path = folder / file
        text = path.read_text()
        assert old in text, old
        path.write_text(text.replace(old, new, 1))

    return edit


def cell(file: str, cell_id: str, change: Callable[[dict], object]) -> Break:
    """Change one cell of a notebook."""

    def edit(folder: Path) -> None:
        path = folder / file
        notebook = json.loads(path.read_text())
        (found,) = [cell for cell in notebook["cells"] if cell["id"] == cell_id]
        change(found)
        path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1))

    return edit


def without_cell(file: str, cell_id: str) -> Break:
    def edit(folder: Path) -> None:
        path = folder / file
        notebook = json.loads(path.read_text())
        notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] != cell_id]
        path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1))

    return edit


def text(cell_id: str, addition: str) -> Break:
    return cell(NOTEBOOK, cell_id, lambda found: found["source"].append(addition))


def hits(folder: Path, broken: tuple[Break, str, str, str]) -> list[dict[str, str]]:
    """Break the course and return the findings that name file, field and what was found."""
    change, file, field, found = broken
    change(folder)
    report = findings(folder)
    assert all(item["expected"] and item["next"] for item in report)
    hit = [
        item
        for item in report
        if item["file"] == f"{folder.name}/{file}"
        and field in item["field"]
        and found in item["found"]
    ]
    assert hit, report
    return hit
