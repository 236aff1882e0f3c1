"""A warm kernel to talk to, and what it leaves behind."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psutil
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

NAME = "zhixing-warm"


class WarmKernel:
    """A kernel started by its kernelspec, with the little that tests ask of it."""

    def __init__(self, manager: KernelManager, client: BlockingKernelClient) -> None:
        self.manager, self.client = manager, client

    @property
    def pid(self) -> int:
        return int(self.manager.provisioner.pid)

    def run(self, code: str) -> str:
        """Text of everything the code puts out; an error's name and message too."""
        texts: list[str] = []

        def hear(message: dict[str, Any]) -> None:
            content = message["content"]
            if message["msg_type"] == "stream":
                texts.append(content["text"])
            elif message["msg_type"] == "error":
                texts.append(f"{content['ename']}: {content['evalue']}")
            elif "data" in content:
                texts.append(" ".join(content["data"]))

        self.client.execute_interactive(code, timeout=30, output_hook=hear)
        return "".join(texts).strip()


@contextmanager
def warm_kernel(env: dict[str, str] | None = None, **traits: Any) -> Iterator[WarmKernel]:
    """Start, and stop; ``traits`` are the provisioner's, as in a kernelspec."""
    manager = KernelManager(kernel_name=NAME)
    manager.kernel_spec.metadata["kernel_provisioner"]["config"] = traits
    manager.kernel_spec.env.update(env or {})
    try:
        manager.start_kernel()
    except BaseException:
        manager.cleanup_resources()
        raise
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=30)
        yield WarmKernel(manager, client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def wait_until(is_so: Callable[[], bool], seconds: float = 10) -> bool:
    """Whether it becomes so in time."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def is_gone(pid: int) -> bool:
    """Whether a process has ended, reaped or not."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def server_of(pid: int) -> psutil.Process:
    """The fork-server of a kernel."""
    parent = psutil.Process(pid).parent()
    assert parent is not None
    return parent
