"""Log-in through an identity provider: it says who, the roster says whether and as what."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import psutil
import pytest

from tests.oidc_provider import OidcProvider, oidc_provider
from tests.running_platform import RunningPlatform, running_platform
from tests.two_lessons import two_lessons


@pytest.fixture(scope="module")
def provider() -> Iterator[OidcProvider]:
    with oidc_provider() as started:
        yield started


@pytest.fixture(scope="module")
def oidc_platform(
    provider: OidcProvider, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningPlatform]:
    data = tmp_path_factory.mktemp("oidc")
    # A short idle time as well: nobody else's personal servers are here to be stopped.
    environ = {
        **provider.environ(),
        "ZHIXING_IDLE_SECONDS": "6",
        "ZHIXING_COURSES": str(two_lessons()),
    }
    with running_platform(data, "--demo", **environ) as started:
        yield started


@contextmanager
def log_in_as(
    platform: RunningPlatform, provider: OidcProvider, name: str
) -> Iterator[httpx.Client]:
    provider.username = name
    with httpx.Client(base_url=platform.url, follow_redirects=True, timeout=60) as client:
        client.get("/hub/oauth_login?next=%2Fservices%2Fclassroom%2F")
        yield client


def test_a_person_of_the_roster_gets_in_with_the_roles_of_the_records(
    oidc_platform: RunningPlatform, provider: OidcProvider
) -> None:
    with log_in_as(oidc_platform, provider, "cadre030") as client:
        me = client.get("/services/classroom/api/me")
        assert me.status_code == 200, me.text
        assert me.json()["username"] == "cadre030"
        # The provider claims a higher role; nobody asked it.
        assert me.json()["roles"] == ["cadre"]
        assert client.get("/services/classroom/api/units").status_code == 403


def test_somebody_outside_the_roster_is_told_so_and_stays_out(
    oidc_platform: RunningPlatform, provider: OidcProvider
) -> None:
    with log_in_as(oidc_platform, provider, "stranger") as client:
        assert client.get("/services/classroom/api/me").status_code == 401
        answer = client.get("/hub/oauth_login")
        assert answer.status_code == 403
        assert "花名册里没有" in answer.text


def test_a_local_password_opens_nothing_once_the_provider_is_set(
    oidc_platform: RunningPlatform,
) -> None:
    with httpx.Client(base_url=oidc_platform.url, follow_redirects=True) as client:
        page = client.get("/hub/login")
        assert "password_input" not in page.text
        assert "统一身份认证" in page.text


def test_a_personal_server_that_nobody_uses_is_stopped(
    oidc_platform: RunningPlatform, provider: OidcProvider
) -> None:
    with log_in_as(oidc_platform, provider, "cadre031") as client:
        client.get("/hub/spawn/cadre031")
        wait_for(lambda: servers_of(oidc_platform) == ["cadre031"], 60)
        wait_for(lambda: servers_of(oidc_platform) == [], 60)


def servers_of(platform: RunningPlatform) -> list[str]:
    """Whose personal server runs, by the command lines of the platform's processes."""
    lines = [command_of(process) for process in platform.descendants()]
    served = [line for line in lines if "zhixing.hub.singleuser" in line]
    return sorted({part[6:] for line in served for part in line if part.startswith("/home/")})


def command_of(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:  # it ended while we looked
        return []


def wait_for(is_so: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.5)
