"""Ownership: which host user each part of the data folder belongs to when we are root."""

from __future__ import annotations

import os
from pathlib import Path

from zhixing.hub.hostusers import CLASSROOM_UID, DASHBOARDS_UID, TRAINER_UID
from zhixing.settings import Settings


def hand_over(settings: Settings) -> None:
    """Give each part to the user that works in it; nothing to do for an ordinary user."""
    if os.getuid() != 0:
        return
    give(settings.data / "records", CLASSROOM_UID)
    (settings.data / "records").chmod(0o700)
    give(settings.data / "courses", TRAINER_UID)
    run = settings.data / "run"
    # The dashboards may reach the classroom's socket in here, and nobody else may.
    os.chown(run, CLASSROOM_UID, DASHBOARDS_UID)
    run.chmod(0o710)


def give(folder: Path, uid: int) -> None:
    """Hand a whole folder to a user; links are handed over, never followed."""
    os.chown(folder, uid, uid)
    for parent, folders, files in os.walk(folder):
        for name in (*folders, *files):
            os.chown(Path(parent) / name, uid, uid, follow_symlinks=False)
