"""Chromium as this house starts it: headless, silent towards the outside."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

from tests.running_platform import PASSWORD, RunningPlatform

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        browser.close()


def signed_in(browser: Browser, platform: RunningPlatform, username: str) -> Page:
    """A page of a fresh browser profile, logged in, on the home page."""
    page = browser.new_context(viewport=DESKTOP).new_page()
    page.goto(f"{platform.url}/services/classroom/")
    page.fill("#username_input", username)
    page.fill("#password_input", PASSWORD)
    page.click("#login_submit")
    page.wait_for_url("**/services/classroom/")
    return page
