"""Question widget for notebooks and Voila pages, and ``answer`` for the code track."""

from __future__ import annotations

import json
import os
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import traitlets

from widgets.handin import Workbook
from widgets.oneway import OneWayWidget
from widgets.plainvalue import plain_value
from widgets.sentence import sentence_from_state
from widgets.store import Store, StoreError
from widgets.storechoice import default_store

__all__ = ["Question", "Workbook", "answer"]


class Question(OneWayWidget, module="quiz"):
    """One question of a lesson, answered in place.

    Parameters
    ----------
    question_id
        E.g. ``L1-3``.
    course
        Course of the question; the kernel's own by default.
    store
        Where it comes from and answers go; the kernel's own by default.
    """

    question = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)
    owner = traitlets.Unicode().tag(sync=True)

    def __init__(
        self, question_id: str, course: str | None = None, store: Store | None = None
    ) -> None:
        super().__init__(owner=os.environ.get("JUPYTERHUB_USER", ""))
        self._question_id = question_id
        self._course = course
        self._store = store
        self.refresh()

    def refresh(self) -> None:
        """Read question and state anew."""
        try:
            view = self._opened_store().question_view(self._question_id)
        except StoreError as error:
            self.tell(error.status, str(error))
            return
        self.set_trait("question", view["question"])
        self.set_trait("state", view["state"])

    def hear(self, content: dict[str, Any]) -> None:
        """Record an answer; the store decides, whatever else the message says."""
        if content.get("type") != "answer":
            return
        self.tell("saving")
        try:
            given = self._opened_store().answer(
                self._question_id,
                self.question.get("version", ""),
                content.get("value"),
                content.get("key", ""),
                content.get("certainty"),
            )
        except StoreError as error:
            self.tell(error.status, str(error))
            return
        self.set_trait("state", given["state"])
        self.tell("saved", f"回执 {given['receipt']}")

    def _opened_store(self) -> Store:
        # Opened late: what keeps it shut is then said in the widget and not as a traceback.
        if self._store is None:
            self._store = default_store(self._course)
        return self._store


def answer(
    question_id: str,
    value: Any,
    course: str | None = None,
    store: Store | None = None,
    certainty: int | None = None,
) -> None:
    """Answer a question from code and print what came of it.

    Parameters
    ----------
    value
        A text, number, list, set or dict; numbers and series of numpy and pandas do as well.
    certainty
        1 没把握, 2 有些把握, 3 很有把握; only where the lesson asks for it.
    """
    print(_answered(question_id, value, course, store, certainty))  # noqa: T201 - the cell's output is read


def _answered(
    question_id: str,
    value: Any,
    course: str | None,
    store: Store | None,
    certainty: int | None,
) -> str:
    try:
        opened = store or default_store(course)
        question = opened.question_view(question_id)["question"]
        plain = plain_value(value)
        key = _key(question, plain, certainty)
        given = opened.answer(question_id, question["version"], plain, key, certainty)
    except StoreError as error:
        return f"{question_id}：没有记录。{error}"
    return sentence_from_state(question, given["state"])


def _key(question: dict[str, Any], value: Any, certainty: int | None) -> str:
    # A cell is run again and again: the same value is the same answer and costs no try.
    parts = [question["id"], question["version"], value]
    text = json.dumps([*parts, certainty] if certainty else parts, ensure_ascii=False)
    return uuid5(NAMESPACE_OID, text).hex
