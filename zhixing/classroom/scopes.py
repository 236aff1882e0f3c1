"""Scopes: who an endpoint is for, in words that stand in the OpenAPI document."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

AUDIENCES = {
    "everybody": "任何已登录、在花名册里的人;只给本人的内容",
    "enrolled": "选了这门课的学员;只给本人的作答",
    "trainer": "带这个班次的教员",
    "department": "街道、区组织部门;只给本级以下",
}

ERRORS = {
    401: "没有登录,或登录已过期",
    403: "角色不允许,或请求不是从平台页面发出",
    404: "没有这个内容,或它不对您开放",
    409: "现在不能这样做",
    413: "请求太大",
    422: "请求的内容不对",
    503: "暂时不能保存或读取,请稍后再试",
    507: "磁盘已满,没有保存",
}


class ErrorText(BaseModel):
    """What is wrong, which field, what to do next."""

    code: str
    message: str
    field: str | None
    next: str


class ErrorBody(BaseModel):
    """The one shape of every error."""

    error: ErrorText


def scopes(*audience: str) -> dict[str, Any]:
    """Arguments of a route: its audience as ``x-scopes``, its security and its errors."""
    return {
        "openapi_extra": {
            "x-scopes": {name: AUDIENCES[name] for name in audience},
            "security": [{"hubToken": []}, {"session": []}],
        },
        "responses": {
            status: {"description": words, "model": ErrorBody} for status, words in ERRORS.items()
        },
    }
