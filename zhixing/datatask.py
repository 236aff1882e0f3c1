"""Data tasks: ``courses/COURSE/data/TASK.py`` makes the tables and knows the answers.

Such a file stays on the server and out of the wheel: it holds the keys.
It is plain Python of the standard library and :mod:`zhixing.redraw` (a solver may need scipy),
and defines

- ``TITLE`` and ``NOTE``, shown to the learner; ``NOTE`` says what the data are;
- ``generate(seed)``: the tables, ``{name: {"title": str, "columns": [str], "rows": [[cell]]}}``;
- ``solve(tables)``: the answers, ``{name: int | float | set of str | mapping}``, a mapping being
  what stands below ``table``, ``shifts`` or ``keywords`` in a question's key
  (:class:`zhixing.question.Question`): it is a roster where it has ``needs``, keywords where it
  has ``classes``, else a table;
- ``WRONG``: ``{method: (solver, step)}``; a wrong solver returns only the answers that its
  mistake changes, and the step says what to do differently, never the number.
"""

from __future__ import annotations

import hashlib
import importlib.util
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

from zhixing.course import DataTask
from zhixing.errors import CourseFileError

NAMES = ("TITLE", "NOTE", "WRONG", "generate", "solve")
NUMBER_TOLERANCE = 0.005
"""Domain brief 6.1: rates within 0.005 unless the question says otherwise."""


@dataclass(frozen=True)
class Solved:
    """A data task with its answers, right and wrong; never leaves the server.

    Parameters
    ----------
    wrongs
        Method to ``(its answers, step)``.
    """

    task: DataTask
    answers: Mapping[str, Any]
    wrongs: Mapping[str, tuple[Mapping[str, Any], str]]

    def key(self, name: str, tolerance: float | None = None) -> dict[str, Any]:
        """Key of the question that asks for this answer."""
        value = self.answers[name]
        if isinstance(value, int):
            return {"integer": value}
        if isinstance(value, float):
            return {
                "rate": value,
                "tolerance": NUMBER_TOLERANCE if tolerance is None else tolerance,
            }
        if isinstance(value, Mapping):
            return _grid_key(value, tolerance)
        return {"set": sorted(value)}

    def wrong(self, name: str) -> list[dict[str, Any]]:
        """Known wrong answers to it, each with the step it missed."""
        return [
            {"value": _plain(answers[name]), "step": step}
            for answers, step in self.wrongs.values()
            if name in answers
        ]


def _grid_key(value: Mapping[str, Any], tolerance: float | None) -> dict[str, Any]:
    for part, form in (("needs", "shifts"), ("classes", "keywords")):
        if part in value:
            return {form: dict(value)}
    return {"table": dict(value), "tolerance": tolerance or 0}


def solved_task(path: Path, seed: int) -> Solved:
    """Load a task file and work it out.

    Raises
    ------
    CourseFileError
        If the file is missing, does not run, or lacks one of :data:`NAMES`.
    """
    text = path.read_bytes() if path.is_file() else b""
    return _solved(path, seed, hashlib.sha256(text).digest())


@lru_cache(maxsize=1024)
def _solved(path: Path, seed: int, _content: bytes) -> Solved:
    """Work a task out once for as long as nobody changes it: several services ask again."""
    module = _module(path)
    with _named_faults(path):
        tables = module.generate(seed)
        return Solved(
            DataTask(path.stem, module.TITLE, module.NOTE, tables, seed),
            module.solve(tables),
            {name: (solver(tables), step) for name, (solver, step) in module.WRONG.items()},
        )


class _Loader(SourceFileLoader):
    """Reads a task and leaves no compiled copy of it, which would hold its keys, beside it."""

    def set_data(self, *_written: object, **_mode: object) -> None:
        """Write nothing."""


def _module(path: Path) -> ModuleType:
    name = f"zhixing_task_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path, loader=_Loader(name, str(path)))
    if not path.is_file() or spec is None or spec.loader is None:
        problem = "找不到该文件；请补上，或从 course.toml 的 tasks 中去掉。"
        raise CourseFileError(_name(path), "文件", problem)
    module = importlib.util.module_from_spec(spec)
    with _named_faults(path):
        spec.loader.exec_module(module)
    missing = [wanted for wanted in NAMES if not hasattr(module, wanted)]
    if missing:
        problem = "没有定义；数据任务要有 " + "、".join(NAMES) + "。"
        raise CourseFileError(_name(path), "、".join(missing), problem, line=1)
    return module


@contextmanager
def _named_faults(path: Path) -> Iterator[None]:
    """Name file and line of whatever an author's Python does wrong."""
    try:
        yield
    except SyntaxError as error:
        problem = f"{error.msg}；请改正。"
        raise CourseFileError(_name(path), "Python 语法", problem, error.lineno) from error
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        lines = [frame.lineno for frame in frames if frame.filename == str(path)]
        problem = f"运行出错：{type(error).__name__}: {error}；请改正。"
        raise CourseFileError(
            _name(path), "Python", problem, lines[-1] if lines else None
        ) from error


def _name(path: Path) -> str:
    return f"{path.parent.parent.name}/{path.parent.name}/{path.name}"


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value["rows"])
    return sorted(value) if isinstance(value, set | frozenset) else value
