"""温故 in Chromium: three own errors, answered by click, explained at once and then gone."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.chromium import PHONE, chromium
from tests.classroom_school import API, COURSE, PREFIX, School, school
from tests.widgets_steps import fill, right_value, wrong_value

IDS = ("L1-1", "L1-2", "L1-4", "L1-7")


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[School]:
    with school(f"sqlite:///{tmp_path}/r.db", tmp_path, pack=lambda *_: b"PK") as started:
        with started.client("cadre_a") as client:
            for question_id in IDS:
                question = started.course.lessons[0].question(question_id)
                assert question
                body = {"version": question.version, "value": wrong_value(question)}
                address = f"{API}/courses/{COURSE}/questions/{question_id}/answers"
                for number in range(3):
                    key = f"click-{question_id}-{number}"
                    assert client.post(address, json={**body, "key": key}).status_code == 201
        started.clock.now += timedelta(days=2)
        yield started


@pytest.fixture
def page(opened: School) -> Iterator[Page]:
    with chromium() as browser:
        context = browser.new_context(viewport=PHONE, bypass_csp=True)
        context.add_cookies([{"name": "token", "value": "token-cadre_a", "url": opened.url}])
        yield context.new_page()


def test_three_errors_are_answered_explained_and_gone(opened: School, page: Page) -> None:
    page.goto(f"{opened.url}{PREFIX}record")
    page.get_by_role("link", name="去温故").click()
    cards = page.locator("[data-review] .zx-quiz")
    expect(cards).to_have_count(3)
    assert Axe().run(page).response["violations"] == []
    expect(page.locator("#zx-review-done")).to_be_hidden()
    for place, question_id in enumerate(IDS[:3]):
        question = opened.course.lessons[0].question(question_id)
        assert question
        expect(cards.nth(place)).not_to_contain_text(question.explanation)
        fill(cards.nth(place), question, right_value(question))
        cards.nth(place).get_by_role("button", name="提交答案").click()
        expect(cards.nth(place).locator(".zx-verdict")).to_contain_text("答对了")
        expect(cards.nth(place)).to_contain_text(question.explanation)
        expect(cards.nth(place).locator(".zx-delivery")).not_to_contain_text("已保存")
    expect(page.locator("#zx-review-done")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.get_by_role("link", name="接着温三道").click()
    expect(cards).to_have_count(1)


def test_without_a_network_the_answer_stays_in_the_card(opened: School, page: Page) -> None:
    page.goto(f"{opened.url}{PREFIX}review")
    question = opened.course.lessons[0].question(IDS[0])
    assert question
    card = page.locator("[data-review] .zx-quiz").first
    fill(card, question, right_value(question))
    page.context.set_offline(True)
    card.get_by_role("button", name="提交答案").click()
    expect(card.locator(".zx-delivery")).to_contain_text("网络不通，答案还在这里")
    page.context.set_offline(False)
    card.get_by_role("button", name="重新发送").click()
    expect(card.locator(".zx-verdict")).to_contain_text("答对了")
