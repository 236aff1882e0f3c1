"""Figures: numbers of a unit in words, cards and charts; pure shaping, nothing is fetched here."""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd
import plotly.graph_objects as go

BLUE, AMBER, GREY = "#1d5b9b", "#8a5d00", "#6b7180"
FONT = {"family": "Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif", "size": 15}
WITHHELD = "人数少于5，不显示"

DEFINITIONS = {
    "people": ("在册人数", "本单位和下级单位在岗的人，每人算一次。"),
    "enrolled": ("应学人数", "其中已编入班次的人。"),
    "started": ("已开始", "应学的人里，答过题或打开过一节的人。"),
    "completed": ("已完成", "应学的人里，所选课程每一讲都做完的人。"),
    "submitted": ("交过卷", "应学的人里，至少交过一讲的人。"),
    "waiting": ("等待批改", "已交卷、教员还没有发布成绩的份数。"),
}


def number(value: Any) -> str:
    """Write a count, or say that it is withheld."""
    return WITHHELD if pd.isna(value) else f"{int(value)}"


def rate(part: Any, whole: Any) -> float | None:
    """Pooled share of people, 0 to 1; None where withheld or nobody is meant to learn."""
    if pd.isna(part) or pd.isna(whole) or not whole:
        return None
    return float(part) / float(whole)


def percent(share: float | None) -> str:
    """Write a share at the edge of the page."""
    return "—" if share is None else f"{share:.0%}"


def cards_html(unit: pd.Series) -> str:
    """Show the unit's counts as cards, each with its definition one click away."""
    cards = [
        f'<div class="zb-card"><div class="zb-n">{number(unit[name])}</div>'
        f"<details><summary>{title}</summary><p>{meaning}</p></details></div>"
        for name, (title, meaning) in DEFINITIONS.items()
    ]
    share = percent(rate(unit["completed"], unit["enrolled"]))
    meaning = "已完成人数 ÷ 应学人数，按人合并计算，不是各单位的平均。"
    cards.append(
        f'<div class="zb-card"><div class="zb-n">{share}</div>'
        f"<details><summary>完成率</summary><p>{meaning}</p></details></div>"
    )
    return f'<div class="zb-cards">{"".join(cards)}</div>'


def progress_chart(units: pd.DataFrame) -> go.Figure:
    """Bars of people who completed, are under way and have not begun; a row per unit by code.

    Parameters
    ----------
    units
        One row per unit: ``name``, ``enrolled``, ``started``, ``completed`` (people); units whose
        figures are withheld are left out and named in :func:`progress_sentence`.
    """
    shown = units.dropna(subset=["enrolled"]).sort_values("code", ascending=False)
    done = shown["completed"].astype(int)
    begun = shown["started"].astype(int) - done
    left = shown["enrolled"].astype(int) - shown["started"].astype(int)
    figure = go.Figure()
    parts = (("已完成", done, BLUE, ""), ("学习中", begun, AMBER, "/"), ("未开始", left, GREY, "."))
    for title, values, color, pattern in parts:
        figure.add_bar(
            y=shown["name"],
            x=values,
            name=title,
            orientation="h",
            text=[value or "" for value in values],
            marker=bar_marker(color, pattern),
            textfont={"color": "#ffffff", "size": 15},
            insidetextanchor="middle",
            hovertemplate="%{y}<br>" + title + " %{x} 人<extra></extra>",
        )
    figure.update_layout(barmode="stack", xaxis_title="人数（人）", yaxis_title=None)
    return dressed(figure, "各单位学习进度", height=190 + 44 * max(1, len(shown)))


def bar_marker(color: str, pattern: str) -> dict[str, Any]:
    """Colour with a faint pattern, so that bars differ without colour and numbers stay legible."""
    return {
        "color": color,
        "pattern": {"shape": pattern, "fgcolor": "#ffffff", "fgopacity": 0.28, "size": 7},
    }


def progress_sentence(units: pd.DataFrame) -> str:
    """Say in words what the chart of units shows."""
    shown = units.dropna(subset=["enrolled"])
    hidden = len(units) - len(shown)
    enrolled, completed = shown["enrolled"].sum(), shown["completed"].sum()
    begun = shown["started"].sum()
    tail = f"另有 {hidden} 个单位人数少于 5，不显示。" if hidden else ""
    if not enrolled:
        return f"这些单位还没有人编入班次。{tail}"
    return (
        f"图中 {len(shown)} 个单位共应学 {int(enrolled)} 人，已开始 {int(begun)} 人，"
        f"已完成 {int(completed)} 人，完成率 {percent(rate(completed, enrolled))}。{tail}"
    )


def weeks_chart(weeks: pd.DataFrame) -> go.Figure:
    """Bars of answers a week with the number of people above; ISO weeks, oldest first."""
    shown = weeks.dropna(subset=["answers"])
    labels = [week_title(week) for week in shown["week"]]
    figure = go.Figure()
    figure.add_bar(
        x=labels,
        y=shown["answers"],
        name="作答",
        marker={"color": BLUE},
        customdata=shown["people"],
        hovertemplate="%{x}<br>作答 %{y} 次，%{customdata} 人<extra></extra>",
    )
    figure.update_layout(yaxis_title="作答（次）", xaxis_title=None, showlegend=False)
    return dressed(figure, "近八周作答次数", height=320)


def week_title(week: str) -> str:
    """Write ``2026-W40`` as the Monday it begins on, e.g. ``9月28日``."""
    monday = pd.Timestamp.fromisocalendar(int(week[:4]), int(week[6:]), 1)
    return f"{monday.month}月{monday.day}日"


def weeks_sentence(weeks: pd.DataFrame) -> str:
    """Say in words what the chart of weeks shows."""
    shown = weeks.dropna(subset=["answers"])
    if shown.empty:
        return WITHHELD + "。"
    total = int(shown["answers"].sum())
    if not total:
        return "近八周还没有人作答。"
    most = shown.sort_values("answers", ascending=False).iloc[0]
    return (
        f"近八周共作答 {total} 次；最多的一周从 {week_title(most['week'])}开始，"
        f"{int(most['people'])} 人作答 {int(most['answers'])} 次。横轴是每周的星期一。"
    )


def people_html(people: pd.DataFrame) -> str:
    """Show one page of the list behind a number; in the order of units, never by achievement."""
    if people.empty:
        return "<p>这个单位还没有人员。</p>"
    head = "".join(f"<th scope='col'>{title}</th>" for title in PEOPLE_COLUMNS.values())
    rows = "".join(
        "<tr>" + "".join(f"<td>{_cell(row[name])}</td>" for name in PEOPLE_COLUMNS) + "</tr>"
        for _, row in people.iterrows()
    )
    return (
        '<div class="zb-wide" tabindex="0" role="region" aria-label="人员名单"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


PEOPLE_COLUMNS = {
    "name": "姓名",
    "unit": "单位",
    "post": "岗位",
    "lessons_completed": "完成课时",
    "lessons": "应学课时",
    "submitted": "已交卷",
    "hours": "已计学时",
    "required_hours": "应修学时",
    "last_at": "最近学习",
}


def _cell(value: Any) -> str:
    if value is None or (isinstance(value, float) and pd.isna(value)):
        return "—"
    if isinstance(value, float):
        return f"{value:g}"
    text = str(value)
    is_moment = len(text) > 18 and text[4] == "-" and text[10] == "T"
    return escape(text[:10] if is_moment else text)


def dressed(figure: go.Figure, title: str, height: int) -> go.Figure:
    """Give a chart its title, font and calm colours; nothing zooms under a thumb."""
    figure.update_layout(
        title={"text": title, "font": {"size": 19}, "x": 0, "xanchor": "left"},
        font=FONT,
        height=height,
        autosize=True,
        margin={"l": 10, "r": 10, "t": 56, "b": 96},
        legend={"orientation": "h", "y": -70 / max(1, height - 160), "yanchor": "top", "x": 0},
        plot_bgcolor="#ffffff",
        paper_bgcolor="#ffffff",
        dragmode=False,
    )
    figure.update_xaxes(gridcolor="#e6e3dc", automargin=True, fixedrange=True)
    figure.update_yaxes(gridcolor="#e6e3dc", automargin=True, fixedrange=True)
    return figure
