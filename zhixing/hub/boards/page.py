"""Pages of boards that need no kernel: the landing page and errors."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from zhixing.hub.boards.catalogue import Board

_FRAME = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title} · 知行</title>
<style>
body {{ margin: 0; background: #f6f5f2; color: #1f2430; font: 18px/1.8 system-ui, "PingFang SC",
  "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }}
main {{ max-width: 44rem; margin: 0 auto; padding: 2rem 16px; }}
a.card {{ display: block; background: #fff; border: 1px solid #d9d6ce; border-radius: 8px;
  padding: 1.2rem 1.4rem; margin: 1rem 0; text-decoration: none; color: #1f2430; }}
a.card strong {{ display: block; color: #1d5b9b; font-size: 1.3rem; }}
a {{ color: #1d5b9b; }}
:focus-visible {{ outline: 3px solid #1d5b9b; outline-offset: 2px; }}
</style></head><body><main><h1>{title}</h1>{body}
<p><a href="/services/classroom/">回到首页</a></p></main></body></html>"""

_PROBLEMS = {
    403: ("您的角色不能打开这个看板", "看板按角色开放。如有需要，请联系管理员。"),
    404: ("没有这个页面", "请从首页重新进入。"),
    503: ("看板暂时打不开", "同时打开的人较多，或服务正在启动。请过一会儿再试。"),
}


def landing_page(base_url: str, boards: Sequence[Board]) -> str:
    """List the boards the viewer may open, each with what it shows."""
    cards = [
        f'<a class="card" href="{escape(base_url)}{board.name}"><strong>{board.title}</strong>'
        f"{board.detail}</a>"
        for board in boards
    ]
    empty = "<p>没有对您开放的看板。</p>"
    return _FRAME.format(title="看板", body="".join(cards) or empty)


def problem_page(status: int) -> str:
    """Say an error in words."""
    title, detail = _PROBLEMS.get(status, ("出了点问题", "请过一会儿再试。"))
    return _FRAME.format(title=title, body=f"<p>{detail}</p><p>代码 {status}</p>")
