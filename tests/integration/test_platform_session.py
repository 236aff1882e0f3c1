"""Sessions of the classroom with the real Hub: what begins one, what ends it, what survives."""

import time
from urllib.parse import parse_qs, urlparse

import httpx
import psutil

from tests.running_platform import RunningPlatform

HOME = "/services/classroom/"
ME = f"{HOME}api/me"
SECONDS_TO_END = 60
"""Access matrix, fault 12: a revoked token is denied within a minute."""


def test_logging_out_ends_even_a_kept_cookie_within_a_minute(platform: RunningPlatform) -> None:
    with platform.client("cadre150") as client:
        kept = {cookie.name: cookie.value or "" for cookie in client.cookies.jar}
        assert client.get(ME).json()["username"] == "cadre150"
        client.get(f"{HOME}logout")
        assert "zhixing-classroom" not in client.cookies
        session = {"zhixing-classroom": kept["zhixing-classroom"]}
        with httpx.Client(base_url=platform.url, cookies=session) as thief:
            begun = time.monotonic()
            while thief.get(ME).status_code != 401:
                assert time.monotonic() - begun < SECONDS_TO_END
                time.sleep(1)


def test_a_log_in_that_was_not_begun_here_is_refused_in_chinese(
    platform: RunningPlatform,
) -> None:
    with httpx.Client(base_url=platform.url) as client:
        begun = client.get(HOME)
        state = parse_qs(urlparse(begun.headers["location"]).query)["state"][0]
        forged = client.get(f"{HOME}oauth_callback?code=x&state=guessed")
        strange = client.get(f"{HOME}oauth_callback?code=x&state=状态%0A")
        with httpx.Client(base_url=platform.url) as other:
            stolen = other.get(f"{HOME}oauth_callback?code=x&state={state}")
        unknown = client.get(f"{HOME}oauth_callback?code=x&state={state}")
    for refused in (forged, strange, stolen, unknown):
        assert refused.status_code == 400
        assert "登录没有完成" in refused.text
        assert "zhixing-classroom" not in refused.cookies


def test_two_tabs_that_log_in_at_once_do_not_undo_each_other(platform: RunningPlatform) -> None:
    with platform.client("cadre151") as client:
        client.cookies.delete("zhixing-classroom")
        pages = [f"{HOME}record", f"{HOME}courses"]
        begun = [client.get(page, follow_redirects=False) for page in pages]
        arrived = [client.get(one.headers["location"]) for one in begun]
    assert [one.url.path for one in arrived] == pages
    assert [one.status_code for one in arrived] == [200, 200]


def test_a_made_up_or_foreign_token_is_nobody(platform: RunningPlatform) -> None:
    for token in ("guessed", "x" * 5000, "令牌", "a b"):
        headers = {"Authorization": f"Bearer {token}".encode()}
        with httpx.Client(base_url=platform.url, headers=headers) as client:
            assert client.get(ME).status_code == 401, token


def test_the_session_cookie_is_of_no_use_to_scripts_and_holds_no_token(
    platform: RunningPlatform,
) -> None:
    with platform.client("cadre152") as client:
        client.cookies.delete("zhixing-classroom")
        begun = client.get(HOME, follow_redirects=False)
        allowed = client.get(begun.headers["location"], follow_redirects=False)
        done = client.get(allowed.headers["location"], follow_redirects=False)
    [cookie] = [
        line
        for line in done.headers.get_list("set-cookie")
        if line.startswith("zhixing-classroom=")
    ]
    for rule in ("HttpOnly", "SameSite=lax", "Path=/services/classroom/"):
        assert rule in cookie


def test_killing_the_classroom_logs_nobody_out_and_loses_no_answer(
    platform: RunningPlatform,
) -> None:
    question = f"{HOME}api/courses/shujiketang/questions/L1-5"
    with platform.client(platform.newcomer()) as client:
        version = client.get(question).json()["question"]["version"]
        body = {"version": version, "value": "229", "key": "click-before-the-kill"}
        first = client.post(f"{question}/answers", json=body)
        assert first.status_code == 201
        for process in classroom_processes(platform):
            process.kill()
        again = retried(client, f"{question}/answers", body)
        assert again.status_code == 200
        assert again.json()["receipt"] == first.json()["receipt"]
        assert again.json()["state"]["attempts"] == 1


def classroom_processes(platform: RunningPlatform) -> list[psutil.Process]:
    found = [
        process
        for process in platform.descendants()
        if "zhixing.hub.classroom_service" in " ".join(process.cmdline())
    ]
    assert found
    return found


def retried(client: httpx.Client, address: str, body: dict[str, str]) -> httpx.Response:
    """Ask until the Hub has started the classroom again, as the page's outbox does."""
    begun = time.monotonic()
    while time.monotonic() - begun < SECONDS_TO_END:
        try:
            answer = client.post(address, json=body, follow_redirects=False)
        except httpx.TransportError:
            answer = None
        if answer is not None and answer.status_code < 500:
            return answer
        time.sleep(0.5)
    raise AssertionError("the classroom did not come back")
