"""Overview (总览): a department's own subtree, from the tree down to the list behind a number."""

from __future__ import annotations

import base64
import io
from datetime import datetime
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

import ipywidgets as ipw
import pandas as pd
import plotly.graph_objects as go

from widgets.boardstyle import STYLE
from widgets.button import button
from widgets.figures import (
    PEOPLE_COLUMNS,
    cards_html,
    people_html,
    progress_chart,
    progress_sentence,
    weeks_chart,
    weeks_sentence,
)
from zhixing.client import Client, ClientError

PAGE_SIZE = 25
EXCEL_PAGE = 200
EXCEL_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZONE = ZoneInfo("Asia/Shanghai")


class Overview(ipw.VBox):
    """The whole board; what is shown of a unit is fetched with the viewer's own rights.

    A unit's code that comes back from the browser is only ever asked for: the API refuses what
    lies outside the viewer's subtree, so nothing is decided here.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._units = client.units()
        self._tree = ipw.Select(
            options=unit_options(self._units),
            description="单位",
            layout=ipw.Layout(width="min(340px, 92vw)", height="340px", flex="0 1 auto"),
            style={"description_width": "0"},
        )
        self._shown = ipw.VBox(layout=ipw.Layout(flex="1 1 340px", min_width="0", width="100%"))
        self._tree.observe(self._on_choice, names="value")
        top = client.me()["units"]
        title = "、".join(unit["name"] for unit in top)
        body = ipw.Box(
            [self._tree, self._shown],
            layout=ipw.Layout(display="flex", flex_flow="row wrap", grid_gap="16px"),
        )
        super().__init__([ipw.HTML(STYLE + head_html(title)), body])
        if self._tree.value:
            self._show(self._tree.value)
        else:
            self._shown.children = [ipw.HTML("<p>没有可以查看的单位。</p>")]

    def _on_choice(self, change: Any) -> None:
        self._show(change["new"])

    def _show(self, code: str) -> None:
        try:
            self._shown.children = self._parts(code)
        except ClientError as error:
            self._shown.children = [ipw.HTML(f"<p role='alert'>{escape(str(error))}</p>")]

    def _parts(self, code: str) -> list[ipw.Widget]:
        found = self._units[self._units["code"] == code]
        if found.empty:
            raise ClientError("没有这个单位，或它不在您的管辖范围内。")
        unit = found.iloc[0]
        below = self._units[self._units["parent"] == code]
        weeks = self._client.weeks(code)
        listed = below if len(below) else found
        return [
            ipw.HTML(f'<div class="zb-h">{escape(unit["name"])}</div>{cards_html(unit)}'),
            _chart(progress_chart(listed)),
            _note(progress_sentence(listed)),
            _chart(weeks_chart(weeks)),
            _note(weeks_sentence(weeks)),
            People(self._client, code, unit["name"]),
        ]


class People(ipw.VBox):
    """The list of a unit's people, opened on demand because every look is on record."""

    def __init__(self, client: Client, code: str, name: str) -> None:
        self._client, self._code, self._name, self._page = client, code, name, 1
        self._open = button("查看名单", self._first)
        self._rows, self._told = ipw.HTML(), ipw.HTML()
        self._turn = ipw.HBox(layout=ipw.Layout(flex_flow="row wrap"))
        note = "名单里没有分数和作答。查看名单会记入本人的“谁看过我的档案”。"
        head = ipw.HTML(f'<div class="zb-h">名单</div><p class="zb-note">{note}</p>')
        super().__init__([head, self._open, self._told, self._rows, self._turn])

    def _first(self) -> None:
        self._open.layout.display = "none"
        self._show(1)

    def _show(self, page: int) -> None:
        try:
            total, people = self._client.people(self._code, page, PAGE_SIZE)
        except ClientError as error:
            self._told.value = f"<p role='alert'>{escape(str(error))}</p>"
            return
        self._page = page
        pages = max(1, -(-total // PAGE_SIZE))
        self._told.value = f'<p class="zb-note">共 {total} 人，第 {page} 页，共 {pages} 页。</p>'
        self._rows.value = people_html(people)
        self._turn.children = [
            button("上一页", lambda: self._show(page - 1), is_off=page <= 1),
            button("下一页", lambda: self._show(page + 1), is_off=page >= pages),
            button("准备 Excel", self._offer_excel),
        ]

    def _offer_excel(self) -> None:
        try:
            book = excel_bytes(all_people(self._client, self._code))
        except ClientError as error:
            self._told.value = f"<p role='alert'>{escape(str(error))}</p>"
            return
        data = base64.b64encode(book).decode()
        name = escape(f"{self._name}-完成情况.xlsx", quote=True)
        self._told.value = (
            f'<p><a class="zb-link" download="{name}" href="data:{EXCEL_TYPE};base64,{data}">'
            f"下载 {name}</a></p>"
        )


def unit_options(units: pd.DataFrame) -> list[tuple[str, str]]:
    """Entries of the tree, indented by depth, in the order of the tree."""
    columns = sorted(zip(units["path_codes"], units["name"], units["code"], strict=True))
    return [("　" * (len(path) - 1) + name, code) for path, name, code in columns]


def head_html(title: str) -> str:
    """Title of the board with the moment its data were read."""
    now = datetime.now(ZONE)
    moment = f"{now.year}年{now.month}月{now.day}日 {now:%H:%M}"
    return (
        f'<div class="zb-h" role="heading" aria-level="1">总览 · {escape(title)}</div>'
        f'<p class="zb-note">截至 {moment}。数字旁的名称点开可看怎么算的；按单位编码排列，不排名。'
        '<a href="/services/classroom/">回到首页</a></p>'
    )


def all_people(client: Client, code: str) -> pd.DataFrame:
    """Read every page of a unit's list."""
    total, first = client.people(code, 1, EXCEL_PAGE)
    pages = range(2, -(-total // EXCEL_PAGE) + 1)
    rest = [client.people(code, page, EXCEL_PAGE)[1] for page in pages]
    return pd.concat([first, *rest], ignore_index=True)


def excel_bytes(people: pd.DataFrame) -> bytes:
    """Write the list with Chinese headers; numbers stay numbers and no text becomes a formula."""
    buffer = io.BytesIO()
    shown = people.reindex(columns=list(PEOPLE_COLUMNS)).rename(columns=PEOPLE_COLUMNS)
    options = {"options": {"strings_to_formulas": False, "strings_to_urls": False}}
    with pd.ExcelWriter(buffer, engine="xlsxwriter", engine_kwargs=options) as writer:
        shown.to_excel(writer, sheet_name="完成情况", index=False, freeze_panes=(1, 0))
    return buffer.getvalue()


def _chart(figure: go.Figure) -> ipw.Widget:
    widget = go.FigureWidget(figure)
    widget._config = {"displayModeBar": False, "responsive": True}
    return widget


def _note(words: str) -> ipw.HTML:
    return ipw.HTML(f'<p class="zb-note">{escape(words)}</p>')
