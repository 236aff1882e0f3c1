"""A person's own JupyterLab server on the running platform, and code run in a kernel of it."""

import json
import time
import uuid
from typing import Any

import httpx
from websockets.sync.client import connect


def start_server(client: httpx.Client, username: str) -> None:
    client.get(f"/hub/spawn/{username}")
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        answer = client.get(f"/user/{username}/api")
        if answer.status_code == 200 and "version" in answer.text:
            client.get(f"/user/{username}/lab")
            return
        time.sleep(0.5)
    raise AssertionError(f"the server of {username} did not start")


def headers(client: httpx.Client, username: str) -> dict[str, str]:
    tokens = [c.value for c in client.cookies.jar if c.name == "_xsrf" and username in c.path]
    return {"X-XSRFToken": tokens[-1] or ""} if tokens else {}


def run_code(client: httpx.Client, username: str, code: str) -> str:
    """Run code in a fresh kernel of the person's own server and return what it printed."""
    base = f"/user/{username}"
    made = client.post(f"{base}/api/kernels", headers=headers(client, username), json={})
    assert made.status_code == 201, made.text
    kernel = made.json()["id"]
    address = f"{client.base_url}".replace("http", "ws", 1).rstrip("/")
    cookies = "; ".join(
        f"{c.name}={c.value}" for c in client.cookies.jar if base.startswith(c.path.rstrip("/"))
    )
    with connect(
        f"{address}{base}/api/kernels/{kernel}/channels", additional_headers={"Cookie": cookies}
    ) as socket:
        request = execute_request(code)
        socket.send(json.dumps(request))
        return collected(socket, request["header"]["msg_id"])


def execute_request(code: str) -> dict[str, Any]:
    header = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "version": "5.3"}
    header |= {"username": "", "session": uuid.uuid4().hex, "date": "2026-11-23T00:00:00Z"}
    content = {"code": code, "silent": False, "store_history": False, "allow_stdin": False}
    blank: dict[str, Any] = {"parent_header": {}, "metadata": {}, "buffers": []}
    return {"header": header, "content": content, "channel": "shell", **blank}


def collected(socket: Any, request: str) -> str:
    """What was printed, up to the kernel's word that the request is done with.

    The reply comes on another channel and may overtake what was printed.
    """
    text = ""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        message = json.loads(socket.recv(timeout=60))
        kind, content = message["header"]["msg_type"], message["content"]
        if message["parent_header"].get("msg_id") != request:
            continue
        if kind == "stream":
            text += content["text"]
        elif kind == "error":
            raise AssertionError(content)
        elif kind == "status" and content["execution_state"] == "idle":
            return text
    raise AssertionError(f"no reply; printed so far: {text}")
