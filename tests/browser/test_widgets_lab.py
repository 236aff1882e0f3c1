"""The widgets in a real JupyterLab, with the real course and the embedded store."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, WebSocket, expect

from tests.browser.chromium import chromium
from tests.everyform import one_of_each
from tests.widgets_servers import ROOT, TOKEN, lab_server, question_cells, write_notebook
from tests.widgets_steps import (
    MILLISECONDS_TO_SHOW,
    answer_wrong_then_right,
    card_of,
    fill,
    keep_inside,
    submit,
)
from widgets.localstore import LocalStore
from zhixing.coursefiles import load_course
from zhixing.question import KINDS

COURSE = load_course(ROOT / "courses" / "shujiketang")
QUESTIONS = {question.id: question for lesson in COURSE.lessons for question in lesson.questions}
MARKED = tuple(question.id for question in one_of_each(COURSE))

CODE = """from widgets.quiz import Workbook, answer
from widgets.table import Table

frame = Table("D1/roster").frame
print(type(frame).__name__, len(frame))
answer("L3-3", 3)
answer("L3-3", "三")
Workbook("D0")"""


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    cells = [*question_cells([*MARKED, "L1-W1"]), 'Table("D1/roster")', CODE]
    cells[-2] = f"from widgets.table import Table\n\n{cells[-2]}"
    write_notebook(tmp_path / "L1" / "D0.ipynb", cells)
    environ = {
        "ZHIXING_LOCAL_COURSES": str(ROOT / "courses"),
        "ZHIXING_LOCAL_ANSWERS": str(tmp_path / "answers.db"),
        "ZHIXING_COURSE": "shujiketang",
    }
    with lab_server(tmp_path, environ) as url, chromium() as browser:
        opened = browser.new_page(viewport={"width": 1280, "height": 1000})
        outside = keep_inside(opened)
        opened.goto(f"{url}/lab/tree/L1/D0.ipynb?token={TOKEN}")
        yield opened
        assert outside == []


KERNEL_IS_READY = """() =>
  window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === "idle"
"""


_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")


def run_all(page: Page) -> None:
    page.wait_for_function(KERNEL_IS_READY, timeout=MILLISECONDS_TO_SHOW)
    page.evaluate("void jupyterapp.commands.execute('notebook:run-all-cells')")
    page.locator(".zx-quiz").first.wait_for(timeout=MILLISECONDS_TO_SHOW)


def record_frames(page: Page) -> list[str]:
    """Everything that reaches the browser over a kernel's websocket from now on."""
    frames: list[str] = []

    def note(payload: str | bytes) -> None:
        text = payload if isinstance(payload, str) else payload.decode(errors="replace")
        frames.append(_ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) + text)

    def follow(socket: WebSocket) -> None:
        socket.on("framereceived", lambda payload: note(payload))

    page.on("websocket", follow)
    return frames


def test_the_course_holds_every_type() -> None:
    assert {QUESTIONS[name].kind for name in MARKED} | {"written"} == set(KINDS)


def test_each_kind_is_answered_in_jupyterlab(page: Page, tmp_path: Path) -> None:
    run_all(page)
    page.mouse.move(700, 500)
    for name in MARKED:
        answer_wrong_then_right(card_of(page, QUESTIONS[name]), QUESTIONS[name])
    written = QUESTIONS["L1-W1"]
    fill(card_of(page, written), written, "登记时保留“余”字。𠮷龑䶮")
    submit(card_of(page, written))
    _check_code_track(page)
    store = LocalStore(COURSE, tmp_path / "answers.db")
    for name in (*MARKED, "L3-3"):
        assert store.question_view(name)["state"]["score"] == 1.0, name
    assert store.question_view("L1-W1")["state"]["last"]["value"] == "登记时保留“余”字。𠮷龑䶮"


def _check_code_track(page: Page) -> None:
    page.mouse.wheel(0, 20_000)
    button = page.get_by_role("button", name="交到课堂")
    button.wait_for(timeout=MILLISECONDS_TO_SHOW)
    expect(page.get_by_text("要交的文件：D0.ipynb")).to_be_visible()
    expect(page.get_by_text("L3-3：答对了，得 7 分（本题 7 分）")).to_be_visible()
    expect(page.get_by_text("L3-3：没有记录")).to_be_visible()
    button.click()
    expect(page.get_by_text("未被接受 自学版没有课堂")).to_be_visible()
    page.locator(".zx-table").scroll_into_view_if_needed()
    with page.expect_download() as download:
        page.get_by_role("button", name="下载 Excel").click()
    assert download.value.suggested_filename == "D1-roster.xlsx"
    assert download.value.path().read_bytes().startswith(b"PK")


def test_no_reason_reaches_jupyterlab_before_an_answer(page: Page) -> None:
    frames = record_frames(page)
    page.reload()
    run_all(page)
    question = QUESTIONS["L1-1"]
    card_of(page, question)
    page.wait_for_timeout(2000)
    got = "".join(frames)
    assert question.prompt in got
    for name in MARKED:
        for option in QUESTIONS[name].options:
            assert option.reason not in got
        assert QUESTIONS[name].explanation not in got
    fill(card_of(page, question), question, question.key["option"])
    submit(card_of(page, question))
    assert question.explanation in "".join(frames)
