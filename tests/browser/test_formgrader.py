"""A trainer grades by clicks in Chromium; what a learner wrote does nothing to the trainer."""

from collections.abc import Iterator

import pytest
from nbgrader.api import Gradebook
from playwright.sync_api import Browser, Page, expect

from grading.autograding import autograde
from tests.browser.chromium import DESKTOP, chromium
from tests.grading_course import hand_in, released_course, right_answers, workbook
from tests.grading_server import FormgraderServer, formgrader_server

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

ADVICE = (
    "建议每周三由网格员陶𠮷陪同入户，核对<b>底数</b>。<script>window.broken = 1</script>\n\n"
    '　　第二段：<img src=x onerror="window.broken = 2"> [点我](javascript:window.broken=3)'
)
HOSTILE = """
from IPython.display import HTML, Javascript, display
display(HTML('<img src=x onerror="window.broken = 4"><b class="full-credit">满分</b>'))
display(Javascript("window.broken = 5"))
display({"image/svg+xml": '<svg onload="window.broken = 6"/>'}, raw=True)
print("<script>window.broken = 7</script>")
def clean(table):
    return table
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FormgraderServer]:
    course = released_course(tmp_path_factory.mktemp("批改"), "L3")
    books = {"D1": workbook(course, {"d1-clean": HOSTILE})}
    hand_in(course, "L3", "tao", right_answers(course, "L3", ADVICE), books)
    hand_in(course, "L3", "li", right_answers(course, "L3", "每周三入户。"))
    assert [one.state for one in autograde(course, "L3", ["tao", "li"])] == ["waiting"] * 2
    with formgrader_server(course) as started:
        yield started


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def page(browser: Browser, server: FormgraderServer) -> Iterator[Page]:
    """A page that tells of every error, refused request and request to elsewhere."""
    page = browser.new_context(viewport=DESKTOP).new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("response", lambda got: faults.append(got.url) if got.status >= 400 else None)
    page.on(
        "request", lambda sent: faults.append(sent.url) if _is_outside(sent.url, server) else None
    )
    yield page
    page.context.close()
    assert faults == []


def _is_outside(url: str, server: FormgraderServer) -> bool:
    return not url.startswith((server.url, "data:", "blob:"))


def open_work(page: Page, server: FormgraderServer, notebook: str, username: str) -> None:
    found = server.get(f"api/submitted_notebooks/L3/{notebook}").json()
    work = next(one for one in found if one["student"] == username)
    # The server's cookie is for the folder of the page that it was given on.
    page.goto(server.address("manage_assignments"))
    page.goto(server.address(f"submissions/{work['id']}/"))
    # nbgrader hears of a score only once it has fetched the grades.
    page.wait_for_load_state("networkidle")


def test_the_way_from_the_lessons_to_a_hand_in(page: Page, server: FormgraderServer) -> None:
    page.goto(server.address("manage_assignments"))
    row = page.locator("tr", has=page.get_by_text("L3", exact=True))
    expect(row.locator(".status")).to_have_text("已发布")
    expect(row.get_by_label("收卷")).to_be_visible()
    row.locator(".num-submissions a").click()
    row = page.locator("tr", has=page.get_by_text("tao", exact=True).first)
    expect(row.locator(".status")).to_have_text("待人工批改")
    expect(row.locator(".score")).to_have_text("104 / 112")
    page.get_by_role("link", name="人工批改").click()
    page.get_by_role("link", name="L3").click()
    page.get_by_role("link", name="L3").last.click()
    expect(page.locator("#main-table tr")).to_have_count(2)


def test_grading_by_clicks_reaches_the_gradebook(page: Page, server: FormgraderServer) -> None:
    open_work(page, server, "L3", "tao")
    part = page.locator(".nbgrader_cell", has=page.locator(".zx-rubric"))
    expect(part.locator(".rendered_html")).to_contain_text("<b>底数</b>")
    expect(part.locator(".rendered_html")).to_contain_text("陶𠮷")
    part.locator("input.score").fill("6.5")
    with page.expect_response("**/api/comment/*"):
        part.locator("textarea").fill("写得具体，请补上时限。")
        part.locator("textarea").blur()
    page.wait_for_load_state("networkidle")
    with Gradebook(f"sqlite:///{server.course_dir / 'gradebook.db'}") as gradebook:
        grade = gradebook.find_grade("L3-W1", "L3", "L3", "tao")
        comment = gradebook.find_comment("L3-W1", "L3", "L3", "tao")
        assert (grade.manual_score, grade.needs_manual_grade) == (6.5, False)
        assert comment.manual_comment == "写得具体，请补上时限。"


@pytest.mark.parametrize("notebook", ["L3", "D1"])
def test_nothing_a_learner_wrote_runs_with_the_trainers_rights(
    page: Page, server: FormgraderServer, notebook: str
) -> None:
    open_work(page, server, notebook, "tao")
    expect(page.locator("#notebook-container").first).to_contain_text("window.broken")
    assert page.evaluate("window.broken") is None
    assert page.locator("#notebook-container script").count() == 0
    assert page.locator("#notebook-container .output b[class]").count() == 0


def test_script_that_got_through_would_be_stopped_by_the_policy(
    browser: Browser, server: FormgraderServer
) -> None:
    """The second wall, without the first: put the mark-up there by hand."""
    page = browser.new_context(viewport=DESKTOP).new_page()
    open_work(page, server, "L3", "tao")
    page.evaluate(
        """() => {
          const place = document.querySelector("#notebook-container");
          place.insertAdjacentHTML("beforeend", '<img src="data:," onerror="window.broken = 8">');
          const script = document.createElement("div");
          script.innerHTML = '<a href="javascript:window.broken = 9" id="bait">点我</a>';
          place.append(script);
          document.querySelector("#bait").click();
        }"""
    )
    page.wait_for_timeout(300)
    assert page.evaluate("window.broken") is None
    page.context.close()


def test_the_name_is_hidden_until_asked_for_and_the_keys_are_explained(
    page: Page, server: FormgraderServer
) -> None:
    open_work(page, server, "L3", "tao")
    shown = page.locator("a.name-shown")
    expect(shown).to_be_hidden()
    page.locator(".glyphicon-eye-open").click()
    expect(shown).to_be_visible()
    expect(shown).not_to_have_attribute("href", "/notebooks/")
    page.locator(".help").click()
    expect(page.locator("#help-dialog")).to_contain_text("键盘操作")


def test_the_lists_fit_half_a_screen(browser: Browser, server: FormgraderServer) -> None:
    page = browser.new_context(viewport={"width": 1024, "height": 800}).new_page()
    for path in ("manage_assignments", "manage_submissions/L3", "gradebook/L3/L3"):
        page.goto(server.address(path))
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= 1024, path
    page.context.close()
