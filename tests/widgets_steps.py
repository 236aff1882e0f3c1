"""Steps of a learner at a question card, by real clicks and keys, the same in every host."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.right_and_wrong import right_value
from tests.right_and_wrong import wrong_value as other_value
from zhixing.question import Question, grid_of

MILLISECONDS_TO_SHOW = 60_000


def keep_inside(page: Page) -> list[str]:
    """Abort every request that leaves this machine; returns the list they are noted in."""
    outside: list[str] = []

    def decide(route: Any) -> None:
        if route.request.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            route.continue_()
        else:
            outside.append(route.request.url)
            route.abort()

    page.route("**/*", decide)
    return outside


def card_of(page: Page, question: Question) -> Locator:
    """Card of a question; scrolls to it where the host draws only what is in sight."""
    card = page.locator(".zx-quiz", has_text=question.prompt)
    for _ in range(60):
        if card.count():
            break
        page.mouse.wheel(0, 500)
        page.wait_for_timeout(100)
    expect(card).to_have_count(1)
    card.scroll_into_view_if_needed()
    return card


def wrong_value(question: Question) -> Any:
    """Value of the right shape that the key does not have."""
    others = [option.id for option in question.options]
    key = question.key
    if "panel" in key:
        return min(key["panel"], key=key["panel"].get)
    columns, labels = grid_of(key)
    if columns:
        return {label: ["0"] * (len(columns) - 1) for label in labels}
    if "option" in key:
        return next(name for name in others if name != key["option"])
    if "options" in key:
        return [name for name in others if name not in key["options"]][:1]
    if "pairs" in key:
        rights = list(key["pairs"].values())
        return dict(zip(key["pairs"], rights[1:] + rights[:1], strict=True))
    if "order" in key:
        return list(reversed(key["order"]))
    return ["没有这个编码"] if "set" in key else "错" if "text" in key else "999999"


def fill(card: Locator, question: Question, value: Any) -> None:
    """Put a value in by the controls a person uses."""
    kind = question.kind
    if kind in ("single", "truth", "panel"):
        card.locator(f'label:has(input[value="{value}"])').click()
    elif kind == "multiple":
        for option in question.options:
            box = card.locator(f'input[value="{option.id}"]')
            box.set_checked(option.id in value)
    elif kind == "match":
        for option in question.options:
            card.get_by_label(option.text, exact=True).select_option(value[option.id])
    elif kind == "order":
        _order(card, question, value)
    elif isinstance(value, dict):
        for label, cells in value.items():
            for column, cell in zip(grid_of(question.key)[0][1:], cells, strict=True):
                card.get_by_label(f"{label}，{column}", exact=True).fill(str(cell))
    else:
        text = "、".join(value) if isinstance(value, list) else str(value)
        card.locator("fieldset").locator("input, textarea").fill(text)


def _order(card: Locator, question: Question, value: Any) -> None:
    texts = {option.id: option.text for option in question.options}
    for place, name in enumerate(value):
        up = card.get_by_role("button", name=f"上移：{texts[name]}", exact=True)
        for _ in value:
            if card.locator(".zx-row").nth(place).get_attribute("data-id") == name:
                break
            up.press("Enter")


def submit(card: Locator) -> None:
    """Send, and wait until the host says it is saved."""
    card.get_by_role("button", name="提交答案").click()
    expect(card.locator(".zx-delivery.is-saved")).to_be_visible()


def walk(card: Locator, path: list[str]) -> None:
    """Go through a case step by step, each one acknowledged before the next."""
    for number, step in enumerate(path, start=1):
        card.locator(f'label:has(input[value="{step}"])').click()
        card.get_by_role("button", name="确定").click()
        expect(card.locator(".zx-path li")).to_have_count(number)
    expect(card.locator(".zx-delivery.is-saved")).to_be_visible()


def walk_twice(card: Locator, question: Question) -> None:
    """Walk a case badly, see what came of it, and walk it again the better way."""
    walk(card, other_value(question))
    expect(card.locator(".zx-verdict")).to_contain_text("走完了")
    expect(card.locator(".zx-axes li")).to_have_count(4)
    expect(card).not_to_contain_text("更稳妥的走法")
    card.get_by_role("button", name="再走一遍").click()
    expect(card.locator(".zx-path")).to_have_count(0)
    walk(card, right_value(question))
    expect(card.locator(".zx-verdict")).to_contain_text("每一步都稳妥")
    expect(card).to_contain_text(question.key["ending"])


def answer_wrong_then_right(card: Locator, question: Question) -> None:
    """Be told gently and without the key, try again, be told it is right, and see why."""
    if question.kind == "case":
        walk_twice(card, question)
        return
    fill(card, question, wrong_value(question))
    submit(card)
    verdict = card.locator(".zx-verdict")
    expect(verdict).to_contain_text(first_verdict(question))
    expect(card).not_to_contain_text("正确答案")
    expect(card).not_to_contain_text("人中有")
    expect(card).not_to_contain_text(question.explanation or "解析")
    card.get_by_role("button", name="重新作答").click()
    fill(card, question, right_value(question))
    submit(card)
    expect(verdict).to_contain_text("选的人最多" if question.kind == "panel" else "答对了")
    expect(card).to_contain_text(question.explanation)
    shares = len(question.options) if question.kind == "panel" else 0
    expect(card.locator(".zx-share")).to_have_count(shares)


def first_verdict(question: Question) -> str:
    """What is said of :func:`wrong_value`, where that is sure."""
    if question.kind == "panel":
        return "选得一样"
    return "" if {"order", "table", "keywords"} & set(question.key) else "再想想"
