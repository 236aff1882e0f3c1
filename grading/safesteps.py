"""Safe steps: the preprocessors of nbgrader's autograde, with every ``Execute`` in a box of ours.

A course's configuration may list its own steps. Whatever in them would run learner code with the
rights of whoever grades is exchanged; a list in which nothing of ours runs it is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from nbconvert.preprocessors import ExecutePreprocessor
from nbgrader.converters.autograde import Autograde
from nbgrader.preprocessors import AssignLatePenalties
from traitlets.config import Config
from traitlets.config.loader import LazyConfigValue
from traitlets.utils.importstring import import_item

from grading.plainoutputs import PlainOutputs
from grading.preprocessors import ScoreQuestions
from grading.yardexecute import YardExecute
from zhixing.errors import ZhixingError

LISTS = ("sanitize_preprocessors", "autograde_preprocessors")
OURS = (YardExecute, ScoreQuestions)
"""Steps that run learner code in a box."""


class UnsafeStepsError(ZhixingError):
    """Steps of a course in which nothing runs learner code in a box."""


def use_safe_steps(config: Config) -> None:
    """Exchange the steps of autograde in a configuration.

    Raises
    ------
    UnsafeStepsError
        If none of them runs learner code in a box.
    """
    for name in LISTS:
        config.Autograde[name] = [_safe(step) for step in _configured(config, name)]
    steps = config.Autograde.autograde_preprocessors
    if not any(_is_kind(step, OURS) for step in steps):
        raise UnsafeStepsError(
            "课程的 nbgrader_config.py 里，Autograde.autograde_preprocessors 没有 Execute，"
            "学员的代码不会在沙箱里运行，没有批改。请在列表里加上 nbgrader.preprocessors.Execute，"
            "或去掉这一项设置。"
        )
    if not any(_is_kind(step, PlainOutputs) for step in steps):
        # Last but for nbgrader's check of its own metadata: points are taken from outputs before.
        steps.insert(max(1, len(steps) - 1), PlainOutputs)


def assigns_penalties(config: Config) -> bool:
    """Whether late work is penalised at all."""
    steps = _configured(config, "autograde_preprocessors")
    return any(_is_kind(_imported(step), AssignLatePenalties) for step in steps)


def _configured(config: Config, name: str) -> Sequence[Any]:
    [usual] = getattr(Autograde, name).default_args
    found = config.Autograde.get(name)
    if isinstance(found, LazyConfigValue):  # appended to, not set
        found = found.get_value(list(usual))
    return list(found or usual)


def _safe(step: Any) -> Any:
    found = _imported(step)
    runs_code = _is_kind(found, ExecutePreprocessor) or isinstance(found, ExecutePreprocessor)
    return YardExecute if runs_code and not _is_kind(found, OURS) else found


def _imported(step: Any) -> Any:
    return import_item(step) if isinstance(step, str) else step


def _is_kind(step: Any, kinds: Any) -> bool:
    return isinstance(step, type) and issubclass(step, kinds)


def steps_of(config: Config) -> Iterator[Any]:
    """Every step that will run, for whoever wants to see."""
    for name in LISTS:
        yield from config.Autograde[name]
