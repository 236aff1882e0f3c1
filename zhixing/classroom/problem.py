"""Problem: the one shape of every error on the wire."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from zhixing.errors import InvalidAnswerError, ZhixingError
from zhixing.records.errors import (
    AnswerRefusedError,
    NotVisibleError,
    RecordsError,
    StoreError,
    StoreFullError,
)

SECONDS_TO_RETRY = 5


class ProblemError(ZhixingError):
    """An error a person reads: what is wrong and what to do next.

    Parameters
    ----------
    status
        HTTP status.
    code
        Stable word for programs.
    field
        Which part of the request, if one.
    """

    def __init__(
        self, status: int, code: str, message: str, next_step: str = "", field: str | None = None
    ) -> None:
        self.status = status
        self.code = code
        self.message = message
        self.next_step = next_step
        self.field = field
        super().__init__(message)

    @property
    def headers(self) -> dict[str, str]:
        """When to come again, where that may help."""
        return {"Retry-After": str(SECONDS_TO_RETRY)} if self.status == 503 else {}


UNEXPECTED = (
    "unexpected",
    "服务器出了意外，这次请求没有完成。",
    "请稍后再试；仍不行时告诉管理员。",
)
NOT_FOUND = ("not_found", "没有这个内容，或者它不对您开放。", "请从首页重新进入。")


def not_found() -> ProblemError:
    """Return what is said of things outside the viewer's circle and of things not existing."""
    return ProblemError(404, *NOT_FOUND)


def problem_from_error(error: Exception, *, is_reading: bool = False) -> ProblemError:
    """Say any expected error in the one shape; nobody is told “not saved” who only read."""
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, InvalidAnswerError):
        return ProblemError(
            422, "invalid_answer", str(error), "请改好后再提交；这次不算作一次作答。", "value"
        )
    if isinstance(error, NotVisibleError):
        return not_found()
    if isinstance(error, AnswerRefusedError):
        return ProblemError(409, error.code, error.message, error.next)
    if isinstance(error, StoreError):
        status = 507 if isinstance(error, StoreFullError) else 503
        words = "暂时打不开" if is_reading else "没有保存"
        return ProblemError(status, error.code, f"{words}：{error.message}", error.next)
    if isinstance(error, RecordsError):
        return ProblemError(409, error.code, error.message, error.next)
    return ProblemError(409, "refused", str(error), "")


def json_from_problem(problem: ProblemError) -> JSONResponse:
    """Write a problem as JSON."""
    body: dict[str, Any] = {
        "code": problem.code,
        "message": problem.message,
        "field": problem.field,
        "next": problem.next_step,
    }
    return JSONResponse({"error": body}, problem.status, problem.headers)


Note = Callable[[Request, ProblemError], Awaitable[None]]
"""Told of every problem before it is answered."""


def add_problem_handlers(app: FastAPI, page: Any, headers: Mapping[str, str], note: Note) -> None:
    """Answer every error; ``page(request, problem)`` writes those of pages."""

    async def answer(request: Request, error: Exception) -> Response:
        problem = problem_from_error(error, is_reading=request.method in ("GET", "HEAD"))
        await note(request, problem)
        if "/api/" in request.url.path:
            return json_from_problem(problem)
        response: Response = await page(request, problem)
        return response

    async def answer_http(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        if status == 404:
            return await answer(request, not_found())
        words = "不支持这样的请求。" if status == 405 else "请求没有完成。"
        return await answer(request, ProblemError(status, f"http_{status}", words))

    async def answer_invalid(request: Request, error: Exception) -> Response:
        return await answer(request, _invalid(error))

    async def answer_unexpected(request: Request, _: Exception) -> Response:
        # The server's own handler logs it after this answer.
        response = await answer(request, ProblemError(500, *UNEXPECTED))
        response.headers.update(headers)  # this one is made outside of the guard
        return response

    app.add_exception_handler(ZhixingError, answer)
    app.add_exception_handler(Exception, answer_unexpected)
    app.add_exception_handler(HTTPException, answer_http)
    app.add_exception_handler(RequestValidationError, answer_invalid)


def _invalid(error: Exception) -> ProblemError:
    first = error.errors()[0] if isinstance(error, RequestValidationError) else {}
    field = ".".join(str(part) for part in first.get("loc", ())[1:]) or None
    return ProblemError(
        422,
        "invalid_request",
        f"请求的内容不对：{first.get('msg', '')}。",
        "请刷新页面再试。",
        field,
    )
