"""Guard: what every answer carries and what no request may be."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from zhixing.classroom.problem import Note, ProblemError, json_from_problem

LARGEST_BODY = 64 * 1024
LARGEST_UPLOAD = 2 * 1024 * 1024 + 1024

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    # Whatever is somebody's own must not come out of a cache after log-out.
    "Cache-Control": "no-store",
}


class Guard:
    """Refuses bodies that are too large before they are read, and sets headers on every page.

    Plain ASGI: the form with ``call_next`` starts tasks of its own, which an answer would pay for.
    """

    def __init__(self, app: ASGIApp, note: Note) -> None:
        self._app = app
        self._note = note

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        problem = _length_problem(scope["path"], Headers(scope=scope))
        if problem is not None:
            await self._note(Request(scope), problem)
            await json_from_problem(problem)(scope, receive, send_guarded)
            return
        await self._app(scope, receive, send_guarded)


def _length_problem(path: str, headers: Headers) -> ProblemError | None:
    told = headers.get("content-length", "0")
    if "transfer-encoding" in headers or not (told.isascii() and told.isdecimal()):
        return ProblemError(411, "no_length", "请求没有说明内容有多长。", "请从平台的页面提交。")
    largest = LARGEST_UPLOAD if "/workbooks/" in path else LARGEST_BODY
    if int(told) > largest:
        words = f"内容太大，最多 {largest // 1024} KB。"
        return ProblemError(413, "too_large", words, "请删减后再提交。")
    return None
