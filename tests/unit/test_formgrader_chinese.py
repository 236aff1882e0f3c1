"""Formgrader's table of Chinese fits the nbgrader that is installed."""

import re
from pathlib import Path

import pytest
from nbgrader.server_extensions.formgrader import handlers

from grading.formgrader.translation import pieces_by_file, translated

PAGES = Path(handlers.template_path)
SCRIPTS = Path(handlers.static_path) / "js"


def files() -> dict[str, str]:
    """Every file of nbgrader's that may be translated, by its name in the table."""
    found = [*PAGES.glob("*.tpl"), *PAGES.rglob("*.j2"), *SCRIPTS.glob("*.js")]
    named = {
        (f"{p.parent.name}/{p.name}" if p.name == "index.html.j2" else p.name): p for p in found
    }
    return {name: path.read_text() for name, path in named.items()}


def pieces() -> list[tuple[str, str]]:
    return [(name, piece) for name, table in pieces_by_file().items() for piece in table]


@pytest.mark.parametrize(("name", "piece"), pieces())
def test_every_piece_is_found_in_the_installed_nbgrader(name: str, piece: str) -> None:
    texts = [text for file, text in files().items() if file == name or _covers(name, file)]
    assert any(piece in text for text in texts), f"{name}: {piece} is gone; has nbgrader changed?"


def _covers(name: str, file: str) -> bool:
    return name.startswith("*") and file.endswith(name[1:])


@pytest.mark.parametrize("name", sorted(n for n in files() if n.endswith((".tpl", ".j2"))))
def test_no_english_sentence_is_left_on_a_page_of_a_trainer(name: str) -> None:
    shown = re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}", "", translated(name, files()[name]), flags=re.DOTALL)
    shown = re.sub(r"<(script|style|svg).*?</\1>", "", shown, flags=re.DOTALL)
    words = re.findall(r">[^<>]*\b([A-Za-z]{3,} [A-Za-z]{2,}[^<>]*)<", shown)
    assert [word for word in words if not word.startswith(("nbgrader", "zhixing grade"))] == []


@pytest.mark.parametrize("name", ["formgrade_macros.html.j2", "formgrade/index.html.j2"])
def test_the_grading_page_has_no_script_without_a_nonce_and_no_handler_in_a_tag(name: str) -> None:
    page = translated(name, files()[name])
    assert not re.search(r"<script(?! nonce=)", page)
    assert not re.search(r"\son[a-z]+=", page)


@pytest.mark.parametrize("name", ["formgrade/index.html.j2", "feedback/index.html.j2"])
def test_no_page_of_a_learners_work_loads_mathjax_from_elsewhere(name: str) -> None:
    assert "mathjax()" not in translated(name, files()[name])


def test_a_trainer_is_offered_no_way_to_run_a_learners_notebook() -> None:
    page = translated("formgrade_macros.html.j2", files()["formgrade_macros.html.j2"])
    assert "resources.notebook_path" not in page
