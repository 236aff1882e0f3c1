"""Lesson text as HTML: what it keeps, and what can never come through."""

import json

import pytest

from zhixing.classroom.markdown import html_from_markdown
from zhixing.classroom.pages.lesson import json_for_script


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[点我](javascript:alert(1))",
        '<a href="javascript:alert(1)">点我</a>',
        '<a href="data:text/html,<script>alert(1)</script>">点我</a>',
        "<iframe src='/hub/home'></iframe>",
        "<style>body{display:none}</style>",
        "<svg><script>alert(1)</script></svg>",
        '<p style="position:fixed" onclick="alert(1)">x</p>',
        "<form action='//evil'><input name=a></form>",
    ],
)
def test_nothing_that_runs_or_covers_the_page_comes_through(text: str) -> None:
    html = html_from_markdown(text).lower()
    for word in (
        "<script",
        "onerror",
        "onclick",
        'href="javascript',
        "<iframe",
        "<style",
        "style=",
        "<form",
    ):
        assert word not in html


def test_tables_and_bold_chinese_are_kept_and_a_wide_table_scrolls_by_itself() -> None:
    html = html_from_markdown("**多于**就是“余”。\n\n|事项|数|\n|-|-|\n|𠮷龑䶮|59|\n")
    assert "<strong>多于</strong>" in html
    assert '<div class="wide" tabindex="0" role="region" aria-label="表格"><table>' in html
    assert "<td>𠮷龑䶮</td>" in html
    assert html.count("<div") == html.count("</div>")


def test_a_figure_is_found_below_its_lesson_and_no_other_picture_is() -> None:
    html = html_from_markdown("![四级组织树](figures/tree.svg)", "L1/figures/")
    assert '<img src="L1/figures/tree.svg" alt="四级组织树">' in html
    for other in ("http://elsewhere.test/x.png", "/hub/logout", "data:image/svg+xml,x", "../x.svg"):
        assert "src=" not in html_from_markdown(f"![图]({other})", "L1/figures/")


def test_json_in_a_page_cannot_end_its_element() -> None:
    value = {"prompt": "</script><script>alert(1)</script><!-- & 𠮷"}
    text = json_for_script(value)
    assert "<" not in text
    assert json.loads(text) == value
