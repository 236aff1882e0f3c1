"""Our own pages of the Hub: in Chinese, in the large view too, with nothing from outside."""

import re

import pytest
from jinja2 import Environment, FileSystemLoader

from zhixing.hub.configuration import CLASSROOM_STATIC, TEMPLATES

ENVIRONMENT = Environment(loader=FileSystemLoader([TEMPLATES, CLASSROOM_STATIC]), autoescape=True)
OURS = sorted(
    path.name for path in TEMPLATES.glob("*.html") if path.name not in ("page.html", "ours.html")
)


@pytest.mark.parametrize("name", OURS)
def test_a_page_of_the_hub_is_whole_chinese_and_can_be_enlarged(name: str) -> None:
    html = ENVIRONMENT.get_template(name).render(status_code=404, base_url="/hub/")
    assert '<html lang="zh-CN">' in html
    assert html.count("<h1>") == 1
    assert 'id="zx-elder"' in html
    assert (CLASSROOM_STATIC / "ease.js").read_text().strip() in html
    assert not re.search(r"https?://|//[a-z]+\.", html.replace("http://www.w3.org", ""))


def test_a_name_that_was_typed_is_no_markup() -> None:
    evil = '"><script>alert(1)</script>'
    html = ENVIRONMENT.get_template("login.html").render(username=evil, login_error=evil)
    assert "<script>alert" not in html
