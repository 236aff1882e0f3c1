"""A trainer grades by clicks in Chromium; what a learner wrote does nothing to the trainer."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from playwright.sync_api import Browser, Page, expect

from grading.autograding import autograde
from tests.browser.chromium import DESKTOP, chromium
from tests.grading_course import hand_in, released_course, right_answers, workbook
from tests.grading_server import FormgraderServer, formgrader_server

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

BROKEN = "(window.broken = window.top.broken = 1)"
ADVICE = (
    f"建议每周三由网格员陶𠮷陪同入户，核对<b>底数</b>。<script>{BROKEN}</script>\n\n"
    f'　　第二段：<img src=x onerror="{BROKEN}"> [点我](javascript:{BROKEN})\n\n'
    f'<svg onload="{BROKEN}"><script>{BROKEN}</script></svg> $\\href{{javascript:{BROKEN}}}{{x}}$'
)
HOSTILE = f"""
from IPython.display import HTML, Javascript, display
display(HTML('<img src=x onerror="{BROKEN}"><b class="full-credit">满分</b>'))
display(HTML('<iframe srcdoc="&lt;script&gt;{BROKEN}&lt;/script&gt;"></iframe>'))
display(Javascript("{BROKEN}"))
display({{"image/svg+xml": '<svg onload="{BROKEN}"/>'}}, raw=True)
print("<script>{BROKEN}</script>")
def clean(table):
    raise ValueError('<img src=x onerror="{BROKEN}">')
raise ValueError('</pre><script>{BROKEN}</script>')
"""
HOSTILE_METADATA = {
    "name": f"<script>{BROKEN}</script>",
    "tags": [f'"><img src=x onerror="{BROKEN}">'],
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FormgraderServer]:
    course = released_course(tmp_path_factory.mktemp("批改"), "L3")
    books = {"D1": workbook(course, {"d1-clean": HOSTILE})}
    hand_in(course, "L3", "tao", right_answers(course, "L3", ADVICE), books)
    spoil_metadata(course / "submitted" / "tao" / "L3" / "D1.ipynb")
    hand_in(course, "L3", "li", right_answers(course, "L3", "每周三入户。"))
    assert [one.state for one in autograde(course, "L3", ["tao", "li"])] == ["waiting"] * 2
    with formgrader_server(course) as started:
        yield started


def spoil_metadata(path: Path) -> None:
    book = json.loads(path.read_text())
    book["metadata"].update(HOSTILE_METADATA, title=HOSTILE_METADATA["name"])
    for cell in book["cells"]:
        cell["metadata"].update(HOSTILE_METADATA)
    path.write_text(json.dumps(book, ensure_ascii=False))


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
    answer = part.frame_locator("iframe.zx-learner").locator("body")
    expect(answer).to_contain_text("<b>底数</b>")
    expect(answer).to_contain_text("陶𠮷")
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
    texts = [frame.locator("body").inner_text() for frame in page.frames[1:]]
    assert any("window.broken" in text for text in texts)
    assert [one.evaluate("window.broken") for one in page.frames] == [None] * len(page.frames)
    assert page.locator("#notebook-container script").count() == 0
    for frame in page.frames[1:]:
        assert frame.locator("b[class]").count() == 0
        assert frame.locator("script").count() == 1, "the one that tells the height"


def test_a_learners_work_lies_in_frames_of_another_origin(
    page: Page, server: FormgraderServer
) -> None:
    """The third wall, without the others: run script in the frame and see what it reaches."""
    open_work(page, server, "D1", "tao")
    assert len(page.frames) > 3
    for frame in page.frames[1:]:
        assert frame.evaluate("window.origin") == "null"
        reached = frame.evaluate(
            """async () => {
              const ways = {
                page: () => window.top.document.title,
                cookies: () => document.cookie,
                storage: () => window.localStorage.length,
                server: async () => (await fetch("/formgrader/api/grades")).status,
              };
              const reached = [];
              for (const [name, way] of Object.entries(ways)) {
                try { await way(); reached.push(name); } catch (error) { /* as it must */ }
              }
              return reached;
            }"""
        )
        assert reached == []
    assert "window.broken" not in page.locator("#notebook-container").first.inner_text()


def test_frames_are_as_high_as_what_they_show(page: Page, server: FormgraderServer) -> None:
    open_work(page, server, "L3", "tao")
    frame = page.locator(".nbgrader_cell", has=page.locator(".zx-rubric")).locator("iframe")
    inside = frame.element_handle().content_frame()
    assert inside is not None
    for _ in range(50):
        wanted = inside.evaluate("document.documentElement.offsetHeight")
        shown = frame.bounding_box()["height"]  # type: ignore[index]
        if wanted <= shown <= wanted + 8:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{shown} px for {wanted} px")


@pytest.mark.parametrize("place", ["#notebook-container", "frame"])
def test_script_that_got_through_would_be_stopped_by_the_policy(
    browser: Browser, server: FormgraderServer, place: str
) -> None:
    """The second wall, without the first: put the mark-up there by hand."""
    page = browser.new_context(viewport=DESKTOP).new_page()
    open_work(page, server, "L3", "tao")
    where = page.frames[1] if place == "frame" else page.main_frame
    where.evaluate(
        """(selector) => {
          const place = document.querySelector(selector);
          place.insertAdjacentHTML("beforeend", '<img src="data:," onerror="window.broken = 8">');
          const script = document.createElement("div");
          script.innerHTML = '<a href="javascript:window.broken = 9" id="bait">点我</a>';
          place.append(script);
          document.querySelector("#bait").click();
        }""",
        "body" if place == "frame" else place,
    )
    page.wait_for_timeout(300)
    assert where.evaluate("window.broken") is None
    page.context.close()


def test_a_sentence_of_the_bank_goes_into_the_comment_and_is_saved(
    page: Page, server: FormgraderServer
) -> None:
    open_work(page, server, "L3", "li")
    part = page.locator(".nbgrader_cell", has=page.locator(".zx-rubric"))
    sentence = part.locator(".zx-sentence").last
    words = sentence.inner_text()
    with page.expect_response("**/api/comment/*"):
        sentence.click()
    expect(part.locator("textarea")).to_have_value(words)
    page.wait_for_load_state("networkidle")
    with Gradebook(f"sqlite:///{server.course_dir / 'gradebook.db'}") as gradebook:
        assert gradebook.find_comment("L3-W1", "L3", "L3", "li").manual_comment == words


def test_all_new_hand_ins_are_graded_by_one_click(page: Page, server: FormgraderServer) -> None:
    # The server's cookie is for the folder of the page that it was given on.
    page.goto(server.address("manage_assignments"))
    page.goto(server.address("manage_submissions/L3"))
    page.wait_for_load_state("networkidle")
    page.get_by_role("button", name="自动批改全部新卷").click()
    expect(page.locator("#autograde-status")).to_contain_text("共 2 份", timeout=60_000)
    expect(page.locator("#autograde-status")).to_contain_text("没有变化")


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
