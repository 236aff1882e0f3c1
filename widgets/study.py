"""Study (我的学习): one's own lessons as a chart and in words; nobody else is in it."""

from __future__ import annotations

from html import escape
from typing import Any

import ipywidgets as ipw
import plotly.graph_objects as go

from widgets.boardstyle import STYLE
from widgets.figures import BLUE, GREY, bar_marker, dressed
from zhixing.client import Client


class Study(ipw.VBox):
    """Own progress, course by course."""

    def __init__(self, client: Client) -> None:
        me, courses = client.me(), client.courses()
        head = (
            f'{STYLE}<div class="zb-h" role="heading" aria-level="1">'
            f"我的学习 · {escape(me['name'])}</div>"
            '<p class="zb-note">只有您自己看得到这一页。'
            '<a href="/services/classroom/">回到首页</a></p>'
        )
        parts = [part for course in courses for part in course_parts(course)]
        empty = [ipw.HTML("<p>您还没有加入班次。班次由组织部门安排。</p>")]
        super().__init__([ipw.HTML(head), *(parts or empty)])


def course_parts(course: dict[str, Any]) -> list[ipw.Widget]:
    """Chart and list of one course."""
    title = f"{course['title']} · {course['cohort']['title']}"
    widget = go.FigureWidget(lessons_chart(course))
    return [
        ipw.HTML(f'<div class="zb-h">{escape(title)}</div>'),
        widget,
        ipw.HTML(f'<p class="zb-note">{escape(lessons_sentence(course))}</p>'),
        ipw.HTML(lessons_html(course)),
    ]


def lessons_chart(course: dict[str, Any]) -> go.Figure:
    """Bars of questions answered and left, a row per lesson in course order."""
    lessons = course["lessons"][::-1]
    names = [lesson["title"] for lesson in lessons]
    done = [lesson["answered"] for lesson in lessons]
    left = [lesson["questions"] - lesson["answered"] for lesson in lessons]
    figure = go.Figure()
    for title, values, color, pattern in (("已答", done, BLUE, ""), ("未答", left, GREY, ".")):
        figure.add_bar(
            y=names,
            x=values,
            name=title,
            orientation="h",
            text=[value or "" for value in values],
            marker=bar_marker(color, pattern),
            textfont={"color": "#ffffff", "size": 15},
            insidetextanchor="middle",
        )
    figure.update_layout(barmode="stack", xaxis_title="题数（道）")
    return dressed(figure, "各讲答题进度", height=200 + 52 * len(lessons))


def lessons_sentence(course: dict[str, Any]) -> str:
    """Say in words what the chart shows, and what is next."""
    lessons = course["lessons"]
    submitted = sum(bool(lesson["submitted_at"]) for lesson in lessons)
    open_ones = [lesson["title"] for lesson in lessons if not lesson["submitted_at"]]
    tail = f"下一步：{open_ones[0]}。" if open_ones else "全部交卷了。"
    return f"共 {len(lessons)} 讲，已交卷 {submitted} 讲。{tail}"


def lessons_html(course: dict[str, Any]) -> str:
    """List the lessons with points and the trainer's words."""
    rows = "".join(_row(course["id"], lesson) for lesson in course["lessons"])
    titles = ("课时", "已答", "即时得分", "状态", "教员评语")
    head = "".join(f"<th scope='col'>{title}</th>" for title in titles)
    return (
        '<div class="zb-wide" tabindex="0" role="region" aria-label="各讲情况"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(course_id: str, lesson: dict[str, Any]) -> str:
    address = f"/services/classroom/courses/{escape(course_id)}/lessons/{escape(lesson['id'])}"
    grade = lesson["grade"]
    comment = escape(grade["comment"]).replace("\n", "<br>") if grade else ""
    return (
        f'<tr><td><a href="{address}">{escape(lesson["title"])}</a></td>'
        f"<td>{lesson['answered']} / {lesson['questions']} 题</td>"
        f"<td>{_earned(lesson)}</td>"
        f"<td>{_state(lesson)}</td><td>{comment or '—'}</td></tr>"
    )


def _earned(lesson: dict[str, Any]) -> str:
    if lesson["earned"] is None:
        return "还没有公布"
    return f"{lesson['earned']:g} / {lesson['possible']:g} 分"


def _state(lesson: dict[str, Any]) -> str:
    if lesson["grade"]:
        return f"成绩 {lesson['grade']['score']:g} / {lesson['grade']['max_score']:g} 分"
    if lesson["submitted_at"]:
        return "已交卷，等待批改"
    return "学习中" if lesson["answered"] else "还没有开始"
