"""Every page on a desktop and on a phone: nothing from outside, nothing wider than the screen."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.chromium import DESKTOP, PHONE, chromium, signed_in
from tests.running_platform import PASSWORD, RunningPlatform

CLASSROOM = "/services/classroom"
LESSON = f"{CLASSROOM}/courses/shujiketang/lessons/L1"
PAGES = {
    "cadre040": [
        f"{CLASSROOM}/",
        f"{CLASSROOM}/courses",
        f"{CLASSROOM}/record",
        *(f"{LESSON}?section={number}" for number in (1, 2, 3, 4)),
        f"{CLASSROOM}/courses/shujiketang/lessons/L3?section=5",
        f"{CLASSROOM}/courses/shujiketang/lessons/L99",
        "/services/dashboards/",
    ],
    "trainer2": [f"{CLASSROOM}/", f"{CLASSROOM}/courses"],
    "street2": [f"{CLASSROOM}/", "/services/dashboards/"],
    "admin1": [f"{CLASSROOM}/"],
}
MOST_BYTES = 200 * 1024


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.mark.parametrize("username", sorted(PAGES))
@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_no_page_is_wider_than_the_screen_or_asks_the_outside(
    platform: RunningPlatform, browser: Browser, username: str, screen: dict[str, int]
) -> None:
    page = signed_in(browser, platform, username)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_viewport_size(screen)  # type: ignore[arg-type]
    for path in PAGES[username]:
        page.goto(platform.url + path)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= screen["width"], path
    outside = [url for url in asked if not url.startswith((platform.url, "data:", "blob:"))]
    assert outside == []


def test_the_first_lesson_page_is_light(platform: RunningPlatform, browser: Browser) -> None:
    page = signed_in(browser, platform, "cadre041")
    fresh = browser.new_context(storage_state=page.context.storage_state(), viewport=PHONE)
    page = fresh.new_page()
    session = fresh.new_cdp_session(page)
    session.send("Network.enable")
    received: list[float] = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    page.goto(f"{platform.url}{LESSON}?section=1")
    page.wait_for_load_state("networkidle")
    expect(page.locator(".zx-quiz").first).to_be_visible()
    assert 10_000 < sum(received) <= MOST_BYTES


def test_an_answer_given_without_a_network_arrives_once_it_is_back(
    platform: RunningPlatform, browser: Browser
) -> None:
    page = open_blank(browser, platform, platform.newcomer())
    page.context.set_offline(True)
    answer(page, "230")
    expect(delivery(page)).to_contain_text("待发送")
    page.context.set_offline(False)
    page.close()
    page = page_again(page, platform)
    expect(card(page)).to_contain_text("答对了", timeout=30_000)
    assert attempts(page) == 1


def test_an_answer_given_after_the_session_ended_arrives_after_log_in(
    platform: RunningPlatform, browser: Browser
) -> None:
    username = platform.newcomer()
    page = open_blank(browser, platform, username)
    page.context.clear_cookies()
    answer(page, "230")
    expect(delivery(page)).to_contain_text("待发送")
    page.get_by_role("link", name="重新登录").click()
    page.fill("#username_input", username)
    page.fill("#password_input", PASSWORD)
    page.click("#login_submit")
    page.wait_for_url("**/lessons/L1?section=1")
    expect(card(page)).to_contain_text("答对了", timeout=30_000)
    assert attempts(page) == 1


def test_two_clicks_are_one_answer(platform: RunningPlatform, browser: Browser) -> None:
    page = open_blank(browser, platform, platform.newcomer())
    card(page).locator("input").fill("229")
    # Both in one go: a quick server would have taken the button away before a second one came.
    card(page).locator("button[type=submit]").evaluate("it => { it.click(); it.click(); }")
    expect(delivery(page)).to_contain_text("已保存")
    assert attempts(page) == 1


def open_blank(browser: Browser, platform: RunningPlatform, username: str) -> Page:
    """Open a fill-in question as a cadre who has not answered it."""
    page = signed_in(browser, platform, username)
    page.goto(f"{platform.url}{LESSON}?section=1")
    expect(card(page)).to_be_visible()
    assert attempts(page) == 0
    return page


def page_again(page: Page, platform: RunningPlatform) -> Page:
    again = page.context.new_page()
    again.goto(f"{platform.url}{LESSON}?section=1")
    return again


def card(page: Page) -> Locator:
    return page.locator('[data-question="L1-5"]')


def delivery(page: Page) -> Locator:
    return card(page).locator(".zx-delivery")


def answer(page: Page, text: str) -> None:
    card(page).locator("input").fill(text)
    card(page).locator("button[type=submit]").click()


def attempts(page: Page) -> int:
    found = page.evaluate(
        "async () => (await (await fetch("
        "'/services/classroom/api/courses/shujiketang/questions/L1-5')).json()).state.attempts"
    )
    return int(found)
