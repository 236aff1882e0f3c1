"""Pages for trainers in Chromium: a regrade from preview to undoing, and the map of a case."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import DESKTOP, PHONE, chromium
from tests.classroom_school import API, COURSE, PREFIX, School, school
from tests.classroom_visit import AXE, go, violations, visit
from tests.two_lessons import two_lessons
from zhixing.coursefiles import load_courses
from zhixing.rules import LessonRules

REGRADES = f"{PREFIX}courses/{COURSE}/regrades"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[School]:
    """The key of L1-1 was a when two answered, and is b by now."""
    url = f"sqlite:///{tmp_path}/r.db"
    with school(url, tmp_path, pack=lambda *_: b"PK") as before:
        answer(before, "cadre_a", "L1-1", "b")
        answer(before, "filler1", "L1-1", "a")
        for path in (["B"], ["B", "b1"], ["A"]):
            answer(before, "cadre_a", "C1", path)
    with school(url, tmp_path, changed_courses(), lambda *_: b"PK", is_new=False) as after:
        yield after


def changed_courses() -> tuple[Any, ...]:
    [course] = load_courses(two_lessons())
    first, *others = course.lessons
    questions = tuple(
        dataclasses.replace(one, key={"option": "b"}) if one.id == "L1-1" else one
        for one in first.questions
    )
    lesson = dataclasses.replace(first, questions=questions)
    return (dataclasses.replace(course, lessons=(lesson, *others)),)


def answer(opened: School, who: str, question: str, value: Any) -> None:
    with opened.client(who) as client:
        address = f"{API}/courses/{COURSE}/questions/{question}"
        version = client.get(address).json()["question"]["version"]
        key = f"{who}-{question}-{len(str(value))}-{value}".replace("'", "")[:60]
        key = "".join(sign for sign in key if sign.isalnum() or sign in "-_")
        body = {"version": version, "value": value, "key": key}
        given = client.post(f"{address}/answers", json=body)
    assert given.status_code == 201, given.text


def confirm(page: Page, button: str, reason: str) -> None:
    page.get_by_label("理由").first.fill(reason)
    page.get_by_role("button", name=button).click()
    expect(page.locator(".told").first).to_contain_text("再点一次")
    page.get_by_role("button", name=button).click()


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_regrade_is_looked_at_applied_and_taken_back(
    browser: Browser, opened: School, screen: Any
) -> None:
    with visit(browser, opened, "trainer_x", screen, **AXE) as page:
        go(page, opened, PREFIX)
        page.get_by_role("link", name="重新判分").click()
        page.get_by_role("link", name="看预览").click()
        expect(page.locator("main")).to_contain_text("1 人多得，1 人少得")
        expect(page.locator("tr", has_text="欧阳龑")).to_contain_text("0 → ▲ 7")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= screen["width"]
        confirm(page, "重新判分", "原答案写错了")
        expect(page.locator(".regrade")).to_contain_text("理由：原答案写错了")
        assert violations(page) == []
        confirm(page, "撤销这次判分", "原答案没有错")
        expect(page.locator(".regrade .notice")).to_contain_text("撤销")
        expect(page.get_by_role("link", name="看预览")).to_be_visible()


@pytest.fixture
def stricter(opened: School, tmp_path: Path) -> Iterator[School]:
    """Two learners have answered; a second try earns half by now, and the key is as it was."""
    answer(opened, "filler1", "L1-1", "b")
    url = opened.store.engine.url.render_as_string(hide_password=False)
    [course] = changed_courses()
    lesson = dataclasses.replace(course.lessons[0], rules=LessonRules(falloff=0.5))
    courses = (dataclasses.replace(course, lessons=(lesson, *course.lessons[1:])),)
    with school(url, tmp_path, courses, lambda *_: b"PK", is_new=False) as after:
        with after.client("trainer_x") as client:
            address = f"{API}/courses/{COURSE}/questions/L1-1/regrade"
            token = client.get(address).json()["token"]
            wish = {"reason": "原答案写错了", "token": token, "key": "regrade-001"}
            assert client.post(address, json=wish).status_code == 201
        yield after


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_new_rules_of_a_lesson_are_looked_at_applied_and_taken_back(
    browser: Browser, stricter: School, screen: Any
) -> None:
    with visit(browser, stricter, "trainer_x", screen, **AXE) as page:
        go(page, stricter, REGRADES)
        row = page.get_by_role("row", name="L1 的计分办法")
        row.get_by_role("link", name="看预览").click()
        expect(page.locator("main")).to_contain_text("每多答一次少得 50%")
        expect(page.locator("main")).to_contain_text("0 人多得，1 人少得")
        expect(page.locator("tr", has_text="学员1")).to_contain_text("▼")
        unmoved = page.locator("details")
        expect(unmoved.locator("table")).to_be_hidden()
        unmoved.locator("summary").click()
        expect(unmoved.locator("tr", has_text="欧阳龑")).to_be_visible()
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= screen["width"]
        confirm(page, "重新判分", "第二次答对少得一些")
        regraded = page.locator(".regrade").first
        expect(regraded).to_contain_text("改为以最好的一次计分，每多答一次少得 50%")
        assert violations(page) == []
        regraded.get_by_label("撤销的理由").fill("仍按原来的办法")
        regraded.get_by_role("button", name="撤销这次判分").click()
        regraded.get_by_role("button", name="撤销这次判分").click()
        expect(regraded.locator(".notice")).to_contain_text("撤销")
        expect(row).to_be_visible()


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_map_of_a_case_counts_first_walks(
    browser: Browser, opened: School, screen: Any
) -> None:
    with visit(browser, opened, "trainer_x", screen, **AXE) as page:
        go(page, opened, f"{PREFIX}courses/{COURSE}/cases/C1")
        expect(page.locator("main")).to_contain_text("已有 1 名学员推演")
        expect(page.locator("svg[role=img]")).to_contain_text("✓ B 1 人")
        expect(page.get_by_role("row", name="A 0 人")).to_be_visible()
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= screen["width"]


@pytest.mark.parametrize("who", ["cadre_a", "district", "trainer_y"])
def test_others_see_no_walk_and_no_regrade_of_this_class(opened: School, who: str) -> None:
    with opened.client(who) as client:
        listed = client.get(f"{API}/courses/{COURSE}/regrades")
        drawn = client.get(f"{PREFIX}courses/{COURSE}/cases/C1", headers={"Accept": "text/html"})
    if who == "trainer_y":
        assert listed.json()["waiting"] == []
        assert "还没有学员推演过" in drawn.text
    else:
        assert (listed.status_code, drawn.status_code) == (403, 403)


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_lesson_is_extended_for_one_learner_and_taken_back(
    browser: Browser, opened: School, screen: Any
) -> None:
    with visit(browser, opened, "trainer_x", screen, **AXE) as page:
        go(page, opened, PREFIX)
        page.get_by_role("link", name="延期").first.click()
        page.get_by_label("学员（只列还没有交卷的）").select_option("cadre_a")
        page.get_by_label("理由（会写进记录").fill("住院两周")
        extend(page, "2026-12-01T18:00")
        expect(page.locator(".told").first).to_contain_text("也晚于原来的截止时间")
        extend(page, "2027-02-01T18:00")
        row = page.locator("tr", has_text="欧阳龑")
        expect(row).to_contain_text("2027年2月1日 18:00")
        expect(row).to_contain_text("已延期")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= screen["width"]
        page.get_by_label("撤回 欧阳龑 的延期").fill("已经出院")
        page.get_by_role("button", name="撤回").click()
        expect(row).to_contain_text("2027年1月22日 16:30")


def extend(page: Page, until: str) -> None:
    page.get_by_label("延到什么时候").fill(until)
    page.get_by_role("button", name="延期").click()
