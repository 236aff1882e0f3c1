"""The notebook's widgets: Python says, the page shows; nothing the page claims is taken."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from ipywidgets import Widget

from tests.widgets_course import COURSE, QUESTIONS, REASON, RIGHT, ROSTER
from widgets.handin import Workbook
from widgets.localstore import LocalStore
from widgets.plainvalue import plain_value
from widgets.quiz import Question, answer
from widgets.store import RefusedError, UnreachableError
from widgets.table import Table


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(COURSE, tmp_path / "answers.db")


@pytest.fixture(autouse=True)
def _no_widget_left() -> Iterator[None]:
    yield
    Widget.close_all()


def message(widget: Any, content: Any) -> None:
    """Hand a message of the page to a widget, as its comm does."""
    widget._handle_msg(
        {"content": {"data": {"method": "custom", "content": content}}, "buffers": []}
    )


def click(widget: Any, value: Any, key: str = "key-00000001") -> None:
    message(widget, {"type": "answer", "value": value, "key": key})


def synced(widget: Any) -> str:
    """Everything that a browser gets of a widget, but its program text."""
    state = widget.get_state()
    return json.dumps(
        {name: state[name] for name in state if name not in ("_esm", "_css")}, default=str
    )


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_the_browser_never_gets_a_key_or_reason_before_its_time(
    question: Any, store: LocalStore
) -> None:
    widget = Question(question.id, store=store)
    assert widget.question["prompt"] == question.prompt
    text = synced(widget)
    assert json.dumps(REASON)[1:-1] not in text
    for word in ("tolerance", "rubric", 'pairs"', "weights", "wrong"):
        assert word not in text
    assert REASON not in widget._esm


def test_an_answer_is_recorded_and_shown(store: LocalStore) -> None:
    for name, value in RIGHT.items():
        widget = Question(name, store=store)
        click(widget, value, f"key-{name}")
        assert widget.delivery["status"] == "saved"
        assert widget.state["score"] == 1.0
        assert store.question_view(name)["state"] == widget.state


def test_what_the_page_claims_of_a_trait_is_not_taken(store: LocalStore) -> None:
    widget = Question("L1-1", store=store)
    before = widget.get_state()
    forged = {
        "state": {"status": "done", "score": 1.0},
        "question": {"id": "L1-2", "version": "x"},
        "delivery": {"status": "saved"},
        "owner": "li",
        "_esm": "export default {}",
    }
    data = {"method": "update", "state": forged, "buffer_paths": []}
    widget._handle_msg({"content": {"data": data}, "buffers": []})
    assert widget.get_state() == before


@pytest.mark.parametrize(
    "content",
    [
        None,
        "answer",
        [],
        {},
        {"type": "state", "value": 1},
        {"type": "answer"},
        {"type": "answer", "value": "b", "key": {"a": 1}},
        {"type": "answer", "value": {"$": [1]}, "key": "key-00000001"},
        {"type": "answer", "value": "b" * 100_000, "key": "key-00000001"},
    ],
)
def test_a_malformed_message_records_nothing_and_raises_nothing(
    content: Any, store: LocalStore
) -> None:
    widget = Question("L1-1", store=store)
    message(widget, content)
    assert store.question_view("L1-1")["state"]["attempts"] == 0
    assert widget.state["score"] is None


def test_a_message_cannot_answer_another_question(store: LocalStore) -> None:
    widget = Question("L1-1", store=store)
    content = {"type": "answer", "value": "b", "key": "key-00000001"}
    message(widget, {**content, "question_id": "L1-3", "score": 1, "version": "0" * 16})
    assert store.question_view("L1-3")["state"]["attempts"] == 0
    assert store.question_view("L1-1")["state"]["attempts"] == 1


class FailingStore:
    """A store that cannot be reached, or says no."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def question_view(self, *_: Any) -> Any:
        raise self.error

    answer = table = table_file = hand_in = question_view


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (UnreachableError("连不上课堂服务。", "请检查网络后再试。"), "waiting"),
        (RefusedError("登录已过期。", "请重新登录。"), "refused"),
    ],
)
def test_trouble_is_told_in_the_card_and_not_as_a_traceback(
    error: Exception, status: str, store: LocalStore
) -> None:
    failing = FailingStore(error)
    assert Question("L1-1", store=failing).delivery == {"status": status, "message": str(error)}
    assert Table("D1/roster", store=failing).delivery["status"] == status
    widget = Question("L1-1", store=store)
    widget._store = failing
    click(widget, "b")
    assert widget.delivery == {"status": status, "message": str(error)}
    widget._store = store
    click(widget, "b")
    assert widget.delivery["status"] == "saved"


def test_a_notebook_outside_the_classroom_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ZHIXING_API_URL", "ZHIXING_LOCAL_COURSES", "ZHIXING_API_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    widget = Question("L1-1")
    assert widget.delivery["status"] == "refused"
    assert "没有连上课堂" in widget.delivery["message"]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("L1-D1", np.int64(82), "答对了，得 2 分"),
        ("L1-D1", 83, "有重名"),
        ("L1-D1", 82.5, "没有记录"),
        ("L1-D1", float("nan"), "不是一个数"),
        ("L1-D1", object(), "不能提交"),
        ("L1-D2", np.float64(0.94), "答对了"),
        ("L1-D3", {"RY3", "RY1", "RY2"}, "答对了"),
        ("L1-D3", pd.Series(["RY1", "RY2"]), "还差一点"),
        ("L1-W1", "先摸清底数", "已收到您的作答"),
        ("L9-9", 1, "没有编号为 L9-9 的题目"),
    ],
)
def test_code_answers_with_one_line_and_no_traceback(
    name: str, value: Any, words: str, store: LocalStore, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answer(name, value, store=store) is None
    printed = capsys.readouterr().out
    assert printed.startswith(f"{name}：")
    assert words in printed
    assert printed.count("\n") == 1


def test_code_run_again_costs_no_try(store: LocalStore, capsys: pytest.CaptureFixture[str]) -> None:
    for value in (83, 83, 83, 83, 83, 82, 82):
        answer("L1-D1", value, store=store)
    lines = capsys.readouterr().out.splitlines()
    assert "还可以再答 2 次" in lines[4]
    assert "答对了" in lines[-1]
    assert store.question_view("L1-D1")["state"]["attempts"] == 2


def test_code_learns_no_more_than_the_page(
    store: LocalStore, capsys: pytest.CaptureFixture[str]
) -> None:
    answer("L1-1", "a", store=store)
    assert "解析" not in capsys.readouterr().out


def test_plain_values_are_json() -> None:
    value = {"甲": (np.int64(1), {"b", "a"}), 2: pd.Index(["x"])}
    assert plain_value(value) == {"甲": [1, ["a", "b"]], "2": ["x"]}


def test_a_table_is_a_frame_with_the_columns_on_screen(store: LocalStore) -> None:
    frame = Table("D1/roster", store=store).frame
    assert list(frame.columns) == ROSTER["columns"]
    assert frame["人员编码"].tolist() == ["RY1", "RY2", "RY3"]
    assert pd.isna(frame.loc[1, "人数"])


def test_a_table_sends_its_file_when_asked(store: LocalStore) -> None:
    widget = Table("D1/roster", store=store)
    sent: list[Any] = []
    widget.send = lambda content, buffers: sent.append((content, buffers))
    message(widget, {"type": "xlsx"})
    message(widget, {"type": "other"})
    assert [content for content, _ in sent] == [{"type": "file", "name": "D1-roster.xlsx"}]
    assert sent[0][1][0].startswith(b"PK")


@pytest.mark.parametrize("address", ["roster", "D1/", "/roster", "D1/none", ""])
def test_a_table_that_is_not_there_is_told(address: str, store: LocalStore) -> None:
    widget = Table(address, store=store)
    assert widget.delivery["status"] == "refused"
    with pytest.raises(RefusedError, match=r"数据表"):
        _ = widget.frame


class Desk:
    """A classroom that takes workbooks."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str, bytes]] = []

    def hand_in(self, lesson: str, name: str, notebook: bytes) -> dict[str, Any]:
        self.taken.append((lesson, name, notebook))
        return {"sent_at": "2026-11-23T08:24:00+00:00"}


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "L3" / "D1.ipynb"
    path.parent.mkdir()
    path.write_text('{"cells": []}')
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))
    return path


def test_the_notebook_is_sent_as_it_lies_on_disk_now(book: Path) -> None:
    desk = Desk()
    widget = Workbook(store=desk)
    facts, button, _ = widget.children
    assert "D1.ipynb" in facts.value
    book.write_text('{"cells": [1]}')
    button.click()
    assert desk.taken == [("L3", "D1", b'{"cells": [1]}')]
    assert widget.told.startswith("✓ 已保存 课堂于 11月23日 16:24 收到")


def test_a_workbook_takes_the_name_the_lesson_gives_it(book: Path) -> None:
    desk = Desk()
    book.rename(book.with_name("D1-副本.ipynb"))
    widget = Workbook("D1", path=book.with_name("D1-副本.ipynb"), store=desk)
    widget.hand_in()
    assert desk.taken[0][:2] == ("L3", "D1")


def test_a_notebook_of_unknown_place_cannot_be_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    widget = Workbook(store=Desk())
    facts, button, _ = widget.children
    assert "不知道" in facts.value
    assert button.disabled
    widget.hand_in()
    assert widget.told.startswith("! 未被接受")


def test_a_notebook_that_is_gone_or_too_large_is_told(book: Path) -> None:
    desk = Desk()
    widget = Workbook(store=desk)
    book.write_text("x" * (2 * 1024 * 1024 + 1))
    widget.hand_in()
    assert "最多交 2 MB" in widget.told
    book.unlink()
    widget.hand_in()
    assert "找不到文件" in widget.told
    assert desk.taken == []


def test_the_name_of_a_file_is_no_mark_up(book: Path) -> None:
    hostile = book.with_name("<img onerror=x>.ipynb")
    hostile.write_text("{}")
    widget = Workbook(path=hostile, store=Desk())
    assert "<img" not in widget.children[0].value
