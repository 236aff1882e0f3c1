"""A visit to the classroom by somebody's own browser, and what axe says of a page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.chromium import DESKTOP
from tests.classroom_school import School

AXE = {"bypass_csp": True}
"""Axe writes styles of its own into the page, which our policy forbids."""


@contextmanager
def visit(
    browser: Browser, opened: School, who: str = "cadre_a", screen: Any = DESKTOP, **more: Any
) -> Iterator[Page]:
    """A page of somebody's own browser; whatever it complains of or asks outside fails the test."""
    context = browser.new_context(viewport=screen, **more)
    context.add_cookies([{"name": "token", "value": f"token-{who}", "url": opened.url}])
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if is_bad(line) else None)
    page.on(
        "request",
        lambda sent: None if sent.url.startswith(opened.url) else complaints.append(sent.url),
    )
    yield page
    context.close()
    assert complaints == []


def is_bad(line: Any) -> bool:
    # Chromium itself notes every refused or cut request, which is what these tests make.
    return line.type == "error" and not line.text.startswith("Failed to load resource")


def go(page: Page, opened: School, path: str) -> None:
    page.goto(opened.url + path)
    page.wait_for_load_state("networkidle")


def violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{item['id']}: {item['nodes'][0]['html']}" for item in found]
