"""The holes of stock Voila, tried one by one on the running boards."""

import json
import re
import time
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.personal_server import execute_request
from tests.running_platform import RunningPlatform

BOARDS = "/services/dashboards"
UNKNOWN = "00000000-0000-4000-8000-000000000000"


def open_board(client: httpx.Client, name: str) -> str:
    """Open a board and return the id of its kernel."""
    page = client.get(f"{BOARDS}/{name}")
    assert page.status_code == 200
    found = re.search(r'"kernelId":\s*"([0-9a-f-]{36})"', page.text)
    assert found, page.text[:300]
    return found[1]


def channels(client: httpx.Client, kernel: str) -> Any:
    address = f"{client.base_url}".replace("http", "ws", 1).rstrip("/")
    cookies = "; ".join(f"{c.name}={c.value}" for c in client.cookies.jar if BOARDS in c.path)
    place = f"{address}{BOARDS}/api/kernels/{kernel}/channels"
    return connect(place, additional_headers={"Cookie": cookies})


@pytest.mark.parametrize(
    "path",
    [
        "/voila/tree",
        "/voila/render/zonglan.ipynb",
        "/voila/api/contents",
        "/voila/files/zonglan.ipynb",
        "/api/kernels",
        "/api/contents",
        "/api/sessions",
        "/api/terminals",
        "/files/zonglan.ipynb",
        "/zonglan.ipynb",
        "/../classroom/",
        "/voila/static/..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
    ],
)
def test_no_other_door_of_voila_is_open(platform: RunningPlatform, path: str) -> None:
    with platform.client("street1") as client:
        answer = client.get(f"{BOARDS}{path}")
        assert answer.status_code in (403, 404) or answer.url.path == "/services/classroom/"
        assert "root:" not in answer.text


def test_a_kernel_is_its_owners_alone(platform: RunningPlatform) -> None:
    with platform.client("street1") as owner, platform.client("street2") as other:
        kernel = open_board(owner, "zonglan")
        other.get(f"{BOARDS}/")
        assert owner.get(f"{BOARDS}/api/kernels/{kernel}").status_code == 200
        assert other.get(f"{BOARDS}/api/kernels/{kernel}").status_code == 404
        assert other.delete(f"{BOARDS}/api/kernels/{kernel}").status_code in (403, 404)
        assert other.post(f"{BOARDS}/voila/api/shutdown/{kernel}").status_code in (403, 404)
        with pytest.raises(InvalidStatus), channels(other, kernel):
            pass
        assert owner.get(f"{BOARDS}/api/kernels/{kernel}").status_code == 200


def test_nobody_without_a_log_in_reaches_a_kernel(platform: RunningPlatform) -> None:
    answer = httpx.get(f"{platform.url}{BOARDS}/api/kernels/{UNKNOWN}")
    assert answer.status_code in (403, 404)


def test_a_viewers_code_is_never_run(platform: RunningPlatform) -> None:
    with platform.client("street1") as client:
        kernel = open_board(client, "zonglan")
        with channels(client, kernel) as socket:
            mark = f"/tmp/ran-{kernel}"
            code = f"open({mark!r}, 'w').write('x'); print('it ran')"
            for channel in ("shell", "control", "stdin", "iopub"):
                socket.send(json.dumps(execute_request(code) | {"channel": channel}))
            assert "it ran" not in heard(socket, seconds=4)


def test_a_traceback_with_source_never_reaches_the_browser(platform: RunningPlatform) -> None:
    with platform.client("street1") as client:
        kernel = open_board(client, "zonglan")
        with channels(client, kernel) as socket:
            hostile = execute_request("1/0")
            hostile["header"]["msg_type"] = "comm_msg"
            hostile["content"] = {"comm_id": "none", "data": {"method": "update", "state": {}}}
            socket.send(json.dumps(hostile))
            told = heard(socket, seconds=3)
        assert "Traceback" not in told
        assert "execute_input" not in told


def heard(socket: Any, seconds: float) -> str:
    text = ""
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        try:
            message = socket.recv(timeout=left)
        except TimeoutError:
            return text
        text += message if isinstance(message, str) else message.decode(errors="replace")
    return text


def test_headers_and_parameters_change_nobodys_view(platform: RunningPlatform) -> None:
    with platform.client("cadre026") as client:
        spoofed = {"X-Forwarded-User": "district", "X-JupyterHub-User": "district"}
        answer = client.get(f"{BOARDS}/zonglan?user=district&template=../..", headers=spoofed)
        assert answer.status_code == 403
        own = client.get(f"{BOARDS}/xuexi?template=reveal&theme=dark")
        assert own.status_code == 200


def test_a_board_is_for_its_roles_alone(platform: RunningPlatform) -> None:
    opened = {
        (who, board): open_as(platform, who, board)
        for who, board in [("district", "paiban"), ("trainer1", "paiban"), ("trainer1", "zonglan")]
    }
    assert set(opened.values()) == {403}


def open_as(platform: RunningPlatform, username: str, board: str) -> int:
    with platform.client(username) as client:
        return client.get(f"{BOARDS}/{board}").status_code


def test_a_boards_page_asks_no_outside_network(platform: RunningPlatform) -> None:
    with platform.client("street1") as client:
        page = client.get(f"{BOARDS}/zonglan").text
    loaded = re.findall(r'(?:src|href)="(https?://[^"]+)"', page)
    assert [address for address in loaded if not address.startswith(platform.url)] == []
