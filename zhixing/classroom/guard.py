"""Guard: what every answer carries and what no request may be."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import Request
from starlette.responses import Response

from zhixing.classroom.problem import ProblemError, json_from_problem

LARGEST_BODY = 64 * 1024
LARGEST_UPLOAD = 2 * 1024 * 1024 + 1024

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""``unsafe-inline`` is for styles only: widgets set widths of bars on their elements."""

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


async def guard(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Refuse bodies that are too large before they are read, and set the headers of every page."""
    largest = LARGEST_UPLOAD if "/workbooks/" in request.url.path else LARGEST_BODY
    told = request.headers.get("content-length", "0")
    is_chunked = "chunked" in request.headers.get("transfer-encoding", "")
    if is_chunked or not told.isdigit() or int(told) > largest:
        words = f"内容太大,最多 {largest // 1024} KB。"
        return json_from_problem(ProblemError(413, "too_large", words, "请删减后再提交。"))
    response = await call_next(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    # Whatever is somebody's own must not come out of a cache after log-out.
    response.headers.setdefault("Cache-Control", "no-store")
    return response
