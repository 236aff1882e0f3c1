"""The classroom API as a store, for a kernel that the hub started."""

from __future__ import annotations

from typing import Any

import httpx

from widgets.store import RefusedError, UnreachableError, View

SECONDS_TO_ANSWER = 10.0
"""A learner waits no longer than this for one request before being told."""

_KEPT = "您填的内容还在这里。"
_WORDS = {
    401: ("登录已过期。", f"请重新登录，再点一次提交；{_KEPT}"),
    403: ("没有权限，或登录已过期。", f"请重新登录，再点一次提交；{_KEPT}"),
    413: ("内容太大，没有保存。", "请删去不需要的输出再试。"),
}


class ApiStore:
    """Speaks to the classroom service in the learner's name.

    Parameters
    ----------
    url
        Address of the API, e.g. ``http://127.0.0.1:8000/services/classroom/api``.
    token
        A Hub token of the learner; the service takes from it who is asking.
    socket
        Path of a unix socket to go through, for kernels without a network.
    """

    def __init__(self, url: str, course: str, token: str, socket: str = "") -> None:
        self._course = course
        self._client = httpx.Client(
            base_url=url.rstrip("/") + "/",
            headers={"Authorization": f"Bearer {token}"},
            transport=httpx.HTTPTransport(uds=socket or None),
            timeout=SECONDS_TO_ANSWER,
        )

    def question_view(self, question_id: str) -> View:
        """Read one question and where the learner stands with it."""
        return self._json("GET", self._path("questions", question_id), ("question", "state"))

    def answer(
        self, question_id: str, version: str, value: Any, key: str, certainty: int | None = None
    ) -> View:
        """Give an answer, once more with the same key where no reply came."""
        path = self._path("questions", question_id, "answers")
        body = {"version": version, "value": value, "key": key}
        if certainty is not None:
            body["certainty"] = certainty
        wanted = ("receipt", "state")
        try:
            return self._json("POST", path, wanted, json=body)
        except UnreachableError:
            return self._json("POST", path, wanted, json=body)

    def table(self, task: str, name: str) -> dict[str, Any]:
        """Read a data task's table."""
        return self._json("GET", f"{self._table(task, name)}.json", ("columns", "rows"))

    def table_file(self, task: str, name: str) -> bytes:
        """Read the same table as an Excel file."""
        return self._reply("GET", f"{self._table(task, name)}.xlsx").content

    def hand_in(self, lesson: str, name: str, notebook: bytes) -> dict[str, Any]:
        """Send a notebook of the code track."""
        path = self._path("lessons", lesson, "workbooks", name)
        headers = {"Content-Type": "application/json"}
        return self._json("PUT", path, ("sent_at",), content=notebook, headers=headers)

    def close(self) -> None:
        """Let go of the connections; a kernel keeps its store as long as it lives."""
        self._client.close()

    def _path(self, *segments: str) -> str:
        return "/".join(("courses", self._course, *map(_segment, segments)))

    def _table(self, task: str, name: str) -> str:
        return f"tasks/{self._course}/{_segment(task)}/{_segment(name)}"

    def _json(self, method: str, path: str, wanted: tuple[str, ...], **body: Any) -> dict[str, Any]:
        found = _object(self._reply(method, path, **body))
        if any(name not in found for name in wanted):
            raise RefusedError("课堂服务的回答不完整。", "请刷新页面再试；若仍如此，请告诉管理员。")
        return found

    def _reply(self, method: str, path: str, **body: Any) -> httpx.Response:
        try:
            reply = self._client.request(method, path, **body)
        except httpx.TransportError as error:
            message = "连不上课堂服务，还没有收到回执。"
            raise UnreachableError(message, f"请检查网络后再试；{_KEPT}") from error
        if not reply.is_success:
            raise _error_from_reply(reply)
        return reply


def _segment(name: str) -> str:
    """Refuse what would lead to another address."""
    if not name or not all(char.isalnum() or char in "-_" for char in name):
        raise RefusedError(f"名称“{name}”不对。", "名称只用字母、数字、- 和 _。")
    return name


def _object(reply: httpx.Response) -> dict[str, Any]:
    try:
        found = reply.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _error_from_reply(reply: httpx.Response) -> RefusedError | UnreachableError:
    said = _object(reply).get("error")
    error = said if isinstance(said, dict) else {}
    message, advice = _WORDS.get(reply.status_code, ("课堂服务没有接受。", ""))
    message = str(error.get("message") or message)
    advice = str(error.get("next") or advice)
    # 502–504: a proxy or a busy database; whether the answer arrived is not known for certain.
    if reply.status_code in (502, 503, 504):
        return UnreachableError(message, advice or f"课堂服务正忙，请稍后再试；{_KEPT}")
    return RefusedError(message, advice)
