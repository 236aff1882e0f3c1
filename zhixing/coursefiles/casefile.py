"""Case files: ``cases/CASE.toml``, a table of states and one of choices, to a question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from zhixing.case import AXES
from zhixing.coursefiles.casegraph import graph_faults, key_from_rows
from zhixing.coursefiles.finding import Finding, shown
from zhixing.coursefiles.questionfile import QuestionFile
from zhixing.coursefiles.schema import CASE_FILE
from zhixing.coursefiles.shape import shape_findings
from zhixing.coursefiles.toml import TomlFile, read_toml
from zhixing.question import Question

_SHARE = 1 / len(AXES)


def read_case(path: Path, name: str) -> QuestionFile:
    """Read one case as a file that holds one question."""
    toml = read_toml(path, name)
    if isinstance(toml, Finding):
        return QuestionFile(name, (), {}, {}, (toml,))
    faults = shape_findings(toml, CASE_FILE) or list(_findings(toml))
    if faults:
        return QuestionFile(name, (), {}, {}, tuple(faults))
    question = _question(toml.data)
    return QuestionFile(name, (question,), {question.id: toml.line(("id",)) or 1}, {}, ())


def _findings(toml: TomlFile) -> Iterator[Finding]:
    name, data = toml.name, toml.data
    if Path(name).stem != data["id"]:
        expected = f"与文件名相同（{Path(name).stem}）"
        yield Finding(name, toml.line(("id",)), "id", shown(data["id"]), expected, "请改成一致。")
    for where, field, found, expected in graph_faults(data["state"], data["choice"]):
        advice = "请改正后再运行 zhixing check。"
        yield Finding(name, toml.line(where) or 1, field, found, expected, advice)


def _question(data: Mapping[str, Any]) -> Question:
    kept = (
        *("id", "prompt", "points", "explanation", "source"),
        *("assumption", "difficulty", "document"),
    )
    return Question(
        kind="case",
        key=key_from_rows(data["state"], data["choice"], data["ending"]),
        weights=dict.fromkeys(AXES, _SHARE),
        **{name: data[name] for name in kept if name in data},
    )
