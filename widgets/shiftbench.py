"""Shift bench (排班工作台): put volunteers down shift by shift and see at once how far one is."""

from __future__ import annotations

from html import escape
from typing import Any
from uuid import uuid4

import ipywidgets as ipw

from widgets.boardstyle import STYLE
from widgets.button import button
from widgets.sentence import sentence_from_state
from widgets.shiftplan import Roster, ShiftPlan
from widgets.store import Store, StoreError, View

_SEPARATOR = "、"
_FAULTS_SHOWN = 5

Kept = dict[str, tuple[str, ...]]


class ShiftBench(ipw.VBox):
    """A bench for a question whose answer is a roster; marked only when it is handed over.

    Parameters
    ----------
    store
        Where the learner's own question and tables are read and the answer is given.
    question_id
        A data question of the form ``shifts``.
    demand, volunteers
        Its two tables, as ``TASK/table``.
    lesson_url
        Page to go back to.
    """

    def __init__(
        self, store: Store, question_id: str, demand: str, volunteers: str, lesson_url: str
    ) -> None:
        self._store = store
        self._told = ipw.HTML()
        self._head = ipw.HTML(STYLE + _head_html(lesson_url))
        super().__init__([self._head, self._told])
        try:
            self._view = store.question_view(question_id)
            labels = self._view["question"]["row_labels"]
            tables = [store.table(*address.split("/")) for address in (demand, volunteers)]
        except StoreError as error:
            self._say(str(error))
            return
        self._plan = ShiftPlan.of(labels, *tables)
        self._roster: Kept = _last_roster(self._view, self._plan)
        self._undo: list[Kept] = []
        self._is_ticking = False
        self._fill(labels[0])

    def _fill(self, first: str) -> None:
        """Lay out the bench once question and tables are there."""
        self._shift = ipw.Select(
            options=self._options(),
            value=first,
            description="班次",
            layout=ipw.Layout(width="min(340px, 92vw)", height="360px", flex="0 1 auto"),
            style={"description_width": "0"},
        )
        self._only_able = ipw.Checkbox(
            value=True, description="只列这一班能来的人", indent=False, layout=_row()
        )
        self._people = ipw.VBox(layout=ipw.Layout(flex="1 1 340px", min_width="0", width="100%"))
        self._state = ipw.HTML()
        buttons = [
            button("撤销上一步", self._take_back),
            button("全部清空", self._clear),
            button("提交排班", self._hand_over, is_main=True),
        ]
        work = ipw.Layout(display="flex", flex_flow="row wrap", grid_gap="16px")
        bar = ipw.HBox(buttons, layout=ipw.Layout(flex_flow="row wrap", grid_gap="10px"))
        bench = ipw.Box([self._shift, self._people], layout=work)
        self.children = (self._head, bench, bar, self._told, self._state)
        self._shift.observe(self._on_shift, names="value")
        self._only_able.observe(lambda _: self._show_people(), names="value")
        self._show_people()
        self._show_state()
        self._say(_outcome(self._view) if self._view["state"]["last"] else "")

    def _options(self) -> list[tuple[str, str]]:
        return [(self._plan.shift_words(label, self._roster), label) for label in self._plan.needs]

    def _on_shift(self, change: Any) -> None:
        # New words for the options make the list choose twice: away, and the same again.
        if not self._is_ticking and change["new"] is not None:
            self._show_people()

    def _show_people(self) -> None:
        """List who can be put down for the chosen shift."""
        label = self._shift.value
        codes = self._plan.able(label) if self._only_able.value else list(self._plan.people)
        # Whoever is down for the shift is shown, able or not: else nobody could strike them out.
        codes += [code for code in self._roster.get(label, ()) if code not in codes]
        self._boxes = {code: self._box(label, code) for code in codes}
        title = ipw.HTML(f'<div class="zb-h">{escape(label)}</div>')
        empty = [ipw.HTML("<p>没有能来的人。这一班要另外去找人。</p>")]
        self._people.children = [title, self._only_able, *(self._boxes.values() or empty)]
        self._tick()

    def _box(self, label: str, code: str) -> ipw.Checkbox:
        box = ipw.Checkbox(indent=False, layout=_row())
        box.observe(lambda change: self._put(label, code, is_here=change["new"]), names="value")
        return box

    def _tick(self) -> None:
        """Bring list and boxes up to date where they stand: new ones would lose a quick tick."""
        here = self._roster.get(self._shift.value, ())
        chosen = self._shift.value
        self._is_ticking = True
        self._shift.options = self._options()
        self._shift.value = chosen
        for code, box in self._boxes.items():
            box.description = self._plan.person_words(code, self._roster)
            box.value = code in here
        self._is_ticking = False

    def _put(self, label: str, code: str, *, is_here: bool) -> None:
        if self._is_ticking:
            return
        others = tuple(one for one in self._roster.get(label, ()) if one != code)
        self._change({**self._roster, label: (*others, code) if is_here else others})

    def _change(self, roster: Kept) -> None:
        self._undo.append(self._roster)
        self._set(roster)

    def _set(self, roster: Kept) -> None:
        self._roster = roster
        self._tick()
        self._show_state()
        self._say("")

    def _take_back(self) -> None:
        if self._undo:
            self._set(self._undo.pop())
        else:
            self._say("没有可以撤销的步骤。")

    def _clear(self) -> None:
        self._change({})
        self._say("已经清空。点“撤销上一步”可以找回来。")

    def _hand_over(self) -> None:
        question = self._view["question"]
        try:
            given = self._store.answer(
                question["id"], question["version"], _value(self._plan, self._roster), uuid4().hex
            )
        except StoreError as error:
            self._say(f"没有提交成功。{error}")
            return
        self._view = {**self._view, "state": given["state"]}
        self._say(f"{_outcome(self._view)} 回执 {given['receipt']}。")

    def _show_state(self) -> None:
        self._state.value = _state_html(self._plan, self._roster)

    def _say(self, words: str) -> None:
        self._told.value = f"<p role='status'>{escape(words)}</p>" if words else ""


def _last_roster(view: View, plan: ShiftPlan) -> Kept:
    """What the learner gave last, wherever it was typed in; nothing where it does not fit."""
    value = (view["state"]["last"] or {}).get("value")
    if not isinstance(value, dict):
        return {}
    return {
        label: tuple(code for code in cells[0].split(_SEPARATOR) if code)
        for label, cells in value.items()
        if label in plan.needs and set(cells[0].split(_SEPARATOR)) <= {*plan.people, ""}
    }


def _value(plan: ShiftPlan, roster: Roster) -> dict[str, list[str]]:
    """The answer as the question takes it: one cell a shift."""
    return {label: [_SEPARATOR.join(roster.get(label, ()))] for label in plan.needs}


def _outcome(view: View) -> str:
    return sentence_from_state(view["question"], view["state"])


def _head_html(lesson_url: str) -> str:
    return (
        '<div class="zb-h" role="heading" aria-level="1">排班工作台</div>'
        '<p class="zb-note">数据全部虚构。先选一班，再勾上来的人；随时可以改，提交才算一次作答，'
        "没有提交的排班关掉页面就没有了。"
        f'<a href="{escape(lesson_url, quote=True)}">回到课时</a></p>'
    )


def _state_html(plan: ShiftPlan, roster: Roster) -> str:
    """How far the roster is, in a table and in words."""
    wanted = sum(need["need"] for need in plan.needs.values())
    down = sum(len(roster.get(label, ())) for label in plan.needs)
    rows = "".join(
        f"<tr><td>{escape(label)}</td><td>{escape(_SEPARATOR.join(roster.get(label, ()))) or '—'}"
        f"</td></tr>"
        for label in plan.needs
    )
    faults = [fault.words for fault in plan.faults(roster)]
    told = "".join(f"<li>{escape(words)}</li>" for words in faults[:_FAULTS_SHOWN])
    more = f"<li>另有 {len(faults) - _FAULTS_SHOWN} 处。</li>" if faults[_FAULTS_SHOWN:] else ""
    verdict = f"有 {len(faults)} 处违反规则：" if faults else "没有违反规则。"
    return (
        f'<div class="zb-h">现在的班表</div><p class="zb-note">一共需要 {wanted} 人次，已排 {down}'
        f" 人次，{verdict}</p><ul>{told}{more}</ul>"
        '<div class="zb-wide zb-narrow" tabindex="0" role="region" aria-label="现在的班表"><table>'
        "<thead><tr><th scope='col'>班次</th><th scope='col'>志愿者</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )


def _row() -> ipw.Layout:
    return ipw.Layout(width="100%", min_height="44px")
