"""Classroom: the classroom API as nbgrader's tools call it, with the caller's own rights."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import httpx

from zhixing.errors import ZhixingError


class ClassroomError(ZhixingError):
    """The classroom refused or could not be reached; the message says which and what to do."""


@dataclass(frozen=True)
class Classroom:
    """One course behind the API.

    Parameters
    ----------
    url
        Address of the API, without a slash at its end.
    token
        Hub token of the person's own server; sent as a header, never as part of an address.
    """

    url: str
    token: str
    course: str

    @classmethod
    def from_environ(cls, course: str) -> Self:
        """Read ``ZHIXING_API_URL`` and ``JUPYTERHUB_API_TOKEN``."""
        try:
            return cls(os.environ["ZHIXING_API_URL"], os.environ["JUPYTERHUB_API_TOKEN"], course)
        except KeyError as error:
            raise ClassroomError(
                f"环境变量 {error} 没有设置：这件事要在平台打开的 JupyterLab 里做。"
            ) from error

    def submissions(self, lesson: str) -> list[dict[str, Any]]:
        """Newest hand-in of each learner of own cohorts."""
        answer = self._call("GET", f"/courses/{self.course}/lessons/{lesson}/submissions")
        entries: list[dict[str, Any]] = answer.json()
        return entries

    def package(self, submission: int) -> bytes:
        """Zip of an nbgrader submission folder."""
        return self._call("GET", f"/submissions/{submission}/package").content

    def release_grades(self, submission: int, payload: dict[str, Any]) -> None:
        """Make score and comments visible to the learner."""
        self._call("POST", f"/submissions/{submission}/grades", json=payload)

    def me(self) -> dict[str, Any]:
        """Who asks."""
        found: dict[str, Any] = self._call("GET", "/me").json()
        return found

    def courses(self) -> list[dict[str, Any]]:
        """Own courses with each lesson's dates, hand-in and grade."""
        found: list[dict[str, Any]] = self._call("GET", "/courses").json()
        return found

    def lesson(self, lesson: str) -> dict[str, Any]:
        """Outline of a lesson and its questions with the own standing."""
        found: dict[str, Any] = self._call("GET", f"/courses/{self.course}/lessons/{lesson}").json()
        return found

    def release(self, lesson: str) -> bytes:
        """Zip of the released lesson."""
        return self._call("GET", f"/courses/{self.course}/lessons/{lesson}/release").content

    def send_workbook(self, lesson: str, name: str, notebook: bytes) -> None:
        """Send a notebook of the code track; the last one sent is handed in."""
        path = f"/courses/{self.course}/lessons/{lesson}/workbooks/{name}"
        headers = {"Content-Type": "application/json"}
        self._call("PUT", path, content=notebook, headers=headers)

    def answer(self, question: Mapping[str, Any], value: Any, key: str) -> None:
        """Answer a question; the same key again is the same answer."""
        body = {"version": question["version"], "value": value, "key": key}
        self._call("POST", f"/courses/{self.course}/questions/{question['id']}/answers", json=body)

    def hand_in(self, lesson: str, key: str) -> dict[str, Any]:
        """Hand in; the receipt of the first time if it was done before."""
        path = f"/courses/{self.course}/lessons/{lesson}/submissions"
        receipt: dict[str, Any] = self._call("POST", path, json={"key": key}).json()
        return receipt

    def _call(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        try:
            answer = httpx.request(method, self.url + path, headers=headers, timeout=60, **options)
        except httpx.TransportError as error:
            raise ClassroomError(f"连不上课堂服务（{error}）。请稍后再试。") from error
        if answer.is_error:
            raise ClassroomError(f"课堂服务没有同意（{answer.status_code}）：{_reason(answer)}")
        return answer


def _reason(answer: httpx.Response) -> str:
    try:
        error = answer.json()["error"]
        return f"{error['message']}{error.get('next', '')}"
    except (ValueError, KeyError, TypeError):
        return answer.text[:200]
