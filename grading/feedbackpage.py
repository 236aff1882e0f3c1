"""Feedback page: released points and comments as a page of plain text that needs no network.

Never nbgrader's own feedback: that shows every test of the lesson, hidden ones too.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

_PAGE = """<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title} · 成绩和评语</title>
<style>
body {{ max-width: 46rem; margin: 2rem auto; padding: 0 1rem; font: 18px/1.7 "Noto Sans CJK SC",
  "Microsoft YaHei", sans-serif; color: #1d2733; background: #fff; }}
table {{ width: 100%; border-collapse: collapse; }}
th, td {{ padding: .5rem .6rem; border-bottom: 1px solid #c9d1da; text-align: left;
  vertical-align: top; overflow-wrap: anywhere; }}
blockquote {{ margin: 1rem 0; padding: .6rem 1rem; border-left: 4px solid #2f7d4f; }}
p.line {{ margin: .2rem 0; min-height: 1em; }}
</style>
</head>
<body>
<h1>{title}</h1>
<p><strong>{score} 分</strong>，满分 {max_score} 分。</p>
{comment}
<table>
<thead><tr><th scope="col">题目</th><th scope="col">得分</th><th scope="col">评语</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>
</body>
</html>
"""


def feedback_page(lesson: Mapping[str, Any]) -> str:
    """Write the page of one lesson, as ``GET courses`` gives it with its grade."""
    grade = lesson["grade"]
    comment = f"<blockquote>{_lines(grade['comment'])}</blockquote>" if grade["comment"] else ""
    return _PAGE.format(
        title=escape(lesson["title"]),
        score=f"{grade['score']:g}",
        max_score=f"{grade['max_score']:g}",
        comment=comment,
        rows="\n".join(_row(cell) for cell in grade["cells"]),
    )


def _row(cell: Mapping[str, Any]) -> str:
    points = f"{cell['score']:g} / {cell['max_score']:g}"
    return (
        f'<tr><th scope="row">{escape(str(cell["id"]))}</th><td>{points}</td>'
        f"<td>{_lines(str(cell['comment']))}</td></tr>"
    )


def _lines(text: str) -> str:
    return (
        "".join(f'<p class="line">{escape(line)}</p>' for line in text.split("\n")) if text else ""
    )
