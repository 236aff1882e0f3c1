"""Visitor: who asks, as the records know them, and what an unsafe request must bring."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from zhixing.classroom.hall import Hall, current_hall, hall_of
from zhixing.classroom.problem import ProblemError
from zhixing.records.scope import Viewer, viewer_by_username

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OWN_HEADER = "X-Zhixing"


@dataclass(frozen=True)
class Identity:
    """A name that somebody else vouched for, and how the request carried it."""

    username: str
    by_cookie: bool
    token: str = ""


Identify = Callable[[Request], Awaitable[Identity | None]]


async def current_identity(request: Request) -> Identity:
    """Return who a request comes from; says nothing yet of what the records know of them.

    Raises
    ------
    ProblemError
        401 without a valid log-in, 403 where a cookie came without our own header (another
        site's form cannot send it).
    """
    identity = await hall_of(request).identify(request)
    if identity is None:
        raise ProblemError(
            401, "signed_out", "登录已过期。", "请重新登录；写好的答案还在，会自动补交。"
        )
    if identity.by_cookie and request.method not in SAFE_METHODS:
        _require_own_page(request)
    return identity


CurrentIdentity = Annotated[Identity, Depends(current_identity)]


async def current_viewer(
    identity: CurrentIdentity, hall: Annotated[Hall, Depends(current_hall)]
) -> Viewer:
    """Return the viewer of a request, roles and units read from the records at this moment.

    Raises
    ------
    ProblemError
        403 where the roster does not know the person.
    """
    viewer = await asyncio.to_thread(_viewer, hall, identity.username)
    if viewer is None:
        raise ProblemError(403, "not_in_roster", "花名册里没有您。", "请联系管理员。")
    return viewer


def _require_own_page(request: Request) -> None:
    origin = request.headers.get("origin")
    is_ours = origin is None or origin.split("://")[-1] == request.headers.get("host")
    if OWN_HEADER not in request.headers or not is_ours:
        raise ProblemError(
            403, "foreign_page", "这个请求不是从平台的页面发出的。", "请回到首页再操作。"
        )


def _viewer(hall: Hall, username: str) -> Viewer | None:
    with hall.store.read() as conn:
        return viewer_by_username(conn, username)


CurrentViewer = Annotated[Viewer, Depends(current_viewer)]
CurrentHall = Annotated[Hall, Depends(current_hall)]


def require_role(viewer: Viewer, *names: str) -> None:
    """Refuse with 403 unless the viewer holds one of the roles."""
    if not viewer.roles & set(names):
        raise ProblemError(403, "role", "您的角色不能打开这里。", "如有需要，请联系管理员。")
