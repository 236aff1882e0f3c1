"""Rules of a lesson as an author writes them, and what of them contradicts itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from zhixing.coursefiles.finding import Finding, shown
from zhixing.coursefiles.toml import TomlFile
from zhixing.rules import LessonRules

ZONE = ZoneInfo("Asia/Shanghai")
"""Times in course files are Beijing time: authors and learners live by it."""

FORM = "%Y-%m-%d %H:%M"
_TIMES = ("opens", "closes")


def rules_from_entry(entry: Mapping[str, Any]) -> LessonRules:
    """Make the rules of a ``[[lesson]]`` that has no finding."""
    fields = dict(entry.get("rules", {}))
    for name in _TIMES:
        if name in fields:
            fields[name] = _moment(fields[name])
    if fields.get("mode") == "test":
        fields.setdefault("feedback", "handin")
    return LessonRules(**fields)


def _moment(text: str) -> datetime:
    return datetime.strptime(text, FORM).replace(tzinfo=ZONE).astimezone(UTC)


def rule_findings(toml: TomlFile, place: int) -> Iterator[Finding]:
    """Rules of one lesson that cannot be, or that contradict one another."""
    entry = toml.data["lesson"][place]
    rules = entry.get("rules", {})
    for name, found, expected in _faults(rules):
        line = toml.line(("lesson", place, "rules", name)) or toml.line(("lesson", place)) or 1
        field = f"{entry['id']} rules.{name}"
        yield Finding(toml.name, line, field, found, expected, "请改正后再运行 zhixing check。")


def _faults(rules: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    times = {}
    for name in _TIMES:
        if name in rules:
            try:
                times[name] = _moment(rules[name])
            except ValueError:
                yield name, shown(rules[name]), "日历上有的北京时间，如 2026-12-01 18:00"
    if len(times) == len(_TIMES) and times["opens"] >= times["closes"]:
        yield "closes", shown(rules["closes"]), f"晚于 opens（{rules['opens']}）"
    if rules.get("mode") == "test":
        yield from _test_faults(rules)
    elif rules.get("resits"):
        yield "resits", str(rules["resits"]), '只用于 mode = "test" 的课时'


def _test_faults(rules: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    if rules.get("feedback") == "instant":
        yield "feedback", "instant", "测验用 handin 或 closing：交卷以前不告诉对错"
    for name in ("tries", "falloff"):
        if name in rules:
            yield name, str(rules[name]), "测验不写：交卷前可以反复修改，以最后一次为准"
