"""What learners made is shown as text, pictures and tables, and can do nothing."""

import base64
import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from grading.inert import authors_html, inert_html
from grading.plainoutput import LONGEST_TEXT, plain_output
from grading.submission import as_plain_markdown

PICTURE = base64.b64encode(b"\x89PNG").decode()

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">点我</a>',
    '<a href="data:text/html;base64,PHNjcmlwdD4=">点我</a>',
    "<svg onload=alert(1)>",
    "<iframe srcdoc='<script>1</script>'></iframe>",
    "<form action='/hub/logout'><button>满分</button></form>",
    "<style>body{display:none}</style>",
    '<div class="full-credit" id="L3-W1" style="position:fixed">满分</div>',
    '<base href="//elsewhere.example/">',
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    '<img src="//elsewhere.example/who-grades.png">',
    '<meta http-equiv="refresh" content="0;url=//elsewhere.example">',
]
DANGERS = ("<script", "onerror", "onload", "javascript:", "data:text", "<iframe", "<form", "<style")
DANGERS += ("class=", "id=", "style=", "<base", "<meta", "elsewhere.example", "<svg", "<button")


@pytest.mark.parametrize("html", HOSTILE)
def test_a_learners_html_keeps_nothing_that_runs_calls_or_imitates(html: str) -> None:
    clean = inert_html(html)
    assert [danger for danger in DANGERS if danger in clean] == []


def test_a_learners_table_stays_a_table() -> None:
    html = "<table><tr><th>姓名</th><td>陶𠮷</td></tr></table>"
    assert "<th>姓名</th><td>陶𠮷</td>" in inert_html(html)


def test_an_author_may_style_but_not_run() -> None:
    clean = authors_html('<p class="warn" id="a">注意<script>1</script></p>')
    assert clean == '<p class="warn" id="a">注意</p>'


TEXTS = [
    "1. 第一 <b>粗</b> & &lt; [点我](javascript:alert(1)) $x$ \\(y\\) `c` *d* _e_",
    "    缩进不是代码",
    "# 标题\n===\n- 项\n> 引用\n|a|b|\n|-|-|\n|1|2|\n~~~\ncode\n~~~",
    "https://elsewhere.example/x ![图](https://elsewhere.example/y.png)",
    "[ref]: javascript:alert(1)\n[ref]",
    "　　每周三由网格员陶𠮷、龑䶮入户。\n\n第二段",
    "<!-- 注 --> <script>\nalert(1)\n</script>",
    "***\n---\n\\begin{align} x \\end{align}",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_written_text_is_shown_exactly_as_it_was_typed(text: str) -> None:
    html = MarkdownWithMath(renderer=IPythonRenderer(escape=False)).render(as_plain_markdown(text))
    assert shown(html) == "".join(text.split())
    assert not set(tags(html)) - {"p", "br", "!--"}


def shown(html: str) -> str:
    return "".join(BeautifulSoup(html, "html.parser").get_text().split())


def tags(html: str) -> list[str]:
    return re.findall(r"<(!--|[a-z]+)", html)


@pytest.mark.parametrize(
    "output",
    [
        {"output_type": "display_data", "data": {"application/javascript": "alert(1)"}},
        {"output_type": "display_data", "data": {"image/svg+xml": "<svg onload=alert(1)>"}},
        {"output_type": "display_data", "data": {"text/latex": "$\\href{javascript:1}{x}$"}},
        {"output_type": "display_data", "data": {"text/markdown": "<script>1</script>"}},
        {"output_type": "display_data", "data": {"image/png": 'x" onerror="alert(1)'}},
        {"output_type": "display_data", "data": {"application/vnd.jupyter.widget-view+json": {}}},
        {"output_type": "display_data", "data": ["no mapping"]},
        {"output_type": "wrong"},
    ],
)
def test_an_output_that_is_no_text_table_or_picture_is_not_shown(output: dict[str, Any]) -> None:
    assert plain_output(output)["data"] == {"text/plain": "（这种输出不在这里显示）"}


def test_the_name_of_a_stream_cannot_be_markup() -> None:
    found = plain_output({"output_type": "stream", "name": '"><script>', "text": ["一", "二"]})
    assert (found["name"], found["text"]) == ("stdout", "一二")


def test_text_table_and_picture_of_an_output_stay() -> None:
    data = {"text/plain": "8.0", "text/html": "<b>甲</b>", "image/png": PICTURE + "\n"}
    found = plain_output({"output_type": "execute_result", "data": data, "metadata": {"a": 1}})
    assert found["data"] == {"text/plain": "8.0", "text/html": "<b>甲</b>", "image/png": PICTURE}
    assert (found["metadata"], found["execution_count"]) == ({}, None)


def test_a_flood_of_text_is_cut() -> None:
    found = plain_output({"output_type": "stream", "name": "stdout", "text": "字" * 10**6})
    assert len(found["text"]) < LONGEST_TEXT + 50
