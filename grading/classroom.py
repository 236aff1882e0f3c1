"""Classroom: the classroom API as a trainer's tools call it."""

from __future__ import annotations

import os
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
        Hub token of the trainer's server; sent as a header, never as part of an address.
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
                f"环境变量 {error} 没有设置：收卷和发布要在平台打开的 JupyterLab 里做。"
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

    def _call(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"}
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
