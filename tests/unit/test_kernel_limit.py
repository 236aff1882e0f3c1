"""ZHIXING_KERNELS reaches everybody who starts warm kernels, and its message names it."""

import tempfile
from pathlib import Path

import pytest

from zhixing.hub.boards.app import configured
from zhixing.hub.singleuser import server_arguments
from zhixing.kernels.warm.provisioner import _full
from zhixing.settings import settings_from_environ

ENVIRON = {"ZHIXING_DATA": "d", "ZHIXING_COURSES": "c"}


def test_the_limit_is_read_and_has_a_default() -> None:
    assert settings_from_environ(ENVIRON).kernels == 40
    assert settings_from_environ({**ENVIRON, "ZHIXING_KERNELS": "7"}).kernels == 7
    assert "ZHIXING_KERNELS" in _full(7)


def test_the_dashboards_keep_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    c = configured(tmp_path, 0, "/", tmp_path, most_kernels=7).config
    assert (c.BoardKernels.most_kernels, c.WarmProvisioner.most_kernels) == (7, 7)


def test_a_persons_server_keeps_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIXING_KERNELS", "7")
    assert "--WarmProvisioner.most_kernels=7" in server_arguments(is_trainer=False)
