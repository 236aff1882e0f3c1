"""大字版 in Chromium: large, one question a screen, read aloud, kept for each person."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import DESKTOP, PHONE, chromium
from tests.classroom_school import COURSE, PREFIX, School, school
from tests.classroom_visit import AXE, go, violations, visit

LESSONS = f"{PREFIX}courses/{COURSE}/lessons"
LESSON = f"{LESSONS}/L1?section=1"
PAGES = {
    "cadre_a": [
        "",
        "courses",
        "record",
        "review",
        "help",
        "nothing",
        f"courses/{COURSE}/lessons/L1",
    ],
    "trainer_x": ["", "courses", f"courses/{COURSE}/lessons/L1/items"],
}
FIRST_STEP, LARGEST_STEP = 2, 5
SMALLEST_TARGET = 60

SIZES_OF_TEXT = """() => [...document.querySelectorAll(
    "main p, main li, .zx-option-text, .zx-prompt")]
  .filter((one) => one.getClientRects().length)
  .map((one) => getComputedStyle(one))
  .map(({ fontSize, lineHeight }) => [parseFloat(fontSize), parseFloat(lineHeight)])"""

SMALL_TARGETS = """(least) => [...document.querySelectorAll(
    "a, button, input:not(label input), select, summary, textarea, label.zx-option")]
  .filter((one) => one.getClientRects().length && !one.closest("p, li li, .skip"))
  .filter((one) => one.getBoundingClientRect().height < least)
  .map((one) => one.outerHTML.slice(0, 120))"""
"""Links inside a sentence are as high as their line, as WCAG 2.5.8 allows."""

VOICE = """
window.spoken = [];
const voice = { name: "本机", lang: "zh-CN", localService: LOCAL };
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices: () => [voice],
  speak: (said) => window.spoken.push(said),
  cancel: () => { window.spoken = []; },
  addEventListener: () => {},
} });
window.SpeechSynthesisUtterance = class extends EventTarget {
  constructor(text) { super(); this.text = text; }
};
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    data = tmp_path_factory.mktemp("school")
    with school(f"sqlite:///{data}/r.db", data, pack=lambda *_: b"PK") as started:
        yield started


def enlarge(page: Page, opened: School, step: int) -> None:
    go(page, opened, f"{PREFIX}help")
    kept = f'{{"isElder":true,"step":{step}}}'
    page.evaluate("(kept) => localStorage.setItem('zhixing:ease', kept)", kept)


@pytest.mark.parametrize(("screen", "step"), [(PHONE, LARGEST_STEP), (DESKTOP, FIRST_STEP)])
def test_every_page_is_large_and_whole_and_axe_finds_nothing(
    browser: Browser, opened: School, screen: dict[str, int], step: int
) -> None:
    for who, paths in PAGES.items():
        with visit(browser, opened, who, screen, **AXE) as page:
            enlarge(page, opened, step)
            for path in paths:
                go(page, opened, PREFIX + path)
                assert violations(page) == [], path
                assert page.evaluate("document.documentElement.scrollWidth") <= screen["width"], (
                    path
                )
                assert page.evaluate(SMALL_TARGETS, SMALLEST_TARGET) == [], path
                sizes = page.evaluate(SIZES_OF_TEXT)
                assert min(size for size, _ in sizes) >= 18, path
                assert all(height >= 1.3 * size for size, height in sizes), path


def test_the_choice_is_kept_for_each_person_of_a_device(browser: Browser, opened: School) -> None:
    with visit(browser, opened) as page:
        go(page, opened, PREFIX)
        page.get_by_role("button", name="大字版").click()
        for _ in range(LARGEST_STEP - FIRST_STEP):
            page.get_by_role("button", name="字大一点").click()
        expect(page.get_by_role("button", name="字大一点")).to_be_disabled()
        expect(page.locator("#zx-size")).to_have_text("字号 30")
        assert size_of_text(page) == 30
        go(page, opened, f"{PREFIX}record")
        assert size_of_text(page) == 30
        for _ in range(LARGEST_STEP):
            page.get_by_role("button", name="字小一点").click()
        assert size_of_text(page) == 18
        become(page, opened, "cadre_b")
        assert page.get_by_role("button", name="大字版").get_attribute("aria-pressed") == "true"
        page.get_by_role("button", name="大字版").click()
        become(page, opened, "cadre_a")
        assert page.get_by_role("button", name="大字版").get_attribute("aria-pressed") == "true"


def size_of_text(page: Page) -> float:
    return float(page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)"))


def become(page: Page, opened: School, who: str) -> None:
    page.context.add_cookies([{"name": "token", "value": f"token-{who}", "url": opened.url}])
    go(page, opened, PREFIX)


def test_one_question_fills_a_screen_and_the_keyboard_turns_it(
    browser: Browser, opened: School
) -> None:
    with visit(browser, opened) as page:
        go(page, opened, LESSON)
        shown = page.locator("[data-question]:visible")
        total = shown.count()
        assert total > 2
        page.get_by_role("button", name="大字版").press("Enter")
        expect(shown).to_have_count(0)
        expect(page.locator(".turn")).to_be_hidden()
        for number in range(1, total + 1):
            page.get_by_role("button", name="下一题").press("Enter")
            expect(shown).to_have_count(1)
            expect(page.locator("[data-question]:focus")).to_have_count(1)
            expect(page.locator(".steps")).to_contain_text(f"第 {number + 1} 屏，共 {total + 1} 屏")
        expect(page.locator(".turn")).to_be_visible()
        page.reload()
        expect(shown).to_have_count(1)
        page.get_by_role("button", name="大字版").click()
        expect(shown).to_have_count(total)


def test_a_table_stays_in_sight_of_its_questions(browser: Browser, opened: School) -> None:
    with visit(browser, opened) as page:
        enlarge(page, opened, FIRST_STEP)
        go(page, opened, f"{LESSONS}/L3?section=5")
        while page.get_by_role("button", name="下一题").is_visible():
            page.get_by_role("button", name="下一题").click()
        expect(page.locator("[data-question]:visible")).to_have_count(1)
        expect(page.locator("[data-table]:visible").first).to_contain_text("共")


def test_a_question_is_read_aloud_with_its_result_and_can_be_stopped(
    browser: Browser, opened: School
) -> None:
    with visit(browser, opened, "filler1") as page:
        page.add_init_script(VOICE.replace("LOCAL", "true"))
        opened.tokens["token-filler1"] = "filler1"
        enlarge(page, opened, FIRST_STEP)
        go(page, opened, f"{LESSON}#screen-2")
        place = page.locator("[data-question]:visible")
        place.get_by_role("button", name="朗读：").click()
        said = spoken(page)
        assert said[0] == place.locator(".zx-prompt").inner_text()
        assert said[1:] == place.locator(".zx-option-text").all_inner_texts()
        place.get_by_role("button", name="停止朗读").click()
        assert spoken(page) == []
        place.locator("input").first.check()
        place.get_by_role("button", name="提交答案").click()
        expect(place.locator(".zx-verdict")).to_be_visible()
        place.get_by_role("button", name="朗读：").click()
        verdict = place.locator(".zx-verdict strong").inner_text()
        assert any(verdict in line for line in spoken(page))
        page.evaluate("spoken.at(-1).dispatchEvent(new Event('end'))")
        expect(place.get_by_role("button", name="朗读：")).to_be_visible()


def spoken(page: Page) -> list[str]:
    return [str(text) for text in page.evaluate("spoken.map(({ text }) => text)")]


@pytest.mark.parametrize("script", ["", VOICE.replace("LOCAL", "false")], ids=["none", "remote"])
def test_reading_is_not_offered_without_a_voice_of_this_machine(
    browser: Browser, opened: School, script: str
) -> None:
    with visit(browser, opened) as page:
        if script:
            page.add_init_script(script)
        enlarge(page, opened, FIRST_STEP)
        go(page, opened, LESSON)
        assert page.locator(".aloud").count() > 2
        expect(page.locator(".aloud:visible")).to_have_count(0)
