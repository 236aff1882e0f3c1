"""Question: one item of a lesson, with its key, and the mark an answer earns."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default
from functools import cached_property
from typing import Any

KINDS = (
    *("single", "multiple", "truth", "blank", "match", "order", "data", "written"),
    *("case", "panel"),
)
"""Question types by their public name; ``zhixing.marking.MARKERS`` has one marker each."""

AXES = {
    "E": "执行力",
    "V": "先锋意识",
    "M": "群众工作方法",
    "S": "制度落实",
    "D": "底数与动员",
    "R": "应急与资源统筹",
}
"""Capability axes by letter (domain brief section 7)."""


@dataclass(frozen=True)
class Option:
    """One thing a learner may choose, match or place; ``reason`` is shown after marking."""

    id: str
    text: str
    reason: str = ""


@dataclass(frozen=True)
class Question:
    """One question with its key.

    Only :meth:`public` ever leaves the server before the lesson's rules release the rest.

    Parameters
    ----------
    id
        Unique within the course, e.g. ``L1-3``; also the nbgrader ``grade_id`` of its cell.
    kind
        One of :data:`KINDS`.
    points
        nbgrader points of the cell, at least 0.
    options
        For single, multiple and truth: what may be chosen. For match: the left side.
        For order: the things to place.
    targets
        For match: the right side.
    key
        What is right, by kind: single/truth ``{"option": id}``; multiple ``{"options": [id]}``;
        blank ``{"text": [accepted]}`` or ``{"number": x, "tolerance": t, "unit": u}``;
        match ``{"pairs": {left: right}}``; order ``{"order": [id]}``;
        data ``{"integer": n}``, ``{"rate": x, "tolerance": t}``, ``{"set": [text]}``,
        ``{"table": {"columns": [text], "rows": {label: [cell]}}}``, the first column the labels',
        ``{"shifts": ...}`` (:mod:`zhixing.kinds.shifts`) or ``{"keywords": ...}``
        (:mod:`zhixing.kinds.keywords`);
        written ``{"rubric": [{"criterion": text, "points": n, "levels": [text]}]}``, which is a
        form to fill in where the question has ``fields``;
        panel ``{"panel": {option id: how many of the panel chose it}}``;
        case ``{"start", "states": {id: text}, "choices": [...], "ending"}``, see
        :mod:`zhixing.case`.
    wrong
        Known wrong answers of blank and data questions and the step each one missed:
        ``[{"value": x, "step": text}]``. A step never states the number.
    weights
        Share of each capability axis (domain brief section 7: E V M S D R), sum 1.
    difficulty
        1 to 3.
    document
        Id of the cited document among those of the course, with its dates; empty if none.
    fields
        Of a written question that is a form: ``[{"label": text, "hint": text, "example": text,
        "lines": n, "optional": bool}]``; all but the label may be left out. The answer is
        ``{label: text}``, so that it can be read without the question.
    data
        Of a question whose key was worked out from drawn tables: what these are known by.
    keep_order
        Whether the options are a scale (how often, how many) that no lesson may shuffle.
    shown
        Ids of the options in the order in which one learner sees them, empty for the order they
        were written in. It is no part of the content, so that a shuffle makes no other version.
    """

    id: str
    kind: str
    prompt: str
    points: float
    key: Mapping[str, Any]
    options: tuple[Option, ...] = ()
    targets: tuple[Option, ...] = ()
    wrong: tuple[Mapping[str, Any], ...] = ()
    unit: str = ""
    hint: str = ""
    explanation: str = ""
    source: str = ""
    assumption: str = ""
    weights: Mapping[str, float] = default(default_factory=dict)
    difficulty: int = 1
    document: str = ""
    fields: tuple[Mapping[str, Any], ...] = ()
    data: str = ""
    keep_order: bool = False
    shown: tuple[str, ...] = ()

    @cached_property
    def version(self) -> str:
        """Content hash, 16 hexadecimal digits: any change makes another version."""
        text = json.dumps(self.content(), ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def content(self) -> dict[str, Any]:
        """Everything, key included, as plain data; what the records keep of a version."""
        content = {name: getattr(self, name) for name in self.__dataclass_fields__}
        del content["shown"]
        for later in ("keep_order", "fields", "data"):
            if not content[later]:
                del content[later]  # so that versions from before these stay the same
        if self.fields:
            content["fields"] = [dict(field) for field in self.fields]
        content["options"] = [vars(option) for option in self.options]
        content["targets"] = [vars(target) for target in self.targets]
        content["wrong"] = [dict(wrong) for wrong in self.wrong]
        content["key"] = dict(self.key)
        content["weights"] = dict(self.weights)
        return content

    def public(self) -> dict[str, Any]:
        """What a learner may see before marking: no key, no reason, no rubric.

        Things to place and right sides come in an order drawn from the version,
        so that the order they were written in tells nothing.
        """
        shuffle = self.kind in ("order", "match")
        answer_form = next((form for form in _ANSWER_FORMS if form in self.key), "")
        columns, labels = grid_of(self.key)
        return {
            "id": self.id,
            "version": self.version,
            "kind": self.kind,
            "prompt": self.prompt,
            "points": self.points,
            "options": _bare(self._options(), self.version if self.kind == "order" else ""),
            "targets": _bare(self.targets, self.version if shuffle else ""),
            "form": answer_form,
            "columns": columns,
            "row_labels": labels,
            "fields": [dict(field) for field in self.fields],
            "unit": self.unit,
            "hint": self.hint,
            "source": self.source,
            "assumption": self.assumption,
        }

    def _options(self) -> tuple[Option, ...]:
        if not self.shown:
            return self.options
        return tuple(sorted(self.options, key=lambda option: self.shown.index(option.id)))


_ANSWER_FORMS = ("text", "number", "integer", "rate", "set", "table", "shifts", "keywords")
_GRID_LABELS = {"table": "rows", "shifts": "needs", "keywords": "classes"}
"""Forms of answer that are filled in row by row, and the part of the key that names the rows."""


def grid_of(key: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Heads of the columns and labels of the rows to fill in; empty where there is no grid."""
    for form, labels in _GRID_LABELS.items():
        if form in key:
            return list(key[form]["columns"]), list(key[form][labels])
    return [], []


def _bare(options: tuple[Option, ...], seed: str) -> list[dict[str, str]]:
    bare = [{"id": option.id, "text": option.text} for option in options]
    if seed:
        bare.sort(key=lambda item: hashlib.sha256((seed + item["id"]).encode()).digest())
    return bare


def question_from_content(content: Mapping[str, Any]) -> Question:
    """Rebuild a question from what :meth:`Question.content` wrote."""
    fields = dict(content)
    fields["options"] = tuple(Option(**option) for option in fields.get("options", ()))
    fields["targets"] = tuple(Option(**target) for target in fields.get("targets", ()))
    for name in ("wrong", "fields"):
        fields[name] = tuple(fields.get(name, ()))
    return Question(**fields)


@dataclass(frozen=True)
class Mark:
    """What one answer earned.

    Parameters
    ----------
    score
        0 to 1, or None while a person has yet to grade it (``written``).
    reasons
        Why, for what the learner chose or wrote: ``[{"id": option id or "", "text": ...}]``.
        It tells nothing about what was not chosen; the rest is in :func:`reveal`.
    is_complete
        False for a step of a case that goes on: kept like any answer, but no try.
    """

    score: float | None
    reasons: tuple[Mapping[str, str], ...] = ()
    is_complete: bool = True

    @property
    def is_right(self) -> bool:
        """Whether nothing is left to gain."""
        return self.score == 1.0
