"""Whole lessons as a learner takes them: on a phone without code, at the bench, and in pandas."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import PHONE, chromium, signed_in
from tests.running_platform import RunningPlatform
from tests.widgets_steps import MILLISECONDS_TO_SHOW, fill, right_value, submit, walk
from zhixing.course import Lesson
from zhixing.coursefiles import load_course
from zhixing.paper import own_lesson
from zhixing.question import KINDS, Question

FOLDER = Path(__file__).parents[2] / "courses" / "shujiketang"
COURSE = load_course(FOLDER)
CLASSROOM = "/services/classroom/courses/shujiketang/lessons"
ADVICE = "每周三由网格员陶𠮷龑入户核对，月底公示。"
SOLUTION = re.compile(r"^ *### (BEGIN|END) SOLUTION\n", re.MULTILINE)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def lesson_of(username: str, lesson: str) -> Lesson:
    """What this learner is asked, drawn data and all."""
    found = COURSE.lesson(lesson)
    assert found is not None
    return own_lesson(found, COURSE.id, username, 1)


def take(page: Page, url: str, lesson: Lesson) -> None:
    """Go through every section and answer whatever stands there."""
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    for number, section in enumerate(lesson.sections, start=1):
        page.goto(f"{url}{CLASSROOM}/{lesson.id}?section={number}")
        for block in section.blocks:
            if block.kind == "question":
                question = lesson.question(block.ref)
                assert question is not None
                answer(page, question)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def answer(page: Page, question: Question) -> None:
    card = page.locator(f'[data-question="{question.id}"] .zx-quiz')
    card.scroll_into_view_if_needed()
    if question.kind == "case":
        walk(card, right_value(question))
        expect(card).to_contain_text(question.key["ending"])
        return
    if question.fields:
        for field in question.fields:
            card.get_by_label(field["label"]).fill(ADVICE)
    else:
        fill(card, question, ADVICE if question.kind == "written" else right_value(question))
    submit(card)
    if question.kind not in ("written", "panel"):
        expect(card.locator(".zx-verdict")).to_contain_text("答对了")


def hand_in(page: Page) -> None:
    page.click("#zx-hand-in")
    expect(page.locator("#zx-hand-in-told")).not_to_contain_text("没有答")
    page.click("#zx-hand-in")
    expect(page.locator(".notice.ok")).to_contain_text("已经交卷")


def standing(platform: RunningPlatform, username: str, lesson: str) -> dict[str, Any]:
    with platform.client(username) as client:
        courses = client.get("/services/classroom/api/courses").json()
    return next(
        one
        for course in courses
        if course["id"] == COURSE.id
        for one in course["lessons"]
        if one["id"] == lesson
    )


WHOLE = ("L2", "L4")


def test_these_lessons_have_every_type() -> None:
    asked = [question for name in WHOLE for question in lesson_of("anybody", name).questions]
    assert {question.kind for question in asked} == set(KINDS)


@pytest.mark.parametrize("name", WHOLE)
def test_a_lesson_is_taken_and_handed_in_on_a_phone(
    platform: RunningPlatform, browser: Browser, name: str
) -> None:
    """L2 has a form, L4 scenario and data task without code; together every type there is."""
    username = platform.newcomer()
    lesson = lesson_of(username, name)
    page = signed_in(browser, platform, username)
    take(page, platform.url, lesson)
    hand_in(page)
    found = standing(platform, username, name)
    by_hand = sum(question.points for question in lesson.questions if question.kind == "written")
    assert found["answered"] == len(lesson.questions)
    # Of a panel one earns what the panel's share is; the most frequent choice earns all.
    assert found["earned"] == found["possible"] == lesson_points(lesson) - by_hand
    page.context.close()


def lesson_points(lesson: Lesson) -> float:
    return sum(question.points for question in lesson.questions)


def test_a_roster_is_made_at_the_bench(platform: RunningPlatform, browser: Browser) -> None:
    username = platform.newcomer()
    question = lesson_of(username, "L7").question("L7-D2-3")
    assert question is not None
    page = signed_in(browser, platform, username)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(f"{platform.url}/services/dashboards/paiban")
    page.locator("select").wait_for(timeout=MILLISECONDS_TO_SHOW)
    for label, codes in question.key["shifts"]["solution"].items():
        choose(page, label)
        for code in codes:
            page.get_by_label(re.compile(rf"^{code}（")).check()
            expect(page.locator("tr", has_text=label)).to_contain_text(code)
    page.get_by_role("button", name="提交排班").click()
    expect(page.get_by_role("status")).to_contain_text("答对了，得 16 分")
    page.goto(f"{platform.url}{CLASSROOM}/L7?section=4")
    card = page.locator('[data-question="L7-D2-3"] .zx-verdict')
    expect(card).to_contain_text("答对了")
    page.context.close()


def choose(page: Page, label: str) -> None:
    option = page.locator("option", has_text=label)
    page.locator("select").select_option(label=option.inner_text())
    expect(page.locator(".zb-h", has_text=label)).to_be_visible()


def test_a_data_task_is_solved_in_pandas(platform: RunningPlatform, browser: Browser) -> None:
    username = platform.newcomer()
    page = signed_in(browser, platform, username)
    page.goto(f"{platform.url}{CLASSROOM}/L4?section=5")
    page.get_by_role("link", name="在 JupyterLab 中用 pandas 完成").click()
    page.wait_for_url("**/lab/**", timeout=120_000)
    page.locator(".jp-Notebook").wait_for(timeout=MILLISECONDS_TO_SHOW)
    page.evaluate(TYPE_IN, [f"{COURSE.id}/L4/D3.ipynb", solutions("L4", "D3")])
    page.reload()
    page.locator(".jp-Notebook").wait_for(timeout=MILLISECONDS_TO_SHOW)
    # JupyterLab runs nothing, and says nothing, while no kernel is connected.
    idle = page.get_by_role("button", name="| 空闲")
    idle.wait_for(timeout=MILLISECONDS_TO_SHOW)
    page.get_by_role("menuitem", name="运行", exact=True).click()
    page.get_by_role("menuitem", name="运行所有单元格", exact=True).click()
    page.locator(".jp-Notebook").hover()
    for number in (1, 2, 3):
        told = page.get_by_text(f"L4-D3-{number}：答对了")
        scroll_to(page, told)
    button = page.get_by_role("button", name="交到课堂")
    scroll_to(page, button)
    button.click()
    expect(page.get_by_text("已保存")).to_be_visible()
    page.goto(f"{platform.url}{CLASSROOM}/L4?section=5")
    for number in (1, 2, 3):
        card = page.locator(f'[data-question="L4-D3-{number}"] .zx-verdict')
        expect(card).to_contain_text("答对了")
    page.context.close()


TYPE_IN = """async ([path, sources]) => {
  const address = location.pathname.split("lab/")[0] + "api/contents/" + path;
  const xsrf = document.cookie.split("; ").find((one) => one.startsWith("_xsrf=")).slice(6);
  const headers = {"X-XSRFToken": decodeURIComponent(xsrf)};
  const found = await fetch(address, {headers});
  if (!found.ok) throw new Error(await found.text());
  const notebook = await found.json();
  for (const cell of notebook.content.cells) cell.source = sources[cell.id] ?? cell.source;
  const saved = await fetch(address, {method: "PUT", headers, body: JSON.stringify(notebook)});
  if (!saved.ok) throw new Error(await saved.text());
}"""
"""Save the code into the learner's own notebook, as JupyterLab saves it."""


def solutions(lesson: str, task: str) -> dict[str, str]:
    """What a learner types into each solution cell: the author's own code."""
    notebook = json.loads((FOLDER / "source" / lesson / f"{task}.ipynb").read_text())
    return {
        cell["id"]: SOLUTION.sub("", "".join(cell["source"]))
        for cell in notebook["cells"]
        if cell["metadata"].get("nbgrader", {}).get("solution")
    }


def scroll_to(page: Page, wanted: Any) -> None:
    """Look for it down and up again: the notebook may still be running where one has passed."""
    for step in range(160):
        if wanted.count() and wanted.first.is_visible():
            break
        page.mouse.wheel(0, 400 if step // 20 % 2 == 0 else -400)
        page.wait_for_timeout(150)
    expect(wanted.first).to_be_visible()
