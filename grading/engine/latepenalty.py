"""Late penalty: as the course's nbgrader configuration says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from grading.engine.gradebook import Penalty


def course_config(course_dir: Path) -> Config:
    """Return what ``nbgrader_config.py`` of a course sets; empty without one."""
    if not (course_dir / "nbgrader_config.py").exists():
        return Config()
    loader = PyFileConfigLoader("nbgrader_config.py", path=str(course_dir))
    return loader.load_config()


def late_penalty(config: Config) -> Penalty:
    """Return nbgrader's penalty for late work; its plug-in only where one is named."""
    plugin = config.AssignLatePenalties.get("plugin_class")
    if plugin:
        return _plugin_penalty(config, plugin)
    if config.LateSubmissionPlugin.get("penalty_method", "none") == "zero":
        return lambda _username, score, _late: score
    return lambda _username, _score, _late: None


def _plugin_penalty(config: Config, plugin: Any) -> Penalty:
    from traitlets.utils.importstring import import_item

    kind = import_item(plugin) if isinstance(plugin, str) else plugin
    penalty: Penalty = kind(config=config).late_submission_penalty
    return penalty
