"""Logging in, being refused, and who may open what."""

import httpx

from tests.running_platform import PASSWORD, RunningPlatform, log_in


def attempt(platform: RunningPlatform, username: str, password: str) -> httpx.Response:
    with httpx.Client(base_url=platform.url, follow_redirects=True, timeout=30) as client:
        return log_in(client, username, password)


def test_a_wrong_password_is_refused_in_chinese(platform: RunningPlatform) -> None:
    answer = attempt(platform, "cadre021", "not-the-password")
    assert answer.status_code == 403
    assert "登录名或密码不正确" in answer.text
    assert "not-the-password" not in answer.text


def test_nobody_can_sign_up(platform: RunningPlatform) -> None:
    assert attempt(platform, "laoji", "any-password-2026").status_code == 403
    assert httpx.get(f"{platform.url}/hub/signup").status_code == 404


def test_five_wrong_passwords_lock_the_account(platform: RunningPlatform) -> None:
    for _ in range(5):
        attempt(platform, "cadre298", "wrong-wrong-wrong")
    answer = attempt(platform, "cadre298", PASSWORD)
    assert answer.status_code == 403
    assert "暂停登录" in answer.text


def test_no_token_stands_in_the_log(platform: RunningPlatform) -> None:
    with platform.client("cadre023") as client:
        secrets = {cookie.value for cookie in client.cookies.jar if len(cookie.value or "") > 40}
    log = platform.log()
    assert not [secret for secret in secrets if secret and secret in log]


def test_the_api_answers_401_as_json_without_a_log_in(platform: RunningPlatform) -> None:
    answer = httpx.get(f"{platform.url}/services/classroom/api/me")
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "signed_out"


def test_a_cookie_alone_writes_nothing(platform: RunningPlatform) -> None:
    with platform.client("cadre024") as client:
        del client.headers["X-Zhixing"]
        place = "/services/classroom/api/courses/shujiketang/lessons/L1/position"
        assert client.put(place, json={"section": 0}).status_code == 403


def test_a_street_sees_its_own_subtree_and_nothing_of_the_other(
    platform: RunningPlatform,
) -> None:
    with platform.client("district") as client:
        units = client.get("/services/classroom/api/units").json()
    with platform.client("street1") as client:
        own = {unit["code"] for unit in client.get("/services/classroom/api/units").json()}
        foreign = [unit["code"] for unit in units if unit["code"] not in own]
        assert own
        assert foreign
        for code in foreign:
            for part in ("people", "weeks"):
                answer = client.get(f"/services/classroom/api/units/{code}/{part}")
                assert answer.status_code == 404, code


def test_a_cadre_opens_no_departments_figures(platform: RunningPlatform) -> None:
    with platform.client("cadre025") as client:
        assert client.get("/services/classroom/api/units").status_code == 403
        assert client.get("/services/dashboards/zonglan").status_code == 403


def test_a_trainer_sees_no_hand_in_of_another_trainers_cohort(platform: RunningPlatform) -> None:
    place = "/services/classroom/api/courses/shujiketang/lessons/L1/submissions"
    with platform.client("trainer1") as client:
        first = {entry["id"] for entry in client.get(place).json()}
    with platform.client("trainer3") as client:
        third = {entry["id"] for entry in client.get(place).json()}
        assert first
        assert third
        assert not first & third
        foreign = sorted(first)[0]
        package = f"/services/classroom/api/submissions/{foreign}/package"
        assert client.get(package).status_code == 404
        body = {"score": 100, "max_score": 100, "comment": "", "cells": []}
        grades = f"/services/classroom/api/submissions/{foreign}/grades"
        assert client.post(grades, json=body).status_code == 404


def test_a_maintainer_sees_no_scores(platform: RunningPlatform) -> None:
    with platform.client("admin1") as client:
        assert client.get("/services/classroom/api/units").status_code == 403
        place = "/services/classroom/api/courses/shujiketang/lessons/L1/submissions"
        assert client.get(place).status_code == 403
