"""What a learner's own JupyterLab can reach, as the spawner really runs it."""

import json
from collections.abc import Iterator

import httpx
import pytest

from tests.personal_server import headers, run_code, start_server
from tests.running_platform import RunningPlatform

PROBE = """
import json, os, pathlib, socket
def tried(path):
    try:
        path = pathlib.Path(path)
        names = sorted(p.name for p in path.iterdir())[:5] if path.is_dir() else None
        return len(path.read_bytes()) if names is None else names
    except OSError as error:
        return type(error).__name__
def written(path):
    try:
        pathlib.Path(path).write_text("x")
        return "written"
    except OSError as error:
        return type(error).__name__
print(json.dumps({
    "uid": os.getuid(),
    "others": tried(DATA + "/homes"),
    "records": tried(DATA + "/records/records.db"),
    "hub": tried(DATA + "/hub"),
    "courses": tried(DATA + "/courses/shujiketang/questions/L1.toml"),
    "sources": tried(ROOT + "/courses/shujiketang/questions/L1.toml"),
    "proxy_token": "CONFIGPROXY_AUTH_TOKEN" in os.environ,
    "crypt_key": "JUPYTERHUB_CRYPT_KEY" in os.environ,
    "processes": len([p for p in os.listdir("/proc") if p.isdigit()]),
    "home": tried(pathlib.Path.home()),
    "system": written("/usr/zhixing"),
    "package": written(__import__("zhixing").__file__),
}))
"""


@pytest.fixture(scope="module")
def servers(platform: RunningPlatform) -> Iterator[dict[str, httpx.Client]]:
    """Logged-in clients of two cadres whose JupyterLab servers run."""
    with platform.client("cadre011") as zhang, platform.client("cadre012") as li:
        clients = {"cadre011": zhang, "cadre012": li}
        for username, client in clients.items():
            start_server(client, username)
        yield clients


def test_a_learners_kernel_reaches_nothing_but_its_own_folder(
    platform: RunningPlatform, servers: dict[str, httpx.Client]
) -> None:
    from tests.running_platform import ROOT

    code = f"DATA = {str(platform.data)!r}\nROOT = {str(ROOT)!r}\n" + PROBE
    found = json.loads(run_code(servers["cadre011"], "cadre011", code))
    for place in ("others", "records", "hub", "courses", "sources"):
        assert found[place] in ("FileNotFoundError", "PermissionError"), (place, found[place])
    assert not found["proxy_token"]
    assert not found["crypt_key"]
    assert found["uid"] != 0
    assert found["processes"] < 12
    assert found["system"] != "written"
    assert found["package"] != "written"
    assert "shujiketang" in found["home"]


def test_another_persons_server_is_closed(servers: dict[str, httpx.Client]) -> None:
    answer = servers["cadre012"].get("/user/cadre011/api/contents")
    assert answer.status_code in (403, 404)


def test_released_lessons_lie_in_the_folder_without_any_key(
    platform: RunningPlatform, servers: dict[str, httpx.Client]
) -> None:
    client = servers["cadre011"]
    answer = client.get(
        "/user/cadre011/api/contents/shujiketang/L3/L3.ipynb", headers=headers(client, "cadre011")
    )
    assert answer.status_code == 200
    assert "BEGIN SOLUTION" not in answer.text
    assert "核实并单独联系" in answer.text or "L3-8" in answer.text
