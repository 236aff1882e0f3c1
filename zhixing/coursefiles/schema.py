"""The shape of course files as JSON Schema: one truth for the loader, the check and editors."""

from __future__ import annotations

from typing import Any

from zhixing.case import AXES as CASE_AXES
from zhixing.publication import STEPS
from zhixing.question import AXES, KINDS
from zhixing.rules import FEEDBACK, MODES

Schema = dict[str, Any]

ID_PATTERN = r"^[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*$"
_TEXT: Schema = {"type": "string", "minLength": 1}
_LOOSE_TEXT: Schema = {"type": "string"}
_NUMBER: Schema = {"type": "number"}


def _table(required: list[str], **properties: Schema) -> Schema:
    return {
        "type": "object",
        "required": required,
        "properties": properties,
        "additionalProperties": False,
    }


def _list(items: Schema, least: int = 1) -> Schema:
    return {"type": "array", "items": items, "minItems": least}


_OPTION = _table(
    ["id", "text"],
    id={"type": "string", "pattern": r"^[A-Za-z0-9_-]+$"},
    text=_TEXT,
    reason=_LOOSE_TEXT,
)
_REASONED_OPTION: Schema = {**_OPTION, "required": ["id", "text", "reason"]}
_DOCUMENT_ID: Schema = {"type": "string", "pattern": r"^[a-z][a-z0-9-]*$"}
_DATE: Schema = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_MOMENT: Schema = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}$"}
_TOLERANCE: Schema = {"type": "number", "minimum": 0}
_WRONG = _table(
    ["value", "step"],
    value={"anyOf": [_NUMBER, _TEXT, _list(_TEXT), {"type": "object"}]},
    step=_TEXT,
)
_RUBRIC = _table(
    ["criterion", "points", "levels"],
    criterion=_TEXT,
    points={"type": "number", "exclusiveMinimum": 0},
    levels=_list(_TEXT, 2),
)

_ANSWER_TABLE = _table(
    ["columns", "rows"],
    columns=_list(_TEXT, 2),
    rows={
        "type": "object",
        "minProperties": 1,
        "additionalProperties": _list({"anyOf": [_NUMBER, _TEXT]}),
    },
    totals={"type": "object", "minProperties": 1, "additionalProperties": _NUMBER},
)

_FIELD = _table(
    ["label"],
    label=_TEXT,
    hint=_TEXT,
    example=_TEXT,
    lines={"type": "integer", "minimum": 1, "maximum": 20},
    optional={"type": "boolean"},
)

_KEYS: dict[str, Schema] = {
    "single": _table(["option"], option=_TEXT),
    "truth": _table(["option"], option={"enum": ["true", "false"]}),
    "multiple": _table(["options"], options={**_list(_TEXT), "uniqueItems": True}),
    "blank": {
        "anyOf": [
            _table(["text"], text=_list(_TEXT)),
            _table(["number"], number=_NUMBER, tolerance=_TOLERANCE, unit=_LOOSE_TEXT),
        ]
    },
    "match": _table(["pairs"], pairs={"type": "object", "additionalProperties": _TEXT}),
    "order": _table(["order"], order={**_list(_TEXT, 2), "uniqueItems": True}),
    "data": {
        "anyOf": [
            _table(["integer"], integer={"type": "integer"}),
            _table(["rate"], rate=_NUMBER, tolerance=_TOLERANCE),
            _table(["set"], set={**_list(_TEXT), "uniqueItems": True}),
            _table(["table"], table=_ANSWER_TABLE, tolerance=_TOLERANCE),
        ]
    },
    "panel": _table(
        ["panel"],
        panel={"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}},
    ),
    "written": _table(["rubric"], rubric=_list(_RUBRIC)),
}

_NEEDS: dict[str, list[str]] = {
    "single": ["options", "key"],
    "truth": ["options", "key"],
    "multiple": ["options", "key"],
    "blank": [],
    "match": ["options", "targets", "key"],
    "order": ["options", "key"],
    "data": [],
    "written": ["key"],
    "panel": ["options", "key"],
}


_KEY_FROM = {"data": ("solver", "key", "variants"), "blank": ("key", "variants")}
"""What the key of a kind may come from, where it is not always ``key``."""


def _of_kind(kind: str) -> Schema:
    variant: Schema = {"properties": {"key": _KEYS[kind]}}
    keys: Schema = {"key": _KEYS[kind], "variants": {"items": variant}}
    then: Schema = {"required": _NEEDS[kind], "properties": keys}
    if kind in _KEY_FROM:
        then["anyOf"] = [{"required": [name]} for name in _KEY_FROM[kind]]
    return {
        "if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
        "then": then,
    }


_VARIANT = _table(
    ["values", "key"],
    values={
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"pattern": r"^[a-z][a-z0-9_]*$"},
        "additionalProperties": {"anyOf": [_NUMBER, _TEXT]},
    },
    key={"type": "object"},
    wrong=_list(_WRONG, 0),
)

_ID: Schema = {"type": "string", "pattern": ID_PATTERN}
_SLOT: Schema = {
    **_table(
        ["ids", "points"],
        ids={**_list(_ID), "uniqueItems": True},
        points={"type": "number", "exclusiveMinimum": 0},
        pool={**_list(_ID), "uniqueItems": True},
        lessons=_list(_ID),
        kinds=_list({"enum": list(KINDS)}),
        axes=_list({"enum": list(AXES)}),
        difficulty=_list({"type": "integer", "minimum": 1, "maximum": 3}),
    ),
    "anyOf": [{"required": ["pool"]}, {"required": ["lessons"]}],
}

QUESTION: Schema = {
    **_table(
        ["id", "kind", "prompt", "points", "source", "explanation", "weights", "difficulty"],
        id={"type": "string", "pattern": ID_PATTERN},
        kind={"enum": list(_NEEDS)},
        prompt=_TEXT,
        points={"type": "number", "exclusiveMinimum": 0},
        options=_list(_REASONED_OPTION, 2),
        targets=_list(_OPTION, 2),
        key={"type": "object"},
        solver={"type": "string", "pattern": r"^[A-Za-z][A-Za-z0-9]*\.[a-z][a-z0-9_]*$"},
        tolerance=_TOLERANCE,
        wrong=_list(_WRONG, 0),
        unit=_LOOSE_TEXT,
        hint=_LOOSE_TEXT,
        explanation=_TEXT,
        source=_TEXT,
        assumption=_LOOSE_TEXT,
        weights={
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"enum": list(AXES)},
            "additionalProperties": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
        },
        difficulty={"type": "integer", "minimum": 1, "maximum": 3},
        document=_DOCUMENT_ID,
        fields=_list(_FIELD, 2),
        keep_order={"type": "boolean"},
        variants=_list(_VARIANT, 2),
    ),
    "allOf": [_of_kind(kind) for kind in _NEEDS],
}

QUESTION_FILE: Schema = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Zhixing question file (questions/LESSON.toml)",
    **_table([], question=_list(QUESTION), slot=_list(_SLOT)),
    "anyOf": [{"required": ["question"]}, {"required": ["slot"]}],
}

_STATE_ID: Schema = {"type": "string", "pattern": r"^[A-Za-z0-9]+$"}

CASE_FILE: Schema = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Zhixing case file (cases/CASE.toml)",
    **_table(
        ["id", "prompt", "points", "source", "explanation", "ending", "state", "choice"],
        id={"type": "string", "pattern": ID_PATTERN},
        prompt=_TEXT,
        points={"type": "number", "exclusiveMinimum": 0},
        source=_TEXT,
        explanation=_TEXT,
        ending=_TEXT,
        assumption=_LOOSE_TEXT,
        difficulty={"type": "integer", "minimum": 1, "maximum": 3},
        document=_DOCUMENT_ID,
        state=_list(_table(["id", "text"], id=_STATE_ID, text=_TEXT)),
        choice=_list(
            _table(
                ["state", "id", "text", "consequence", *CASE_AXES],
                state=_STATE_ID,
                id=_STATE_ID,
                next={"type": "string"},
                text=_TEXT,
                consequence=_TEXT,
                forbidden={"type": "boolean"},
                **{axis: {"type": "integer", "minimum": -9, "maximum": 9} for axis in CASE_AXES},
            ),
            2,
        ),
    ),
}

_RULES = _table(
    [],
    tries={"type": "integer", "minimum": 1},
    feedback={"enum": list(FEEDBACK)},
    falloff={"type": "number", "minimum": 0, "maximum": 1},
    certainty={"type": "boolean"},
    mode={"enum": list(MODES)},
    shuffle={"type": "boolean"},
    resits={"type": "integer", "minimum": 0},
    resit_days={"type": "integer", "minimum": 1},
    opens=_MOMENT,
    closes=_MOMENT,
)
_DOCUMENT = _table(
    ["id", "title"],
    id=_DOCUMENT_ID,
    title=_TEXT,
    effective=_DATE,
    replaced_on=_DATE,
    replaced_by=_TEXT,
    review_by=_DATE,
)
_LESSON = _table(
    ["id", "title", "aim", "minutes"],
    id={"type": "string", "pattern": r"^[A-Za-z][A-Za-z0-9]*$"},
    title=_TEXT,
    aim=_TEXT,
    minutes={"type": "integer", "minimum": 1},
    tasks=_list({"type": "string", "pattern": r"^[A-Za-z][A-Za-z0-9]*$"}, 0),
    cases=_list({"type": "string", "pattern": r"^[A-Za-z][A-Za-z0-9]*$"}, 0),
    rules=_RULES,
)

COURSE_FILE: Schema = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Zhixing course file (course.toml)",
    **_table(
        ["title", "summary", "hours", "lesson"],
        title=_TEXT,
        summary=_TEXT,
        hours={"type": "number", "minimum": 0},
        self_study={"type": "boolean"},
        task_seed={"type": "integer", "minimum": 0},
        task_draws={"type": "integer", "minimum": 1, "maximum": 50},
        characters={
            "type": "array",
            "items": {"type": "integer", "minimum": 0},
            "minItems": 2,
            "maxItems": 2,
        },
        figures_more_than=_list({"type": "string", "pattern": r"^\d+\D+$"}, 0),
        document=_list(_DOCUMENT, 0),
        lesson=_list(_LESSON),
    ),
}

_VERSION: Schema = {"type": "string", "pattern": r"^[0-9a-f]{16}$"}
_NAME: Schema = {"type": "string", "pattern": r"\S"}
_ENTRY: Schema = {
    **_table(
        ["lesson", "version", "step", "by", "at"],
        lesson=_NAME,
        version=_VERSION,
        step={"enum": list(STEPS)},
        by=_NAME,
        author=_NAME,
        note=_TEXT,
        at={},  # TOML has times, JSON Schema has not
    ),
    "if": {"properties": {"step": {"const": "review"}}, "required": ["step"]},
    "then": {"required": ["author"]},
}

PUBLICATION_FILE: Schema = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Zhixing publication record (publication.toml)",
    **_table([], entry=_list(_ENTRY, 0)),
}

SCHEMAS: dict[str, Schema] = {
    "question": QUESTION_FILE,
    "case": CASE_FILE,
    "course": COURSE_FILE,
    "publication": PUBLICATION_FILE,
}
"""By the kind of file, for editors: ``zhixing check --schema KIND``."""
