"""A kernel's store against the real classroom, over TCP, a unix socket and a line that drops."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import uvicorn
from ipywidgets import Widget
from sqlalchemy import func, select

from tests.classroom_school import API, COURSE, School, school
from widgets.apistore import ApiStore
from widgets.quiz import Question, Workbook, answer
from widgets.store import RefusedError, UnreachableError
from widgets.table import Table
from zhixing.records import tables

NOTEBOOK = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    data = tmp_path_factory.mktemp("data")
    with school(f"sqlite:///{data / 'records.db'}", data) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _nothing_left_open() -> Iterator[None]:
    yield
    Widget.close_all()
    while OPENED:
        OPENED.pop().close()


OPENED: list[ApiStore] = []


def store_of(room: School, username: str = "cadre_a", url: str = "", **more: Any) -> ApiStore:
    OPENED.append(ApiStore(f"{url or room.url}{API}", COURSE, f"token-{username}", **more))
    return OPENED[-1]


def recorded(room: School, question_id: str) -> int:
    query = select(func.count()).where(tables.Answer.question_id == question_id)
    return int(room.rows(query)[0][0])


def click(widget: Any, value: Any, key: str) -> None:
    content = {"type": "answer", "value": value, "key": key}
    widget._handle_msg(
        {"content": {"data": {"method": "custom", "content": content}}, "buffers": []}
    )


def test_a_question_is_answered_and_marked_by_the_classroom(room: School) -> None:
    widget = Question("L1-5", store=store_of(room))
    assert widget.question["kind"] == "blank"
    assert "230" not in str(widget.get_state(["question", "state"]))
    click(widget, "23", "key-00000001")
    assert (widget.delivery["status"], widget.state["score"]) == ("saved", 0.0)
    assert widget.state["reveal"] is None
    click(widget, "230万元", "key-00000002")
    assert widget.state["status"] == "done"
    assert widget.state["reveal"]["number"] == 230


def test_an_invalid_answer_is_refused_in_the_classrooms_words(room: School) -> None:
    widget = Question("L3-3", store=store_of(room))
    click(widget, "三个", "key-00000003")
    assert widget.delivery["status"] == "refused"
    assert "数字" in widget.delivery["message"]
    assert "不算作一次作答" in widget.delivery["message"]
    assert widget.state["attempts"] == 0


def test_the_same_key_twice_is_one_answer(room: School) -> None:
    store = store_of(room)
    version = store.question_view("L1-8")["question"]["version"]
    first = store.answer("L1-8", version, "a", "key-00000004")
    again = store.answer("L1-8", version, "a", "key-00000004")
    assert again["receipt"] == first["receipt"]
    assert recorded(room, "L1-8") == 1


def test_an_older_version_is_refused(room: School) -> None:
    with pytest.raises(RefusedError, match="旧版本"):
        store_of(room).answer("L1-7", "0" * 16, ["a"], "key-00000005")


@pytest.mark.parametrize("name", ["L9-9", "L1-99"])
def test_what_is_not_there_or_not_mine_is_told(room: School, name: str) -> None:
    with pytest.raises(RefusedError, match="没有这个内容"):
        store_of(room).question_view(name)
    with pytest.raises(RefusedError, match="没有这个内容"):
        store_of(room, "stranger").question_view("L1-1")


@pytest.mark.parametrize("name", ["", "../../me", "L1-1/answers", "L1-1?x=1", "%2e%2e", "L1 1"])
def test_a_name_cannot_lead_to_another_address(room: School, name: str) -> None:
    with pytest.raises(RefusedError, match="名称"):
        store_of(room).question_view(name)


def test_an_expired_token_is_told_and_the_answer_goes_out_after_log_in(room: School) -> None:
    widget = Question("L1-4", store=store_of(room))
    username = room.tokens.pop("token-cadre_a")
    try:
        click(widget, "false", "key-00000006")
        assert widget.delivery["status"] == "refused"
        assert "登录" in widget.delivery["message"]
        assert recorded(room, "L1-4") == 0
    finally:
        room.tokens["token-cadre_a"] = username
    click(widget, "false", "key-00000006")
    assert widget.state["score"] == 1.0


def test_a_closed_class_takes_nothing_more(room: School) -> None:
    now = room.clock.now
    room.clock.now = now + timedelta(days=90)
    try:
        widget = Question("L1-6", store=store_of(room))
        assert widget.state["status"] == "closed"
        click(widget, ["a"], "key-00000007")
        assert widget.delivery["status"] == "refused"
    finally:
        room.clock.now = now


def test_the_code_track_earns_the_same_marks(
    room: School, capsys: pytest.CaptureFixture[str]
) -> None:
    answer("L1-D0-2", 4669, store=store_of(room))
    answer("L1-D0-2", 4669, store=store_of(room))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == lines[1]
    assert "答对了" in lines[0]
    assert recorded(room, "L1-D0-2") == 1


def test_a_table_comes_as_a_frame_and_as_excel(room: School) -> None:
    store = store_of(room)
    widget = Table("D1/roster", store=store)
    assert len(widget.frame) == len(widget.table["rows"]) > 100
    assert store.table_file("D1", "roster").startswith(b"PK")
    assert Table("D1/none", store=store).delivery["status"] == "refused"


def test_a_workbook_reaches_the_classroom(room: School, tmp_path: Path) -> None:
    path = tmp_path / "L3" / "D1.ipynb"
    path.parent.mkdir()
    path.write_bytes(NOTEBOOK)
    widget = Workbook("D1", path=path, store=store_of(room))
    widget.hand_in()
    assert "已保存" in widget.told
    content = room.rows(select(tables.Workbook.content))[0][0]
    assert bytes(content) == NOTEBOOK
    path.write_text("这不是笔记本")
    widget.hand_in()
    assert "未被接受" in widget.told
    assert "笔记本" in widget.told


def test_a_kernel_without_a_network_goes_through_a_socket(room: School, tmp_path: Path) -> None:
    path = tmp_path / "classroom.sock"
    with _serving_socket(room, path):
        store = store_of(room, "cadre_b", "http://classroom", socket=str(path))
        assert store.question_view("L1-1")["question"]["id"] == "L1-1"


@contextmanager
def _serving_socket(room: School, path: Path) -> Iterator[None]:
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(path))
    listening.listen()
    server = uvicorn.Server(uvicorn.Config(room.app, log_level="critical", lifespan="off"))
    thread = Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


def test_a_reply_lost_on_its_way_back_is_asked_for_again(room: School) -> None:
    with _dropping_line(room.url, replies_to_drop=1) as url:
        store = store_of(room, "cadre_b", url)
        # The view is read directly: only the answer's own reply shall be lost.
        version = store_of(room, "cadre_b").question_view("L3-2")["question"]["version"]
        given = store.answer("L3-2", version, "b", "key-00000008")
    assert given["state"]["score"] == 1.0
    assert given["state"]["attempts"] == 1
    assert recorded(room, "L3-2") == 1


def test_a_line_that_stays_cut_is_told_and_nothing_is_said_to_be_saved(room: School) -> None:
    with _dropping_line(room.url, replies_to_drop=9) as url:
        widget = Question("L3-4", store=store_of(room, "cadre_b"))
        widget._store = store_of(room, "cadre_b", url)
        click(widget, "b", "key-00000009")
        assert widget.delivery["status"] == "waiting"
        assert "还没有收到回执" in widget.delivery["message"]
    widget._store = store_of(room, "cadre_b")
    click(widget, "b", "key-00000009")
    assert (widget.delivery["status"], widget.state["attempts"]) == ("saved", 1)


@contextmanager
def _dropping_line(url: str, replies_to_drop: int) -> Iterator[str]:
    """A line to the classroom that carries requests and loses the first replies."""
    target = urlsplit(url)
    listening = socket.create_server(("127.0.0.1", 0))
    left = [replies_to_drop]

    def carry() -> None:
        while True:
            try:
                near, _ = listening.accept()
            except OSError:
                return  # the test closed the line
            with near, socket.create_connection((target.hostname, target.port)) as far:
                _carry_one(near, far, left)

    thread = Thread(target=carry)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


def _carry_one(near: socket.socket, far: socket.socket, left: list[int]) -> None:
    request = near.recv(65536)
    head, _, body = request.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length")
    )
    while len(body) < length:
        body += near.recv(65536)
    far.sendall(head + b"\r\nConnection: close\r\n\r\n" + body)
    reply = b""
    while part := far.recv(65536):
        reply += part
    if left[0]:
        left[0] -= 1
        return
    with suppress(BrokenPipeError):
        near.sendall(reply)


def test_nobody_at_the_address_is_told(room: School) -> None:
    with pytest.raises(UnreachableError, match="连不上课堂服务"):
        store_of(room, url="http://127.0.0.1:9").question_view("L1-1")


@pytest.mark.parametrize(
    ("status", "content", "error", "words"),
    [
        (200, b"<html>", RefusedError, "不完整"),
        (200, b'{"question": {}}', RefusedError, "不完整"),
        (200, b"[]", RefusedError, "不完整"),
        (302, b"", RefusedError, "没有接受"),
        (401, b"", RefusedError, "登录已过期"),
        (500, b"oops", RefusedError, "没有接受"),
        (502, b"<html>bad gateway", UnreachableError, "正忙"),
        (
            503,
            '{"error": {"message": "没有保存", "next": "稍后"}}'.encode(),
            UnreachableError,
            "稍后",
        ),
        (507, '{"error": {"message": "没有保存：盘满"}}'.encode(), RefusedError, "盘满"),
        (409, b'{"error": "x"}', RefusedError, "没有接受"),
    ],
)
def test_a_strange_reply_is_told_in_words(
    status: int, content: bytes, error: type[Exception], words: str
) -> None:
    OPENED.append(store := ApiStore("http://classroom/api", COURSE, "t"))
    store.close()
    replying = httpx.MockTransport(lambda _: httpx.Response(status, content=content))
    store._client = httpx.Client(base_url="http://classroom/api/", transport=replying)
    with pytest.raises(error, match=words):
        store.question_view("L1-1")
