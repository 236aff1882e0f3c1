"""The whole circle in one browser: answer, hand in, grade, read, and the department sees it."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import chromium, signed_in
from tests.running_platform import RunningPlatform

LESSON = "/services/classroom/courses/shujiketang/lessons/L1"
ADVICE = "建议每周三由网格员陶𠮷陪同入户，核对<b>底数</b>。<script>window.broken = true</script>"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def test_the_circle_from_a_first_answer_to_the_departments_board(
    platform: RunningPlatform, browser: Browser
) -> None:
    username = platform.newcomer()
    cadre = signed_in(browser, platform, username)
    take_the_lesson(cadre, platform)
    hand_in(cadre)
    trainer = signed_in(browser, platform, "trainer1")
    grade(trainer, platform, username)
    cadre.goto(f"{platform.url}{LESSON}?section=1")
    expect(cadre.locator(".notice.ok")).to_contain_text("满分 124 分")
    expect(cadre.locator(".notice.ok")).to_contain_text("写得具体，请补上时限。")
    assert cadre.evaluate("window.broken") is None
    board_shows_the_street_alone(browser, platform)


def take_the_lesson(page: Page, platform: RunningPlatform) -> None:
    page.goto(f"{platform.url}/services/classroom/")
    page.click(".next .button.main")
    expect(page.locator("[data-question] .zx-quiz").first).to_be_visible()
    card = page.locator('[data-question="L1-5"]')
    answer_blank(card, "几百万")
    expect(card).to_contain_text("数字")
    answer_blank(card, "２３０")
    expect(card.locator(".zx-delivery")).to_contain_text("已保存")
    expect(card).to_contain_text("答对了")
    page.goto(f"{platform.url}{LESSON}?section=5")
    advice = page.locator('[data-question="L1-W1"]')
    advice.locator("textarea").fill(ADVICE)
    advice.locator("button[type=submit]").click()
    expect(advice.locator(".zx-delivery")).to_contain_text("已保存")
    page.goto(f"{platform.url}{LESSON}?section=6")


def answer_blank(card: object, text: str) -> None:
    card.locator("input").fill(text)  # type: ignore[attr-defined]
    card.locator("button[type=submit]").click()  # type: ignore[attr-defined]


def hand_in(page: Page) -> None:
    page.click("#zx-hand-in")
    expect(page.locator("#zx-hand-in-told")).to_contain_text("没有答")
    page.click("#zx-hand-in")
    expect(page.locator(".notice.ok")).to_contain_text("已经交卷")


def grade(page: Page, platform: RunningPlatform, username: str) -> None:
    """Collect, autograde, grade the written part and release, with formgrader's own buttons."""
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{platform.url}/hub/user-redirect/formgrader")
    page.wait_for_url("**/formgrader/manage_assignments", timeout=90_000)
    row = page.locator("tr", has=page.get_by_text("L1", exact=True))
    row.locator(".collect a").click()
    expect(page.locator(".modal-title, .modal-body").first).to_be_visible(timeout=90_000)
    formgrader = page.url.rsplit("/", 1)[0]
    page.goto(f"{formgrader}/manage_submissions/L1")
    row = page.locator("tr", has=page.get_by_text(username, exact=True))
    row.locator(".autograde a").click()
    expect(row.locator(".status")).to_contain_text("待人工批改", timeout=90_000)
    page.goto(f"{formgrader}/gradebook/L1/L1")
    api(page, f"{formgrader}/api", username)


def api(page: Page, base: str, username: str) -> None:
    notebooks = call(page, "GET", f"{base}/submitted_notebooks/L1/L1")
    mine = next(notebook for notebook in notebooks if notebook["student"] == username)
    page.goto(f"{base.removesuffix('/api')}/submissions/{mine['id']}/")
    work = page.frame_locator('iframe.zx-learner[srcdoc*="陶𠮷"]').locator("body")
    expect(work).to_contain_text("陶𠮷", timeout=30_000)
    assert page.evaluate("window.broken") is None, (
        "a learner's script ran with the trainer's rights"
    )
    grades = call(page, "GET", f"{base}/grades?submission_id={mine['id']}")
    written = next(grade for grade in grades if grade["name"] == "L1-W1")
    call(page, "PUT", f"{base}/grade/{written['id']}", {"manual_score": 6, "extra_credit": 0})
    comments = call(page, "GET", f"{base}/comments?submission_id={mine['id']}")
    comment = next(comment for comment in comments if comment["name"] == "L1-W1")
    words = {"manual_comment": "写得具体，请补上时限。"}
    call(page, "PUT", f"{base}/comment/{comment['id']}", words)
    assert call(page, "POST", f"{base}/assignment/L1/{username}/release_feedback")["success"]


def call(page: Page, method: str, address: str, body: object = None) -> object:
    return page.evaluate(
        """async ([method, address, body]) => {
          const xsrf = document.cookie.split("; ").find((one) => one.startsWith("_xsrf="));
          const headers = {"X-XSRFToken": decodeURIComponent(xsrf.slice(6))};
          const options = {method, headers, body: body === null ? undefined : JSON.stringify(body)};
          return await (await fetch(address, options)).json();
        }""",
        [method, address, body],
    )


def board_shows_the_street_alone(browser: Browser, platform: RunningPlatform) -> None:
    page = signed_in(browser, platform, "street1")
    page.goto(f"{platform.url}/services/dashboards/zonglan")
    expect(page.get_by_text("各单位学习进度").first).to_be_visible(timeout=60_000)
    expect(page.get_by_text("截至").first).to_be_visible()
    text = page.inner_text("body")
    assert "听雨街道" in text
    other = re.findall(r"(\w+)街道", text)
    assert set(other) <= {"听雨"}, other
