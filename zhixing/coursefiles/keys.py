"""Keys: whether what a question calls right can be answered and explained at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from zhixing.kinds.blank import LARGEST_NUMBER, LONGEST_TEXT, normal_text
from zhixing.kinds.panel import SMALLEST_PANEL

Item = Mapping[str, Any]
Fault = tuple[tuple[str | int, ...], str, str]
"""Path inside the question, what was found, what was expected."""

MOST_WEIGHT_ERROR = 1e-6


def key_faults(item: Item) -> Iterator[Fault]:
    """Everything that the shape alone cannot tell; ``item`` already has its shape."""
    if "fields" in item and item["kind"] != "written":
        yield ("fields",), f"kind 为 {item['kind']}", "只用于简答（written）"
    for name in ("options", "targets"):
        yield from _twice(item, name)
        yield from _same_text(item, name)
    yield from _reasons(item)
    yield from _weights(item)
    yield from _KINDS.get(item["kind"], _nothing)(item)


def ids(item: Item, name: str = "options") -> list[str]:
    """Ids of the options or targets, in order."""
    return [option["id"] for option in item.get(name, ())]


def _nothing(_item: Item) -> Iterator[Fault]:
    yield from ()


def _twice(item: Item, name: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for place, option in enumerate(ids(item, name)):
        if option in seen:
            yield (name, place, "id"), f"{option} 出现两次", "每个编号只用一次"
        seen.add(option)


def _same_text(item: Item, name: str) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for place, option in enumerate(item.get(name, ())):
        text = normal_text(option["text"])
        if text in seen:
            found = f"{option['id']} 与 {seen[text]} 的文字相同"
            yield (name, place, "text"), found, "各项文字互不相同"
        seen.setdefault(text, option["id"])


def _reasons(item: Item) -> Iterator[Fault]:
    for place, option in enumerate(item.get("options", ())):
        if not option["reason"].strip():
            yield ("options", place, "reason"), "空白", "说明为什么对或为什么不对"


def _weights(item: Item) -> Iterator[Fault]:
    total = sum(item["weights"].values())
    if abs(total - 1) > MOST_WEIGHT_ERROR:
        yield ("weights",), f"合计 {total:g}", "合计 1"


def _one_option(item: Item) -> Iterator[Fault]:
    option = item["key"]["option"]
    if option not in ids(item):
        yield ("key", "option"), option, f"所列选项之一（{'、'.join(ids(item))}）"


def _truth(item: Item) -> Iterator[Fault]:
    if sorted(ids(item)) != ["false", "true"]:
        yield ("options",), "、".join(ids(item)), "恰好两项：true 和 false"


def _several_options(item: Item) -> Iterator[Fault]:
    for option in item["key"]["options"]:
        if option not in ids(item):
            yield ("key", "options"), option, f"所列选项之一（{'、'.join(ids(item))}）"


def _match(item: Item) -> Iterator[Fault]:
    pairs, left, right = item["key"]["pairs"], ids(item), ids(item, "targets")
    for option in left:
        if option not in pairs:
            yield ("key", "pairs"), f"没有写 {option} 的对应项", "左侧每一项都有对应项"
    for option, target in pairs.items():
        if option not in left:
            yield ("key", "pairs"), option, f"左侧之一（{'、'.join(left)}）"
        if target not in right:
            yield ("key", "pairs"), target, f"右侧之一（{'、'.join(right)}）"


def _order(item: Item) -> Iterator[Fault]:
    order = item["key"]["order"]
    if sorted(order) != sorted(ids(item)):
        yield ("key", "order"), "、".join(order), f"每个选项恰好一次（{'、'.join(ids(item))}）"


def _blank(item: Item) -> Iterator[Fault]:
    if "number" not in item["key"]:
        yield from _texts(item)
        return
    right, margin = item["key"]["number"], item["key"].get("tolerance", 0)
    if abs(right) > LARGEST_NUMBER:
        yield ("key", "number"), f"{right:g}", f"不超过 {LARGEST_NUMBER:g} 的数"
    for place, wrong in enumerate(item.get("wrong", ())):
        value = wrong["value"]
        if isinstance(value, bool) or not isinstance(value, int | float):
            yield ("wrong", place, "value"), str(value), "数字"
        elif abs(value - right) <= 2 * margin:
            expected = f"与正确答案 {right:g} 相差超过两倍容差（{2 * margin:g}）"
            yield ("wrong", place, "value"), f"{value:g}", expected


def _texts(item: Item) -> Iterator[Fault]:
    for place, text in enumerate(item["key"]["text"]):
        if not normal_text(text):
            yield ("key", "text", place), text, "不只是标点和空格的文字"
        elif len(text) > LONGEST_TEXT:
            found = f"{len(text)} 个字"
            yield ("key", "text", place), found, f"不超过 {LONGEST_TEXT} 个字：更长的填不进去"


def _panel(item: Item) -> Iterator[Fault]:
    counts, offered = item["key"]["panel"], ids(item)
    if sorted(counts) != sorted(offered):
        expected = f"每个选项都写人数（{'、'.join(offered)}）"
        yield ("key", "panel"), "、".join(counts) or "无", expected
    elif sum(counts.values()) < SMALLEST_PANEL:
        yield ("key", "panel"), f"共 {sum(counts.values())} 人", f"至少 {SMALLEST_PANEL} 人"
    elif list(counts.values()).count(max(counts.values())) > 1:
        yield ("key", "panel"), "人数最多的选项不止一个", "只有一个选项人数最多"


def _data(item: Item) -> Iterator[Fault]:
    table = item.get("key", {}).get("table")
    for label, cells in table["rows"].items() if table else ():
        if len(cells) != len(table["columns"]) - 1:
            expected = f"{len(table['columns']) - 1} 格（第一列是行名）"
            yield ("key", "table"), f"“{label}”有 {len(cells)} 格", expected
    for column in table.get("totals", {}) if table else ():
        if column not in table["columns"][1:]:
            expected = f"有数的一列（{'、'.join(table['columns'][1:])}）"
            yield ("key", "table", "totals"), column, expected


def _written(item: Item) -> Iterator[Fault]:
    total = sum(row["points"] for row in item["key"]["rubric"])
    if abs(total - item["points"]) > MOST_WEIGHT_ERROR:
        yield (
            ("key", "rubric"),
            f"各项合计 {total:g} 分",
            f"与本题分值相同（{item['points']:g} 分）",
        )
    seen: set[str] = set()
    for place, field in enumerate(item.get("fields", ())):
        if field["label"] in seen:
            yield ("fields", place, "label"), f"{field['label']} 出现两次", "每一栏的名称只用一次"
        seen.add(field["label"])


_KINDS: Mapping[str, Callable[[Item], Iterator[Fault]]] = {
    "single": _one_option,
    "truth": _truth,
    "multiple": _several_options,
    "match": _match,
    "order": _order,
    "blank": _blank,
    "written": _written,
    "panel": _panel,
    "data": _data,
}
