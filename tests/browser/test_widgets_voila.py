"""The widgets on a real Voila page, with the real course and the embedded store."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import chromium
from tests.everyform import one_of_each
from tests.widgets_servers import ROOT, question_cells, voila_server, write_notebook
from tests.widgets_steps import (
    MILLISECONDS_TO_SHOW,
    answer_wrong_then_right,
    card_of,
    fill,
    submit,
)
from widgets.localstore import LocalStore
from zhixing.coursefiles import load_course

COURSE = load_course(ROOT / "courses" / "shujiketang")
QUESTIONS = {question.id: question for lesson in COURSE.lessons for question in lesson.questions}
MARKED = tuple(question.id for question in one_of_each(COURSE))


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    table = 'from widgets.table import Table\n\nTable("D0/figures")'
    book = write_notebook(tmp_path / "lesson.ipynb", [*question_cells([*MARKED, "L3-W1"]), table])
    environ = {
        "ZHIXING_LOCAL_COURSES": str(ROOT / "courses"),
        "ZHIXING_LOCAL_ANSWERS": str(tmp_path / "answers.db"),
    }
    with voila_server(book, environ) as url, chromium() as browser:
        opened = browser.new_page(viewport={"width": 390, "height": 844})
        opened.goto(url)
        yield opened


def test_each_kind_is_answered_on_a_voila_page(page: Page, tmp_path: Path) -> None:
    page.locator(".zx-table").wait_for(timeout=MILLISECONDS_TO_SHOW)
    for name in MARKED:
        answer_wrong_then_right(card_of(page, QUESTIONS[name]), QUESTIONS[name])
    written = QUESTIONS["L3-W1"]
    fill(card_of(page, written), written, "单独联系、自愿参加。")
    submit(card_of(page, written))
    expect(page.locator(".zx-table")).to_contain_text("共 16 行")
    store = LocalStore(COURSE, tmp_path / "answers.db")
    for name in MARKED:
        assert store.question_view(name)["state"]["score"] == 1.0, name


def test_a_notebook_outside_the_classroom_says_so_without_a_traceback(tmp_path: Path) -> None:
    book = write_notebook(tmp_path / "lesson.ipynb", question_cells(["L1-1"]))
    with voila_server(book, {}) as url, chromium() as browser:
        page = browser.new_page()
        page.goto(url)
        card = page.locator(".zx-quiz")
        card.wait_for(timeout=MILLISECONDS_TO_SHOW)
        expect(card).to_contain_text("没有连上课堂")
        expect(page.get_by_text("Traceback")).to_have_count(0)
