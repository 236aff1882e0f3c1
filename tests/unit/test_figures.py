"""Pictures and the summary of a lesson on their way from the course folder to the page."""

import io
import zipfile
from pathlib import Path

import pytest

from tests.broken_course import NOTEBOOK, cell, copied_course
from zhixing.classroom.pages.lesson import LessonTexts
from zhixing.course import Section
from zhixing.coursefiles import load_course
from zhixing.hub.releases import ReleaseReader

SVG = '<svg xmlns="http://www.w3.org/2000/svg"><title>四级组织树</title></svg>'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = copied_course(tmp_path)
    figures = copy / "source/L1/figures"
    figures.mkdir(exist_ok=True)
    for name in ("tree.svg", "机构.svg", "note.txt", ".hidden.svg"):
        (figures / name).write_text(SVG)
    (figures / "link.svg").symlink_to(copy / "questions/L1.toml")
    return copy


def test_only_plain_pictures_with_plain_names_are_read(folder: Path) -> None:
    lessons = load_course(folder).lessons
    names = set(lessons[0].figures)
    assert "tree.svg" in names
    assert not names & {"机构.svg", "note.txt", ".hidden.svg", "link.svg"}
    assert "tree.svg" not in lessons[1].figures


def test_the_same_text_in_two_lessons_shows_the_figure_of_each(folder: Path) -> None:
    text = "\n\n![四级组织树](figures/tree.svg)"
    cell(NOTEBOOK, "numbers", lambda found: found["source"].append(text))(folder)
    html = LessonTexts.render([load_course(folder)]).html
    (shown,) = [found for (_, text), found in html.items() if "figures/tree.svg" in text]
    assert 'src="L1/figures/tree.svg"' in shown


def sections(folder: Path) -> tuple[Section, ...]:
    return load_course(folder).lessons[0].sections


def test_a_summary_is_a_section_or_a_part_of_one(folder: Path) -> None:
    before = len([block for one in sections(folder) for block in one.blocks if block.is_summary])
    mark = {"zhixing": {"summary": True}}
    cell(NOTEBOOK, "claims", lambda found: found["metadata"].update(mark))(folder)
    parts = [block for section in sections(folder) for block in section.blocks if block.is_summary]
    assert len(parts) == before + 1
    mark = {"zhixing": {"summary": True, "minutes": 8}}
    cell(NOTEBOOK, "numbers", lambda found: found["metadata"].update(mark))(folder)
    first = sections(folder)[0]
    assert first.is_summary
    assert not any(block.is_summary for block in first.blocks)


def test_a_learner_gets_the_figures_with_the_release(tmp_path: Path) -> None:
    release = tmp_path / "书记课堂" / "release" / "L1"
    (release / "figures").mkdir(parents=True)
    (release / "L1.ipynb").write_text("{}")
    (release / "figures/tree.svg").write_text(SVG)
    packed = ReleaseReader(tmp_path)("书记课堂", "L1")
    assert packed is not None
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.read("figures/tree.svg").decode() == SVG
