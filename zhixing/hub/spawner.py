"""Spawner: a person's JupyterLab in a box that holds that person's folder and nobody else's."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from jupyterhub.spawner import LocalProcessSpawner
from traitlets import Instance, Unicode

from zhixing.hub.hostusers import FIRST_UID, TRAINER_UID
from zhixing.hub.ownership import give
from zhixing.kernels.box import Box, command_from_box, python_folders, system_folders
from zhixing.records.own import own_lessons
from zhixing.records.scope import viewer_by_username
from zhixing.records.store import open_store
from zhixing.records.teaching import taught_cohorts
from zhixing.settings import Settings


class BoxSpawner(LocalProcessSpawner):
    """Starts ``jupyterhub-singleuser`` inside bubblewrap, as root or as an ordinary user."""

    settings = Instance(Settings, help="Where the platform keeps its things.").tag(config=True)
    _courses: tuple[str, ...] = ()
    bwrap = Unicode(help="Path of the bubblewrap program.").tag(config=True)

    def make_preexec_fn(self, name: str) -> Any:
        """Give root up in the box, not here: the person need not exist on the host."""
        return None

    def user_env(self, env: dict[str, str]) -> dict[str, str]:
        """Environment of the server: what the Hub gives and what it needs to find our services."""
        env |= {
            "HOME": self._home,
            "USER": self.user.name,
            "SHELL": "/bin/bash",
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "JUPYTER_CONFIG_DIR": f"{self._home}/.jupyter",
            "IPYTHONDIR": f"{self._home}/.ipython",
            "ZHIXING_API_URL": f"{self.settings.public_url}/services/classroom/api",
            "ZHIXING_COURSE": next(iter(self._courses), ""),
            "ZHIXING_COURSES": ",".join(self._courses),
            "ZHIXING_IS_TRAINER": "1" if self._is_trainer else "",
            "ZHIXING_KERNELS": str(self.settings.kernels),
            "ZHIXING_REQUIRE_PUBLISHED": str(self.settings.require_published),
        }
        return env

    async def start(self) -> Any:
        """Make the person's folder, then start the server in its box."""
        self._courses = await asyncio.to_thread(
            courses_of, self.settings, self.user.name, is_trainer=self._is_trainer
        )
        home = self._made_home()
        python = sys.executable
        command = [python, "-m", "zhixing.hub.singleuser"]
        self.cmd = command_from_box(python, self._box(home), command)
        return await super().start()

    @property
    def _is_trainer(self) -> bool:
        return "trainer" in {group.name for group in self.user.groups}

    @property
    def _home(self) -> str:
        return f"/home/{self.user.name}"

    @property
    def _uid(self) -> int:
        return TRAINER_UID if self._is_trainer else FIRST_UID + int(self.user.id)

    def _box(self, home: Path) -> Box:
        courses = self.settings.data / "courses"
        writable = [(str(home), self._home)]
        if self._is_trainer:
            writable += [(str(courses / name), f"{self._home}/{name}") for name in self._courses]
        return Box(
            bwrap=self.bwrap,
            uid=self._uid,
            read_only=(*system_folders(), *python_folders()),
            writable=tuple(writable),
            folder=self._home,
            name=self.user.name,
            home=self._home,
        )

    def _made_home(self) -> Path:
        home: Path = self.settings.data / "homes" / self.user.name
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        if os.getuid() == 0 and home.stat().st_uid != self._uid:
            give(home, self._uid)
        return home


def courses_of(settings: Settings, username: str, *, is_trainer: bool) -> tuple[str, ...]:
    """Ids of the courses that a person teaches (a trainer) or takes, at this moment.

    Asked at every start of a server, so that a new course, cohort or trainer needs no restart of
    the Hub, and a right that ended opens no folder any more.
    """
    with closing(open_store(settings.records_url)) as store, store.read() as conn:
        viewer = viewer_by_username(conn, username)
        if viewer is None:
            return ()
        own = taught_cohorts(conn, viewer) if is_trainer else own_lessons(conn, viewer)
        names = {one.course_id for one in own}
    return tuple(sorted(name for name in names if (settings.data / "courses" / name).is_dir()))
