"""What runs inside a person's box: lay out the lessons, then become the JupyterLab server."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from grading.classroom import Classroom
from grading.ownfiles import files_from_zip
from zhixing.errors import ZhixingError

LAB_SETTINGS = {
    "@jupyterlab/translation-extension:plugin": {"locale": "zh_CN"},
    # The news feed is an outside request, and so is the look for a newer version.
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
    },
}


def lay_out_lessons(home: Path) -> None:
    """Fetch own lessons that have begun; a file that is there already is never touched.

    JupyterLab opens without them too: whoever wants one fetches it from the list of assignments.
    """
    try:
        courses = Classroom.from_environ("").courses()
        for course in courses:
            for lesson in course["lessons"]:
                _lay_out(home, course["id"], lesson)
    except ZhixingError as error:
        print(f"课时没有取来：{error}", file=sys.stderr)  # noqa: T201 - the log of this server


def _lay_out(home: Path, course: str, lesson: Mapping[str, Any]) -> None:
    if datetime.fromisoformat(lesson["opens"]) > datetime.now(UTC):
        return
    for name, content in files_from_zip(
        Classroom.from_environ(course).release(lesson["id"])
    ).items():
        target = home / course / lesson["id"] / name
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


def write_lab_settings(home: Path) -> None:
    """JupyterLab in Chinese and silent towards the outside."""
    folder = home / ".jupyter" / "labconfig"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "default_setting_overrides.json").write_text(json.dumps(LAB_SETTINGS))


def write_learner_settings(home: Path) -> None:
    """Let nbgrader's own commands and list of assignments go to the classroom."""
    (home / ".jupyter" / "nbgrader_config.py").write_text(
        "from grading.configuration import configure_learner\n\nconfigure_learner(get_config())\n"
    )


def write_trainer_settings(home: Path) -> None:
    """Point nbgrader at the course and let its page stand inside our own JupyterLab."""
    (home / ".jupyter" / "nbgrader_config.py").write_text(
        "from pathlib import Path\n\n"
        "from grading.configuration import configure\n\n"
        f"configure(get_config(), Path.home() / {os.environ['ZHIXING_COURSE']!r})\n"
    )
    # Since JupyterHub 4.1 a server's pages refuse every frame, also those of its own JupyterLab.
    (home / ".jupyter" / "jupyter_server_config.py").write_text(
        'c.ServerApp.tornado_settings = {"headers": '
        '{"Content-Security-Policy": "frame-ancestors \'self\'"}}\n'
    )


def server_arguments(*, is_trainer: bool) -> list[str]:
    """Arguments of ``jupyterhub-singleuser``."""
    arguments = [
        f"--ServerApp.root_dir={Path.home()}",
        "--LabApp.extension_manager=readonly",
        "--LabApp.news_url=None",
        # A kernel's messages are signed, not encrypted: keep them off the shared loopback.
        "--KernelManager.transport=ipc",
        f"--KernelManager.ip={Path.home()}/.jupyter/k",
        f"--WarmProvisioner.most_kernels={os.environ['ZHIXING_KERNELS']}",
    ]
    # Ours in the place of nbgrader's: in Chinese, with learners' work shown inert.
    extensions = {
        "nbgrader.server_extensions.formgrader": False,
        "grading.formgrader": is_trainer,
        # Whoever teaches has formgrader for this; its folder is the course, not own work.
        "nbgrader.server_extensions.assignment_list": not is_trainer,
        "nbgrader.server_extensions.course_list": False,
    }
    return [
        *arguments,
        *(f"--ServerApp.jpserver_extensions={name}={on}" for name, on in extensions.items()),
    ]


def main() -> None:
    """Become the single-user server."""
    home = Path.home()
    write_lab_settings(home)
    # Without a cohort there is no course to grade, and nothing to show in formgrader.
    is_trainer = bool(os.environ.get("ZHIXING_IS_TRAINER") and os.environ.get("ZHIXING_COURSE"))
    if is_trainer:
        write_trainer_settings(home)
    else:
        write_learner_settings(home)
        lay_out_lessons(home)
    program = str(Path(sys.executable).with_name("jupyterhub-singleuser"))
    line = [program, *server_arguments(is_trainer=is_trainer), *sys.argv[1:]]
    os.execv(program, line)  # noqa: S606 - no shell is the point


if __name__ == "__main__":
    main()
