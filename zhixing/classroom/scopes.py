"""Scopes: who an endpoint is for, in words that stand in the OpenAPI document."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

AUDIENCES = {
    "everybody": "任何已登录、在花名册里的人；只给本人的内容",
    "enrolled": "选了这门课的学员；只给本人的作答",
    "trainer": "带这个班次的教员",
    "department": "街道、区组织部门；只给本级以下",
}

ERRORS = {
    400: "请求的内容读不出来",
    401: "没有登录，或登录已过期",
    403: "角色不允许，或请求不是从平台页面发出",
    404: "没有这个内容，或它不对您开放",
    409: "现在不能这样做",
    411: "请求没有说明内容有多长",
    413: "请求太大",
    422: "请求的内容不对",
    503: "暂时不能保存或读取，请稍后再试",
    507: "磁盘已满，没有保存",
}


FILE = {"type": "string", "format": "binary"}


class ErrorText(BaseModel):
    """What is wrong, which field, what to do next."""

    code: str
    message: str
    field: str | None
    next: str


class ErrorBody(BaseModel):
    """The one shape of every error."""

    error: ErrorText


def scopes(
    *audience: str, repeat: type[BaseModel] | None = None, file: str = "", takes: str = ""
) -> dict[str, Any]:
    """Arguments of a route: its audience as ``x-scopes``, its security and its answers.

    Parameters
    ----------
    repeat
        What the same key again is answered with, as 200.
    file
        Media type of the file that is answered.
    takes
        Media type of a body that the route reads by itself.
    """
    answers: dict[int, Any] = {
        status: {"description": words, "model": ErrorBody} for status, words in ERRORS.items()
    }
    if repeat:
        answers[200] = {"description": "同一次点击的重复：第一次的回执", "model": repeat}
    if file:
        answers[200] = {"description": "文件", "content": {file: {"schema": FILE}}}
    extra: dict[str, Any] = {
        "x-scopes": {name: AUDIENCES[name] for name in audience},
        "security": [{"hubToken": []}, {"session": []}],
    }
    if takes:
        content = {takes: {"schema": {"type": "object"}}}
        extra["requestBody"] = {"required": True, "content": content}
    return {"openapi_extra": extra, "responses": answers}
