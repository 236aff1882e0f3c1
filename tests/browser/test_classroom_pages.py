"""The classroom's own pages in Chromium: readable by everybody, truthful about every answer."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect
from sqlalchemy import select

from tests.browser.chromium import DESKTOP, PHONE, chromium
from tests.classroom_school import API, COURSE, PREFIX, School, school
from tests.classroom_visit import AXE, go, violations, visit
from zhixing.records import tables

LESSON = f"{PREFIX}courses/{COURSE}/lessons/L1"
PAGES = {
    "cadre_a": ["", "courses", "record", "help", "nothing"],
    "trainer_x": ["", "courses", f"courses/{COURSE}/lessons/L1?section=1"],
    "district": ["", "courses", "record"],
    "admin": [""],
    "stranger": ["", "courses", "record"],
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[School]:
    with school(f"sqlite:///{tmp_path}/r.db", tmp_path, pack=lambda *_: b"PK") as started:
        yield started


def card(page: Page, question: str = "L1-5") -> Locator:
    return page.locator(f'[data-question="{question}"]')


def answer(page: Page, value: str, question: str = "L1-5") -> None:
    card(page, question).locator("input").fill(value)
    card(page, question).locator("button[type=submit]").click()


def delivery(page: Page, question: str = "L1-5") -> Locator:
    return card(page, question).locator(".zx-delivery")


def attempts(opened: School, question: str = "L1-5") -> int:
    with opened.client("cadre_a") as client:
        view = client.get(f"{API}/courses/{COURSE}/questions/{question}").json()
    return int(view["state"]["attempts"])


def received(opened: School) -> list[str]:
    """Questions answered, in the order in which the answers were written down."""
    version, answered = tables.QuestionVersion, tables.Answer
    asked = select(version.question_id).join(answered).order_by(answered.id)
    return [row[0] for row in opened.rows(asked)]


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_and_no_page_is_wider_than_the_screen(
    browser: Browser, opened: School, screen: Any
) -> None:
    for who, paths in PAGES.items():
        with visit(browser, opened, who, screen, **AXE) as page:
            for path in paths:
                go(page, opened, PREFIX + path)
                assert violations(page) == [], path
                wide = page.evaluate("document.documentElement.scrollWidth")
                assert wide <= screen["width"], path


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 6])
def test_axe_finds_nothing_in_a_lesson(browser: Browser, opened: School, number: int) -> None:
    with visit(browser, opened, screen=PHONE, **AXE) as page:
        go(page, opened, f"{LESSON}?section={number}")
        assert violations(page) == []
        small = [
            target.inner_text()
            for target in page.locator("a.button, button, nav a, .who a").all()
            if (box := target.bounding_box()) and box["height"] < 44
        ]
        assert small == []


def test_the_keyboard_reaches_the_text_first_and_every_focus_is_seen(
    browser: Browser, opened: School
) -> None:
    with visit(browser, opened) as page:
        go(page, opened, PREFIX)
        page.keyboard.press("Tab")
        expect(page.locator(".skip")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_be_focused()
        page.keyboard.press("Tab")
        expect(page.locator(".next .button")).to_be_focused()
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"


def test_a_reply_lost_on_its_way_back_is_asked_for_again_and_costs_no_try(
    browser: Browser, opened: School
) -> None:
    lost = []

    def lose_first(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.abort()

    with visit(browser, opened) as page:
        go(page, opened, f"{LESSON}?section=1")
        page.route("**/answers", lose_first)
        answer(page, "229")
        expect(delivery(page)).to_contain_text("待发送")
        expect(delivery(page)).not_to_contain_text("已保存")
        assert lost == [201], "the server has it, and the page does not know"
        page.evaluate("dispatchEvent(new Event('online'))")
        expect(delivery(page)).to_contain_text("已保存")
        assert attempts(opened) == 1


def test_answers_given_offline_are_sent_in_the_order_they_were_given(
    browser: Browser, opened: School
) -> None:
    with visit(browser, opened) as page:
        go(page, opened, f"{LESSON}?section=1")
        page.context.set_offline(True)
        answer(page, "229")
        answer(page, "0.5", "L1-3")
        expect(delivery(page)).to_contain_text("待发送")
        page.context.set_offline(False)
        expect(delivery(page)).to_contain_text("已保存", timeout=20_000)
        expect(delivery(page, "L1-3")).to_contain_text("已保存")
        assert (attempts(opened), attempts(opened, "L1-3")) == (1, 1)


def test_a_tab_closed_without_a_network_loses_nothing_and_doubles_nothing(
    browser: Browser, opened: School
) -> None:
    with visit(browser, opened) as page:
        go(page, opened, f"{LESSON}?section=1")
        page.context.set_offline(True)
        for question, value in (("L1-5", "229"), ("L1-3", "0.5")):
            answer(page, value, question)
            expect(delivery(page, question)).to_contain_text("待发送")
        page.close()
        context = page.context
        back = context.new_page()
        context.set_offline(False)
        go(back, opened, PREFIX)
        expect(back.locator("#zx-told")).to_contain_text("已补交保存")
        go(back, opened, f"{LESSON}?section=1")
        for question in ("L1-5", "L1-3"):
            expect(card(back, question)).to_contain_text("再想想")
        assert received(opened) == ["L1-5", "L1-3"]


def test_what_is_typed_while_an_answer_waits_is_kept_and_can_be_sent(
    browser: Browser, opened: School
) -> None:
    with visit(browser, opened) as page:
        go(page, opened, f"{LESSON}?section=5")
        box = card(page, "L1-W1").locator("textarea")
        page.context.set_offline(True)
        box.fill("由网格员圈出带“余”的数。")
        card(page, "L1-W1").locator("button[type=submit]").click()
        expect(delivery(page, "L1-W1")).to_contain_text("待发送")
        box.fill("由网格员𠮷龑圈出带“余”的数，书记复核。")
        page.context.set_offline(False)
        expect(delivery(page, "L1-W1")).to_contain_text("后来的修改还没有提交", timeout=20_000)
        expect(box).to_have_value("由网格员𠮷龑圈出带“余”的数，书记复核。")
        page.reload()
        expect(box).to_have_value("由网格员𠮷龑圈出带“余”的数，书记复核。")
        card(page, "L1-W1").locator("button[type=submit]").click()
        expect(delivery(page, "L1-W1")).to_contain_text("已保存")
        values = [row[0] for row in opened.rows(select(tables.Answer.value))]
        assert values == ["由网格员圈出带“余”的数。", "由网格员𠮷龑圈出带“余”的数，书记复核。"]


def test_a_number_is_taken_as_people_write_it(browser: Browser, opened: School) -> None:
    with visit(browser, opened) as page:
        go(page, opened, f"{LESSON}?section=1")
        answer(page, "二百三十")
        expect(card(page)).to_contain_text("答对了")
        answer(page, "约一个", "L1-3")
        expect(delivery(page, "L1-3")).to_contain_text("要填一个数字")
        assert attempts(opened, "L1-3") == 0


def test_an_answer_that_waits_is_sent_from_any_page_and_told_there(
    browser: Browser, opened: School
) -> None:
    with visit(browser, opened) as page:
        go(page, opened, f"{LESSON}?section=1")
        page.route("**/answers", lambda route: route.abort())
        answer(page, "230")
        expect(delivery(page)).to_contain_text("待发送")
        page.unroute("**/answers")
        go(page, opened, PREFIX)
        expect(page.locator("#zx-told")).to_contain_text("已补交保存")
        go(page, opened, f"{LESSON}?section=1")
        expect(card(page)).to_contain_text("答对了")
        assert attempts(opened) == 1


def test_a_refused_answer_is_told_wherever_the_learner_is(browser: Browser, opened: School) -> None:
    with visit(browser, opened) as page:
        go(page, opened, f"{LESSON}?section=1")
        page.route("**/answers", lambda route: route.abort())
        answer(page, "230")
        expect(delivery(page)).to_contain_text("待发送")
        page.unroute("**/answers")
        opened.clock.now = opened.clock.now.replace(year=2027)
        go(page, opened, f"{PREFIX}record")
        expect(page.locator("#zx-told")).to_contain_text("没有被接受")
        assert attempts(opened) == 0


def test_another_persons_waiting_answer_is_never_sent_as_ones_own(
    browser: Browser, opened: School
) -> None:
    with visit(browser, opened) as page:
        go(page, opened, f"{LESSON}?section=1")
        page.route("**/answers", lambda route: route.abort())
        answer(page, "230")
        expect(delivery(page)).to_contain_text("待发送")
        page.unroute("**/answers")
        page.context.add_cookies([{"name": "token", "value": "token-cadre_b", "url": opened.url}])
        go(page, opened, f"{LESSON}?section=1")
        expect(card(page).locator("input")).to_have_value("")
        with opened.client("cadre_b") as client:
            view = client.get(f"{API}/courses/{COURSE}/questions/L1-5").json()
        assert view["state"]["attempts"] == 0


def test_hand_in_waits_for_answers_on_their_way_and_names_what_is_missing(
    browser: Browser, opened: School
) -> None:
    with visit(browser, opened) as page:
        go(page, opened, f"{LESSON}?section=5")
        total = len(opened.course.lessons[0].questions)
        told, button = page.locator("#zx-hand-in-told"), page.locator("#zx-hand-in")
        written = card(page, "L1-W1")
        written.locator("textarea").fill("写了没有提交的草稿")
        go(page, opened, f"{LESSON}?section=6")
        button.click()
        expect(told).to_contain_text(f"还有 {total} 道题没有答")
        expect(told).to_contain_text("有 1 道题写了还没有提交")
        page.route("**/answers", lambda route: route.abort())
        go(page, opened, f"{LESSON}?section=5")
        written.locator("button[type=submit]").click()
        expect(delivery(page, "L1-W1")).to_contain_text("待发送")
        go(page, opened, f"{LESSON}?section=6")
        button.click()
        button.click()
        expect(told).to_contain_text("还有 1 份答案没有送到")
        page.unroute("**/answers")
        button.click()
        expect(page.locator(".notice.ok")).to_contain_text("回执编号 J-")
        expect(page.locator("#zx-hand-in")).to_have_count(0)
        assert attempts(opened, "L1-W1") == 1


def test_a_browser_that_keeps_nothing_still_answers(browser: Browser, opened: School) -> None:
    with visit(browser, opened) as page:
        page.add_init_script(
            "for (const name of ['localStorage', 'sessionStorage'])"
            "Object.defineProperty(window, name, { get() { throw new Error('forbidden'); } });"
        )
        go(page, opened, f"{LESSON}?section=1")
        answer(page, "230")
        expect(delivery(page)).to_contain_text("已保存")
        assert attempts(opened) == 1


def test_a_trainer_reads_a_lesson_and_can_answer_nothing(browser: Browser, opened: School) -> None:
    with visit(browser, opened, "trainer_x") as page:
        go(page, opened, f"{LESSON}?section=1")
        expect(page.locator(".notice").first).to_contain_text("教员身份")
        expect(page.locator(".zx-quiz").first).to_be_visible()
        expect(page.locator("button[type=submit]")).to_have_count(0)
        expect(page.locator("#zx-hand-in")).to_have_count(0)


def test_the_unanswered_list_shrinks_with_each_answer(browser: Browser, opened: School) -> None:
    with visit(browser, opened) as page:
        last = page.locator("#zx-unanswered li").last
        go(page, opened, f"{LESSON}?section=6")
        before = int(last.locator("span").inner_text())
        go(page, opened, f"{LESSON}?section=5")
        card(page, "L1-W1").locator("textarea").fill("建议每周核对一次底数。")
        card(page, "L1-W1").locator("button[type=submit]").click()
        expect(delivery(page, "L1-W1")).to_contain_text("已保存")
        go(page, opened, f"{LESSON}?section=6")
        expect(last.locator("span")).to_have_text(str(before - 1))
