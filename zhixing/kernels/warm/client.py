"""Client: waits for a kernel until it is ready, and no longer.

The stock client listens for 0.2 s more, until it hears nothing: it cannot know what an older kernel
still has to say. What a request causes ends with the status ``idle`` of that request, so whoever
has heard that need not wait for silence.
"""

from __future__ import annotations

import inspect
import math
import time
from functools import cache
from queue import Empty
from typing import Any

from jupyter_client.client import KernelClient
from jupyter_core.utils import ensure_async, run_sync

SECONDS_A_TRY = 1.0
SECONDS_OF_SILENCE = 0.2
"""As in the stock client; past them the question is asked again."""


class PromptClient(KernelClient):
    """Asks for the kernel's name until the answer and all that belongs to it has come."""

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:
        deadline = time.monotonic() + (math.inf if timeout is None else timeout)
        while True:
            request = self.kernel_info()
            reply = await self._reply(request)
            if reply is not None and await self._is_heard_out(request):
                self._handle_kernel_info_reply(reply)
                return
            if not await self._async_is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if time.monotonic() > deadline:
                raise RuntimeError(f"Kernel didn't respond in {timeout} seconds")

    async def _reply(self, request: str) -> dict[str, Any] | None:
        while True:
            try:
                message = await ensure_async(self.shell_channel.get_msg(timeout=SECONDS_A_TRY))
            except Empty:
                return None
            if message["parent_header"].get("msg_id") == request:
                return dict(message)

    async def _is_heard_out(self, request: str) -> bool:
        while True:
            try:
                message = await ensure_async(self.iopub_channel.get_msg(timeout=SECONDS_OF_SILENCE))
            except Empty:
                # Not connected yet, or too late for this request.
                return False
            is_ours = message["parent_header"].get("msg_id") == request
            if is_ours and message["content"].get("execution_state") == "idle":
                return True


@cache
def prompt_client(stock: type[KernelClient]) -> type[KernelClient]:
    """Return the same client, ready sooner; for a kind of client that never waits, itself."""
    wait = getattr(stock, "wait_for_ready", None)
    if wait is None:
        return stock
    own: Any = PromptClient._async_wait_for_ready
    wait_too = own if inspect.iscoroutinefunction(wait) else run_sync(own)
    return type(f"Prompt{stock.__name__}", (PromptClient, stock), {"wait_for_ready": wait_too})
