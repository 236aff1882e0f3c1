"""Shape: what JSON Schema finds wrong in a file, as findings an author understands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from zhixing.coursefiles.finding import Finding, shown
from zhixing.coursefiles.jsonschemas import Draft202012Validator, ValidationError
from zhixing.coursefiles.toml import TomlFile, Where

_TYPES = {
    "string": "文字",
    "number": "数字",
    "integer": "整数",
    "boolean": "true 或 false",
    "array": "列表",
    "object": "表",
}

_EXPECTED: Mapping[str, Callable[[Any], str]] = {
    "type": lambda want: _TYPES.get(want, str(want)),
    "enum": lambda want: "、".join(map(str, want)) + " 之一",
    "const": str,
    "minLength": lambda want: f"至少 {want} 个字",
    "minItems": lambda want: f"至少 {want} 项",
    "maxItems": lambda want: f"至多 {want} 项",
    "minProperties": lambda want: f"至少 {want} 项",
    "minimum": lambda want: f"不小于 {want}",
    "maximum": lambda want: f"不大于 {want}",
    "exclusiveMinimum": lambda want: f"大于 {want}",
    "pattern": lambda want: f"符合 {want}",
    "uniqueItems": lambda _want: "各项互不相同",
}


def shape_findings(toml: TomlFile, schema: Mapping[str, Any]) -> list[Finding]:
    """Every place where the file does not have the schema's shape, in the file's order."""
    errors = Draft202012Validator(dict(schema)).iter_errors(toml.data)
    findings = [finding for error in errors for finding in _findings(toml, error)]
    return sorted(findings, key=lambda finding: (finding.line or 0, finding.field))


def _findings(toml: TomlFile, error: ValidationError) -> Iterator[Finding]:
    if error.validator == "if":
        return
    if error.validator == "anyOf" and error.context:
        yield _variant_finding(toml, error)
    elif error.validator in ("required", "additionalProperties"):
        yield from _name_findings(toml, error)
    else:
        expected = _EXPECTED.get(str(error.validator), str)(error.validator_value)
        yield _finding(toml, tuple(error.absolute_path), shown(error.instance), expected)


def _name_findings(toml: TomlFile, error: ValidationError) -> Iterator[Finding]:
    """One finding for each field that is missing or not known."""
    where = tuple(error.absolute_path)
    if error.validator == "required":
        for name in error.validator_value:
            if name not in error.instance:
                yield _finding(toml, (*where, name), "缺少", "写明该字段")
        return
    known = sorted(error.schema["properties"])
    for name in error.instance:
        if name not in known:
            yield _finding(toml, (*where, name), "不认识的字段", f"只用 {'、'.join(known)}")


def _variant_finding(toml: TomlFile, error: ValidationError) -> Finding:
    """Where one of several forms would do, name the forms."""
    forms = [
        " + ".join(form["required"]) if "required" in form else _TYPES.get(form.get("type"), "")
        for form in error.validator_value
    ]
    return _finding(
        toml,
        tuple(error.absolute_path),
        shown(error.instance),
        "以下写法之一：" + " | ".join(form for form in forms if form),
    )


def _finding(toml: TomlFile, where: Where, found: str, expected: str) -> Finding:
    return Finding(
        toml.name,
        toml.line(where) or 1,
        field_name(toml.data, where),
        found,
        expected,
        "请改正后再运行 zhixing check。",
    )


def field_name(data: Any, where: Where) -> str:
    """Path of a field as people say it: ids in place of numbers, e.g. ``L1-2 options[b].text``."""
    head = ""
    if len(where) > 1 and isinstance(where[1], int):  # an item of [[question]] or [[lesson]]
        data = _inside(_inside(data, where[0]), where[1])
        head, where = _label(where[1], data), where[2:]
    parts = []
    for step in where:
        data = _inside(data, step)
        parts.append(f".{step}" if isinstance(step, str) else f"[{_label(step, data)}]")
    return " ".join(filter(None, (head, "".join(parts).lstrip(".")))) or "文件"


def _inside(data: Any, step: str | int) -> Any:
    try:
        return data[step]
    except (KeyError, IndexError, TypeError):
        return None


def _label(place: int, item: Any) -> str:
    """Id of an item, or its place counted from 1."""
    label = item.get("id") if isinstance(item, dict) else None
    return label if isinstance(label, str) else f"第 {place + 1} 项"
