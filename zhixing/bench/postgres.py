"""Postgres: a real PostgreSQL server of one's own, for as long as a bench or a test needs it."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from zhixing.errors import ZhixingError

INSTALLED = Path("/usr/lib/postgresql")
"""Where Debian and Ubuntu put the server programs, one folder a version."""

SECONDS_TO_START = 30
SECONDS_TO_STOP = 20


class NoPostgresError(ZhixingError):
    """PostgreSQL's programs are missing, or the server does not start."""


@dataclass(frozen=True)
class PostgresServer:
    """A running server that listens on a unix socket in ``folder`` and nowhere else."""

    folder: Path
    process: subprocess.Popen[bytes]

    def make_database(self, name: str) -> str:
        """Make an empty database; returns its SQLAlchemy URL."""
        with psycopg.connect(self.conninfo("postgres"), autocommit=True) as conn:
            conn.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def drop_database(self, name: str) -> None:
        """Drop a database, whoever is still connected to it."""
        drop = psycopg.sql.SQL("DROP DATABASE {} WITH (FORCE)")
        with psycopg.connect(self.conninfo("postgres"), autocommit=True) as conn:
            conn.execute(drop.format(psycopg.sql.Identifier(name)))

    def conninfo(self, database: str) -> str:
        """Connection string of psycopg."""
        return f"host={self.folder} user=postgres dbname={database}"


@contextmanager
def postgres_server(*, is_durable: bool = True) -> Iterator[PostgresServer]:
    """Start a server in a fresh folder and stop it at the end.

    Parameters
    ----------
    is_durable
        Whether a commit waits for the disk; tests of other things need not wait.

    Raises
    ------
    NoPostgresError
        If the programs are not found or the server does not come up; it says which and why.
    """
    programs = find_programs()
    folder = Path(tempfile.mkdtemp(prefix="zhixing-pg-"))
    try:
        _hand_over(folder)
        _initialise(programs, folder)
        process = _start(programs, folder, is_durable=is_durable)
        try:
            server = PostgresServer(folder, process)
            _wait(server)
            yield server
        finally:
            _stop(process)
    finally:
        shutil.rmtree(folder)


def find_programs() -> Path:
    """Folder of ``initdb`` and ``postgres``: from PATH, else Debian's newest."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    if INSTALLED.is_dir():
        folders += sorted(INSTALLED.glob("*/bin"), key=_version, reverse=True)
    for folder in folders:
        if (folder / "initdb").is_file() and (folder / "postgres").is_file():
            return folder
    raise NoPostgresError(
        f"initdb and postgres are neither in PATH nor in {INSTALLED}/*/bin; "
        "install them with: apt-get install postgresql"
    )


def _version(folder: Path) -> float:
    name = folder.parent.name
    return float(name) if name.replace(".", "", 1).isdigit() else 0.0


def _hand_over(folder: Path) -> None:
    if os.geteuid() == 0:
        postgres = pwd.getpwnam("postgres")
        os.chown(folder, postgres.pw_uid, postgres.pw_gid)


def _run_as(command: Sequence[str | Path], folder: Path) -> subprocess.Popen[bytes]:
    # initdb refuses to run as root.
    account = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - programs that find_programs found, our options
            command,
            cwd=folder,
            stdout=log,
            stderr=subprocess.STDOUT,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
        )


def _initialise(programs: Path, folder: Path) -> None:
    options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"]
    command: list[str | Path] = [
        programs / "initdb",
        *options,
        "--locale=C.UTF-8",
        "-D",
        folder / "data",
    ]
    if _run_as(command, folder).wait() != 0:
        raise NoPostgresError(f"initdb failed:\n{_log(folder)}")


def _start(programs: Path, folder: Path, *, is_durable: bool) -> subprocess.Popen[bytes]:
    settings = [f"unix_socket_directories={folder}", "listen_addresses=", "max_connections=60"]
    settings += [] if is_durable else ["fsync=off", "synchronous_commit=off"]
    options = [part for setting in settings for part in ("-c", setting)]
    return _run_as([programs / "postgres", "-D", folder / "data", *options], folder)


def _wait(server: PostgresServer) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            psycopg.connect(server.conninfo("postgres")).close()
        except psycopg.OperationalError:
            if server.process.poll() is not None or time.monotonic() > deadline:
                raise NoPostgresError(f"postgres did not come up:\n{_log(server.folder)}") from None
            time.sleep(0.05)
        else:
            return


def _log(folder: Path) -> str:
    return (folder / "log").read_text(errors="replace")[-2000:]


def _stop(process: subprocess.Popen[bytes]) -> None:
    # SIGINT is PostgreSQL's fast shutdown: open transactions are rolled back.
    process.send_signal(signal.SIGINT)
    try:
        process.wait(SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGQUIT)
        process.wait()
