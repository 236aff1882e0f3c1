"""The folder is the package, the arrows hold, and the names are ours."""

import ast
import json
import re
import subprocess
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("grading", "widgets", "zhixing")
LONGEST_FILE = 400
LONGEST_FUNCTION = 50
GENERIC = {"utils", "helpers", "common", "manager", "base", "data", "info"}


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).exists()]


def modules() -> list[Path]:
    return [path for name in PACKAGES for path in sorted((ROOT / name).rglob("*.py"))]


def test_every_package_of_ours_is_a_folder_at_the_root() -> None:
    for name in PACKAGES:
        assert (ROOT / name / "__init__.py").is_file()


def test_every_folder_of_modules_is_a_package_so_that_import_path_is_file_path() -> None:
    missing = [
        path.parent.relative_to(ROOT)
        for path in modules()
        if not (path.parent / "__init__.py").exists()
    ]
    assert missing == []


def test_no_other_distribution_claims_our_names() -> None:
    claimed = packages_distributions()
    foreign = {name: set(claimed.get(name, [])) - {"zhixing"} for name in PACKAGES}
    assert not any(foreign.values()), foreign


def test_no_module_has_a_name_that_says_nothing() -> None:
    # ``zhixing/kinds/data.py`` is the question type 数据答案 of the glossary.
    named = {path.stem for path in modules()} - {"data"}
    assert not named & GENERIC


def test_no_file_outgrows_one_noun() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in [*modules(), *tracked("tests/*.py", "widgets/*.js")]
        if (lines := len(path.read_text().splitlines())) > LONGEST_FILE
    }
    assert long == {}


def test_no_function_is_longer_than_a_screen() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno >= LONGEST_FUNCTION
    ]
    assert long == []


def test_only_the_hub_package_imports_the_hub_package() -> None:
    guilty = [
        str(path.relative_to(ROOT))
        for path in modules()
        if "hub" not in path.relative_to(ROOT).parts
        and re.search(r"^\s*(from|import) zhixing\.hub", path.read_text(), re.MULTILINE)
    ]
    assert guilty == []


@pytest.mark.parametrize("word", ["leaderboard", "streak", "check_in_daily", "time_on_page"])
def test_no_clock_rank_or_check_in_exists_in_the_code(word: str) -> None:
    sources = [*modules(), *tracked("widgets/*.js", "zhixing/**/*.js", "zhixing/**/*.html")]
    assert [path.name for path in sources if word in path.read_text().lower()] == []


def test_no_tracked_file_names_a_path_of_the_machine_it_was_written_on() -> None:
    pattern = re.compile(r"(?<![\w.])/(work|root|farm)/")
    guilty = [
        str(path.relative_to(ROOT))
        for path in tracked("*.py", "*.md", "*.toml", "*.ipynb", "*.js", "scripts/*", "deploy/*")
        if "lock" not in path.name
        and path.name != "test_layout.py"
        and pattern.search(path.read_text())
    ]
    assert guilty == []


def test_every_notebook_is_stored_without_outputs() -> None:
    dirty = []
    for path in tracked("*.ipynb"):
        cells = json.loads(path.read_text())["cells"]
        if any(cell.get("outputs") or cell.get("execution_count") for cell in cells):
            dirty.append(str(path.relative_to(ROOT)))
    assert dirty == []
