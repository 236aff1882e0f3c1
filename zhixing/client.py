"""Client: the classroom API as a kernel calls it, with the rights of whoever looks."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Self

import httpx
import pandas as pd

from zhixing.errors import ZhixingError


class ClientError(ZhixingError):
    """The classroom refused or could not be reached; the sentence may be shown."""


class Client:
    """One viewer's way to the API, over HTTP or a unix socket.

    Parameters
    ----------
    url
        Address of the API, without a slash at its end.
    token
        Hub token of the viewer; sent as a header only.
    socket
        Path of a unix socket, or empty.
    """

    def __init__(self, url: str, token: str, socket: str = "") -> None:
        transport = httpx.HTTPTransport(uds=socket) if socket else httpx.HTTPTransport()
        headers = {"Authorization": f"Bearer {token}"}
        self._http = httpx.Client(transport=transport, headers=headers, timeout=30)
        self._url = url

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Read ``ZHIXING_API_URL``, ``ZHIXING_API_SOCKET`` and ``ZHIXING_API_TOKEN``."""
        token = environ.get("ZHIXING_API_TOKEN") or environ.get("JUPYTERHUB_API_TOKEN", "")
        if "ZHIXING_API_URL" not in environ or not token:
            raise ClientError("没有找到课堂服务的地址或您的登录信息。请从平台首页重新打开。")
        return cls(environ["ZHIXING_API_URL"], token, environ.get("ZHIXING_API_SOCKET", ""))

    def me(self) -> dict[str, Any]:
        """Who looks, with roles and opened units."""
        found: dict[str, Any] = self._get("/me")
        return found

    def units(self) -> pd.DataFrame:
        """One row per visible unit, in tree order; counts of people, missing where withheld."""
        columns = ["code", "name", "kind", "parent", "path_codes", "people", "enrolled", "started"]
        return pd.DataFrame(self._get("/units"), columns=[*columns, *_MORE])

    def weeks(self, code: str) -> pd.DataFrame:
        """One row per week: answers, people, lessons completed; missing where withheld."""
        found = self._get(f"/units/{code}/weeks")
        return pd.DataFrame(found, columns=["week", "answers", "people", "completed"])

    def people(self, code: str, page: int, size: int) -> tuple[int, pd.DataFrame]:
        """Number of people of a unit and one page of them, a row per person."""
        found = self._get(f"/units/{code}/people", page=page, size=size)
        return int(found["total"]), pd.DataFrame(found["people"])

    def courses(self) -> list[dict[str, Any]]:
        """Own courses with the progress of each lesson."""
        found: list[dict[str, Any]] = self._get("/courses")
        return found

    def _get(self, path: str, **query: Any) -> Any:
        try:
            answer = self._http.get(self._url + path, params=query)
        except httpx.TransportError as error:
            raise ClientError("连不上课堂服务，请稍后刷新页面。") from error
        if answer.is_error:
            raise ClientError(_sentence(answer))
        return answer.json()


_MORE = ("completed", "submitted", "waiting")


def _sentence(answer: httpx.Response) -> str:
    try:
        error = answer.json()["error"]
        return f"{error['message']}{error['next']}"
    except (ValueError, KeyError, TypeError):
        return f"课堂服务没有正常回答（{answer.status_code}），请稍后刷新页面。"
