"""The widgets on a light page, by mouse, key and finger, in a real browser."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import chromium
from tests.right_and_wrong import right_value
from tests.widgets_course import COURSE, LESSON, QUESTIONS
from tests.widgets_page import PageHost, page_host
from tests.widgets_steps import (
    answer_wrong_then_right,
    card_of,
    fill,
    keep_inside,
    submit,
    walk,
)
from widgets.localstore import LocalStore
from zhixing.question import Question

MARKED = [question for question in QUESTIONS if question.kind != "written"]
NARROW = {"width": 390, "height": 844}
SMALLEST_TARGET = 44


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def host(tmp_path: Path) -> Iterator[PageHost]:
    with page_host(LocalStore(COURSE, tmp_path / "answers.db")) as started:
        yield started


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    errors: list[Any] = []
    opened.on("pageerror", lambda error: errors.append(error))
    outside = keep_inside(opened)
    yield opened
    opened.close()
    assert errors == []
    assert outside == []


def open_page(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("body[data-ready]").wait_for()


def asked(question_id: str) -> Question:
    found = LESSON.question(question_id)
    assert found
    return found


@pytest.mark.parametrize("question", MARKED, ids=lambda question: question.id)
def test_each_kind_is_answered_and_explained(page: Page, host: PageHost, question: Any) -> None:
    open_page(page, host.address(question.id))
    answer_wrong_then_right(card_of(page, question), question)
    assert host.store.question_view(question.id)["state"]["score"] == 1.0


def test_a_written_answer_is_taken_and_can_be_put_down_again(page: Page, host: PageHost) -> None:
    question = asked("L1-W1")
    open_page(page, host.address(question.id))
    card = card_of(page, question)
    fill(card, question, "单独联系、自愿参加。𠮷龑䶮")
    expect(card).to_contain_text("已写 13 字")
    submit(card)
    expect(card).to_contain_text("交卷后由教员批阅")
    card.get_by_role("button", name="修改答案").click()
    fill(card, question, "再改一版")
    submit(card)
    assert host.store.question_view(question.id)["state"]["last"]["value"] == "再改一版"


def test_a_question_is_answered_by_keys_alone(page: Page, host: PageHost) -> None:
    question = asked("L1-1")
    open_page(page, host.address(question.id))
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    card = card_of(page, question)
    expect(card.locator(".zx-verdict")).to_contain_text("答对了")


def test_the_focus_goes_on_to_the_next_try(page: Page, host: PageHost) -> None:
    question = asked("L1-1")
    open_page(page, host.address(question.id))
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="重新作答")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("fieldset input").first).to_be_focused()


def test_a_row_is_dragged_into_place(page: Page, host: PageHost) -> None:
    question = asked("L1-7")
    open_page(page, host.address(question.id))
    rows = page.locator(".zx-row")
    first = rows.nth(0).get_attribute("data-id")
    box, last = rows.nth(0).locator(".zx-place").bounding_box(), rows.nth(2).bounding_box()
    assert box
    assert last
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 20, last["y"] + last["height"] / 2 + 5, steps=12)
    page.mouse.up()
    expect(rows.nth(2)).to_have_attribute("data-id", str(first))


def test_a_lost_reply_is_sent_again_as_the_same_answer(page: Page, host: PageHost) -> None:
    question = asked("L1-1")
    open_page(page, host.address(question.id))
    host.lose_replies = 1
    card = card_of(page, question)
    fill(card, question, "a")
    card.get_by_role("button", name="提交答案").click()
    expect(card.locator(".zx-delivery.is-waiting")).to_contain_text("待发送")
    card.get_by_role("button", name="重新发送").click()
    expect(card.locator(".zx-delivery.is-saved")).to_be_visible()
    assert len(host.answered) == 2
    assert host.store.question_view("L1-1")["state"]["attempts"] == 1


def test_a_reload_keeps_what_was_chosen_and_not_sent(page: Page, host: PageHost) -> None:
    address = host.address("L1-2", "L1-4", owner="zhang")
    open_page(page, address)
    fill(card_of(page, asked("L1-2")), asked("L1-2"), ["a", "c"])
    fill(card_of(page, asked("L1-4")), asked("L1-4"), "机")
    open_page(page, address)
    assert page.locator("input:checked").count() == 2
    expect(page.get_by_label("您的答案")).to_have_value("机")
    open_page(page, host.address("L1-2", owner="li"))
    assert page.locator("input:checked").count() == 0


def test_a_refused_answer_stays_in_the_form(page: Page, host: PageHost) -> None:
    question = asked("L1-4")
    open_page(page, host.address(question.id))
    card = card_of(page, question)
    fill(card, question, "机制")
    page.evaluate("window.models['L1-4'].traits.question.version = '0000000000000000'")
    card.get_by_role("button", name="提交答案").click()
    expect(card.locator(".zx-delivery.is-refused")).to_contain_text("旧版本")
    expect(card.get_by_label("您的答案")).to_have_value("机制")


def test_the_page_holds_no_key_and_no_reason_before_an_answer(page: Page, host: PageHost) -> None:
    open_page(page, host.address(*(question.id for question in QUESTIONS)))
    held = page.evaluate("JSON.stringify(Object.values(models).map((model) => model.traits))")
    assert "理由在作答之前不外传" not in held + page.content()
    for traits in json.loads(held):
        assert not {"key", "wrong", "weights", "explanation"} & set(traits["question"])
        assert traits["state"]["reveal"] is None


@pytest.mark.parametrize("width", [390, 1280])
def test_every_card_fits_and_every_target_is_large(page: Page, host: PageHost, width: int) -> None:
    page.set_viewport_size({**NARROW, "width": width})
    ids = [question.id for question in QUESTIONS]
    open_page(page, host.address(*ids, tables=("D1/roster",)))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    targets = page.locator("label.zx-option, button, select, summary, input[type=text], textarea")
    boxes = [target.bounding_box() for target in targets.all()]
    assert len(boxes) > 30
    small = [box for box in boxes if not box or box["height"] < SMALLEST_TARGET]
    assert small == []


def test_axe_finds_nothing_before_and_after_answers(page: Page, host: PageHost) -> None:
    open_page(page, host.address(*(one.id for one in QUESTIONS), tables=("D1/roster",)))
    assert _violations(page) == []
    for question in MARKED:
        card = card_of(page, question)
        if question.kind == "case":
            walk(card, right_value(question))
            continue
        fill(card, question, right_value(question))
        submit(card)
    assert _violations(page) == []


def _violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    # The test's own bare page has no landmark and no heading of its own.
    page_wide = {"region", "landmark-one-main", "page-has-heading-one"}
    return [
        f"{item['id']}: {item['nodes'][0]['html']}" for item in found if item["id"] not in page_wide
    ]


def test_a_table_is_filtered_sorted_and_downloaded(page: Page, host: PageHost) -> None:
    open_page(page, host.address(tables=("D1/roster",)))
    expect(page.get_by_text("共 3 行。")).to_be_visible()
    page.get_by_role("button", name="人数").click(click_count=2)
    expect(page.locator("tbody tr").first).to_contain_text("RY1")
    page.get_by_label("筛选：姓名").fill("𠮷")
    expect(page.get_by_text("筛选出 1 行")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载 Excel").click()
    assert download.value.path().read_bytes().startswith(b"PK")
