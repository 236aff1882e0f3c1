"""Variants: one number question with several sets of numbers, each a question of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from zhixing.coursefiles.keys import Fault, Item, key_faults

KINDS = ("blank", "data")
_NAME = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_TEXTS = ("prompt", "hint", "explanation", "unit")
_NUMBERS = ("number", "integer", "rate")


def variant_items(item: Item) -> list[Item]:
    """Return the item once a variant, the numbers put in; the item itself where it has none."""
    if "variants" not in item:
        return [item]
    return [_with_values(item, variant) for variant in item["variants"]]


def _with_values(item: Item, variant: Mapping[str, Any]) -> Item:
    fields = {name: value for name, value in item.items() if name != "variants"}
    for name in _TEXTS:
        if name in fields:
            fields[name] = _NAME.sub(
                lambda match: str(variant["values"].get(match[1], match[0])), fields[name]
            )
    return {**fields, "key": variant["key"], "wrong": variant.get("wrong", item.get("wrong", []))}


def variant_faults(item: Item) -> Iterator[Fault]:
    """Everything wrong with the variants of an item; nothing where it has none."""
    if "variants" not in item:
        return
    if item["kind"] not in KINDS:
        yield ("variants",), f"kind 为 {item['kind']}", "只用于填空（blank）和数据答案（data）"
    for name in ("key", "solver"):
        if name in item:
            yield (name,), f"同时写了 variants 和 {name}", "答案写在各个 variants 里"
    asked = set(_NAME.findall("".join(str(item.get(name, "")) for name in _TEXTS)))
    seen: list[Any] = []
    for place, variant in enumerate(item["variants"]):
        yield from _one(item, place, variant, asked)
        if variant["values"] in seen:
            yield ("variants", place, "values"), "与前面一组相同", "各组数字互不相同"
        seen.append(variant["values"])


def _one(item: Item, place: int, variant: Mapping[str, Any], asked: set[str]) -> Iterator[Fault]:
    here = ("variants", place)
    given = set(variant["values"])
    for name in sorted(asked - given):
        yield (*here, "values"), f"没有 {name}", f"题干里的 {{{name}}} 有一个值"
    for name in sorted(given - asked):
        yield (*here, "values", name), name, "题干、提示或解析里用到的名字"
    if not any(name in variant["key"] for name in _NUMBERS):
        yield (*here, "key"), "、".join(variant["key"]), f"数字答案（{'、'.join(_NUMBERS)} 之一）"
        return
    own = {"key", "wrong"} & set(variant)
    for inside, found, expected in key_faults(_with_values(item, variant)):
        if inside[0] in own:
            yield (*here, *inside), found, expected
        elif place == 0:
            yield inside, found, expected
