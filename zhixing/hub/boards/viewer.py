"""Viewer: who opened the page that is being rendered, carried to the kernel it starts."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field

import httpx


@dataclass(frozen=True)
class BoardViewer:
    """Name and own Hub token of whoever looks; the token never shows in a message."""

    username: str
    token: str = field(repr=False)


CURRENT: ContextVar[BoardViewer | None] = ContextVar("viewer", default=None)
"""Set for the one request that renders a page; a kernel started outside of it is refused."""


async def roles_of(api_url: str, socket: str, token: str) -> frozenset[str]:
    """Ask the classroom as the viewer; nobody's roles come from the request itself."""
    transport = httpx.AsyncHTTPTransport(uds=socket)
    async with httpx.AsyncClient(transport=transport, timeout=10) as client:
        answer = await client.get(f"{api_url}/me", headers={"Authorization": f"Bearer {token}"})
    if answer.status_code != 200:
        return frozenset()
    return frozenset(answer.json()["roles"])
