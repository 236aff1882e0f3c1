"""Launcher: from settings to the running platform, and back to nothing on Ctrl-C."""

from __future__ import annotations

import os
import secrets
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import click

from zhixing.course import Course
from zhixing.coursefiles.released import released_courses
from zhixing.errors import ZhixingError
from zhixing.hub import preflight
from zhixing.hub.demonstration import fill_with_demo
from zhixing.hub.ownership import hand_over
from zhixing.hub.platform import Platform
from zhixing.hub.workfolders import refresh_courses
from zhixing.kernels.bubblewrap import require_isolation
from zhixing.records.store import migrate
from zhixing.settings import Settings, environ_from_settings, settings_from_environ

ROOT = Path(__file__).resolve().parents[2]


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Public port; 8000 if not given.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder for everything written.")
@click.option("--demo", is_flag=True, help="Fill a new data folder with synthetic people.")
def main(port: int | None, data: Path | None, demo: bool) -> None:  # noqa: FBT001 - a flag
    """Start the platform and stay until Ctrl-C."""
    # Behind a reverse proxy or a pipe the lines must come out as they are written.
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    try:
        settings = settings_from_options(os.environ, port, data, is_demo=demo)
        run(settings, is_demo=demo)
    except ZhixingError as error:
        raise click.ClickException(f"不能启动。{error}") from error


def settings_from_options(
    environ: Mapping[str, str], port: int | None, data: Path | None, *, is_demo: bool = False
) -> Settings:
    """Settings of the environment, with what the command line says above them.

    A demonstration shows drafts too unless told otherwise: nobody can approve for a party
    school and a department that are made up.
    """
    said: dict[str, str] = {"ZHIXING_DATA": "data", "ZHIXING_COURSES": str(ROOT / "courses")}
    said["ZHIXING_REQUIRE_PUBLISHED"] = "false" if is_demo else "true"
    said |= {name: value for name, value in environ.items() if name.startswith("ZHIXING_")}
    if port is not None:
        said["ZHIXING_PORT"] = str(port)
    if data is not None:
        said["ZHIXING_DATA"] = str(data)
    said["ZHIXING_DATA"] = str(Path(said["ZHIXING_DATA"]).absolute())
    said["ZHIXING_COURSES"] = str(Path(said["ZHIXING_COURSES"]).absolute())
    return settings_from_environ(said)


def run(settings: Settings, *, is_demo: bool) -> None:
    """Check, prepare, start, wait, stop."""
    started = time.monotonic()
    step("检查端口、目录和沙箱")
    preflight.require_free_port(settings)
    preflight.make_folders(settings)
    preflight.require_readable_courses(settings)
    preflight.require_alone(settings)
    require_isolation()
    pid_file = preflight.write_pid(settings)
    try:
        prepare(settings, is_demo=is_demo)
        with Platform(settings, hub_environ(settings)) as platform:
            step("启动登录、课堂、看板")
            platform.wait_until_ready(step)
            step(f"用时 {time.monotonic() - started:.1f} 秒；按 Ctrl-C 停止")
            click.echo(f"Zhixing is ready at {settings.public_url}")
            platform.wait()
    finally:
        pid_file.unlink(missing_ok=True)


def prepare(settings: Settings, *, is_demo: bool) -> None:
    """Bring database and course folders up to this program."""
    step("准备记录数据库")
    migrate(settings.records_url)
    step("读取课程")
    courses = released_courses(settings.courses, require_published=settings.require_published)
    tell_withheld(courses, require_published=settings.require_published)
    refresh_courses(settings, courses, step)
    if is_demo:
        fill_with_demo(settings, courses, step)
    hand_over(settings)


def tell_withheld(courses: tuple[Course, ...], *, require_published: bool) -> None:
    """Say which lessons learners do not get and how they would."""
    if not require_published:
        step("不要求审核发布：草稿也对学员开放（ZHIXING_REQUIRE_PUBLISHED=false，或演示）")
    for course in courses:
        if course.withheld:
            names = "、".join(course.withheld)
            step(f"《{course.title}》{names} 没有发布，不对学员开放；见 zhixing course status")


def hub_environ(settings: Settings) -> dict[str, str]:
    """Environment of the Hub: settings, ports and the secrets of this data folder."""
    ports = preflight.free_ports()
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "HOME") if name in os.environ}
    return {
        **kept,
        **environ_from_settings(settings),
        "ZHIXING_PORTS": ",".join(str(port) for port in vars(ports).values()),
        "CONFIGPROXY_AUTH_TOKEN": secrets.token_hex(32),
        "JUPYTERHUB_CRYPT_KEY": _kept_secret(settings.data / "hub" / "crypt_key"),
    }


def _kept_secret(path: Path) -> str:
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32))
    return path.read_text()


def step(text: str) -> None:
    """Tell on standard error what is being done."""
    click.echo(f"· {text}", err=True)


if __name__ == "__main__":
    main()
