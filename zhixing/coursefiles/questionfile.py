"""Question files: ``questions/LESSON.toml`` to questions, or everything wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zhixing.course import Form
from zhixing.coursefiles.finding import Finding, shown
from zhixing.coursefiles.keys import key_faults
from zhixing.coursefiles.schema import QUESTION_FILE
from zhixing.coursefiles.shape import field_name, shape_findings
from zhixing.coursefiles.toml import TomlFile, Where, read_toml
from zhixing.coursefiles.variants import variant_faults, variant_items
from zhixing.datatask import Solved
from zhixing.question import Option, Question


@dataclass(frozen=True)
class Slot:
    """Places of a test that one pool fills, as written; ``wish`` has ``ids`` and ``points``."""

    line: int
    wish: Mapping[str, Any]


@dataclass(frozen=True)
class QuestionFile:
    """What one file holds.

    Parameters
    ----------
    lines
        Line of each question, by id.
    solvers
        ``TASK.answer`` of each data question that has one, by id.
    forms
        By id, all variants of the questions that have some; the first stands in ``questions``.
    slots
        Places to be filled from a pool.
    drawn
        By id, each question that has a solver, once for every drawing of its task.
    """

    name: str
    questions: tuple[Question, ...]
    lines: Mapping[str, int]
    solvers: Mapping[str, str]
    findings: tuple[Finding, ...]
    forms: Mapping[str, tuple[Form, ...]] = field(default_factory=dict)
    slots: tuple[Slot, ...] = ()
    drawn: Mapping[str, tuple[Question, ...]] = field(default_factory=dict)


Tasks = Mapping[str, Sequence[Solved]]
"""Data tasks by id, each with its drawings."""


def read_questions(path: Path, name: str, tasks: Tasks) -> QuestionFile:
    """Read a file; keys of data questions come from the solvers of ``tasks``."""
    toml = read_toml(path, name)
    if isinstance(toml, Finding):
        return QuestionFile(name, (), {}, {}, (toml,))
    faults = shape_findings(toml, QUESTION_FILE)
    if faults:
        return QuestionFile(name, (), {}, {}, tuple(faults))
    items = toml.data.get("question", [])
    faults = [fault for place in range(len(items)) for fault in _item_findings(toml, place, tasks)]
    if faults:
        return QuestionFile(name, (), {}, {}, tuple(faults))
    # Of an id used twice the later line is kept: that is the one to change.
    lines = {item["id"]: toml.line(("question", n)) or 1 for n, item in enumerate(items)}
    solvers = {item["id"]: item["solver"] for item in items if "solver" in item}
    variants = [[_question(one, tasks) for one in variant_items(item)] for item in items]
    drawn = {item["id"]: _drawings(item, tasks) for item in items if "solver" in item}
    forms = {
        same[0].id: tuple(Form(one.id, one) for one in same) for same in variants if len(same) > 1
    }
    slots = tuple(
        Slot(toml.line(("slot", n)) or 1, wish) for n, wish in enumerate(toml.data.get("slot", []))
    )
    first = tuple(same[0] for same in variants)
    return QuestionFile(name, first, lines, solvers, (), forms, slots, drawn)


def _item_findings(toml: TomlFile, place: int, tasks: Tasks) -> Iterator[Finding]:
    item = toml.data["question"][place]
    own = variant_faults(item) if "variants" in item else key_faults(item)
    for inside, found, expected in (*own, *_solver_faults(item, tasks)):
        where: Where = ("question", place, *inside)
        yield Finding(
            toml.name,
            toml.line(where),
            field_name(toml.data, where),
            shown(found),
            expected,
            "请改正后再运行 zhixing check。",
        )


def _solver_faults(item: Mapping[str, Any], tasks: Tasks) -> Iterator[tuple[Where, str, str]]:
    if "solver" not in item:
        return
    task, _, name = item["solver"].partition(".")
    if "key" in item:
        yield ("key",), "同时写了 solver 和 key", "只写其中一个"
    if task not in tasks:
        yield ("solver",), task, f"本课时的数据任务之一（{'、'.join(tasks) or '无'}）"
    elif name not in tasks[task][0].answers:
        known = "、".join(tasks[task][0].answers)
        yield ("solver",), item["solver"], f"{task} 的结果之一（{known}）"


def _drawings(item: Mapping[str, Any], tasks: Tasks) -> tuple[Question, ...]:
    task = item["solver"].partition(".")[0]
    return tuple(_question(item, {task: [solved]}) for solved in tasks[task])


def _question(item: Mapping[str, Any], tasks: Tasks) -> Question:
    fields = dict(item)
    fields["options"] = tuple(Option(**option) for option in item.get("options", ()))
    fields["targets"] = tuple(Option(**target) for target in item.get("targets", ()))
    fields["wrong"] = tuple(item.get("wrong", ()))
    fields["fields"] = tuple(item.get("fields", ()))
    fields["weights"] = {axis: float(share) for axis, share in item["weights"].items()}
    tolerance = fields.pop("tolerance", None)
    if solver := fields.pop("solver", ""):
        task, _, name = solver.partition(".")
        fields["key"] = tasks[task][0].key(name, tolerance)
        fields["wrong"] = (*fields["wrong"], *tasks[task][0].wrong(name))
        fields["data"] = tasks[task][0].task.digest
    return Question(**fields)
