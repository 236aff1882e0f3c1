"""Starting and stopping: what is said, and that nothing is left behind."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from tests.running_platform import free_port, launch, running_platform, stop
from tests.two_lessons import COURSE, copy_two_lessons


def said(process: subprocess.Popen[str]) -> str:
    output, _ = process.communicate(timeout=120)
    return output


def test_a_port_in_use_is_named_with_the_next_step(tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        process = launch(tmp_path / "data", port)
        text = said(process)
    assert process.returncode == 1
    assert f"端口 {port} 不能用" in text
    assert "--port" in text
    assert "Traceback" not in text


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    file = tmp_path / "不是文件夹"
    file.touch()
    process = launch(file, free_port())
    text = said(process)
    assert process.returncode == 1
    assert "不能写" in text
    assert "Traceback" not in text


def test_a_database_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    import sqlite3

    from zhixing.records.store import migrate

    path = tmp_path / "records" / "records.db"
    path.parent.mkdir()
    migrate(f"sqlite:///{path}")
    with sqlite3.connect(path) as conn:
        conn.execute("UPDATE alembic_version SET version_num = 'r9999'")
    conn.close()
    process = launch(tmp_path, free_port())
    text = said(process)
    assert process.returncode == 1
    assert "新版" in text


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts services as other users")
def test_course_files_that_only_root_can_read_are_named(tmp_path: Path) -> None:
    (copy_two_lessons(tmp_path / "courses" / COURSE) / "course.toml").chmod(0o600)
    process = launch(tmp_path, free_port(), ZHIXING_COURSES=str(tmp_path / "courses"))
    text = said(process)
    assert process.returncode == 1
    assert "course.toml 只有 root 能读" in text
    assert "chmod -R o+rX" in text
    assert "Traceback" not in text


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_leaves_no_process_and_no_port(tmp_path: Path, number: int) -> None:
    # Enterable for the other users that boxes run as, like a real data folder.
    tmp_path.chmod(0o755)
    with running_platform(tmp_path / "data") as started:
        below = started.descendants()
        assert len(below) >= 4
        port = int(started.url.rsplit(":", 1)[1])
        assert stop(started.process, number) == 0
        deadline = time.monotonic() + 10
        while any(alive(process) for process in below) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert [process for process in below if alive(process)] == []
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port)) != 0
        assert not (started.data / "run" / "platform.pid").exists()


def alive(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def test_secrets_of_the_hub_are_for_its_user_alone(tmp_path: Path) -> None:
    from zhixing.hub.launcher import hub_environ
    from zhixing.hub.preflight import make_folders
    from zhixing.settings import Settings

    settings = Settings(data=tmp_path / "data", courses=tmp_path)
    make_folders(settings)
    hub_environ(settings)
    for path in (settings.data / "hub", settings.data / "hub" / "crypt_key"):
        assert path.stat().st_mode & 0o077 == 0, path
    assert os.environ.get("CONFIGPROXY_AUTH_TOKEN") is None
