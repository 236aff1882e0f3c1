"""What runs inside a person's box: lay out the lessons, then become the JupyterLab server."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

from zhixing.hub.spawner import LESSONS

LAB_SETTINGS = {
    "@jupyterlab/translation-extension:plugin": {"locale": "zh_CN"},
    # The news feed is an outside request, and so is the look for a newer version.
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
    },
}


def lay_out_lessons(source: Path, home: Path) -> None:
    """Copy released notebooks that are not there yet; a learner's own file is never touched."""
    for path in sorted(source.rglob("*.ipynb")):
        target = home / path.relative_to(source)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)


def write_lab_settings(home: Path) -> None:
    """JupyterLab in Chinese and silent towards the outside."""
    folder = home / ".jupyter" / "labconfig"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "default_setting_overrides.json").write_text(json.dumps(LAB_SETTINGS))


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
    ]
    # Ours in the place of nbgrader's: in Chinese, with learners' work shown inert.
    extensions = {"nbgrader.server_extensions.formgrader": False, "grading.formgrader": is_trainer}
    return [
        *arguments,
        *(f"--ServerApp.jpserver_extensions={name}={on}" for name, on in extensions.items()),
    ]


def main() -> None:
    """Become the single-user server."""
    home = Path.home()
    lay_out_lessons(Path(LESSONS), home)
    write_lab_settings(home)
    is_trainer = os.environ.get("ZHIXING_IS_TRAINER") == "1"
    if is_trainer:
        write_trainer_settings(home)
    program = str(Path(sys.executable).with_name("jupyterhub-singleuser"))
    line = [program, *server_arguments(is_trainer=is_trainer), *sys.argv[1:]]
    os.execv(program, line)  # noqa: S606 - no shell is the point


if __name__ == "__main__":
    main()
