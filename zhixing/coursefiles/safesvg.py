"""Safe SVG: a drawing that draws, says what it shows, and does nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator

# What an entity could do is refused before anything is parsed.
from xml.etree import ElementTree as ET

Fault = tuple[int, str, str, str]
"""Line, what was found, what was expected, what to do."""

NAMESPACE = "{http://www.w3.org/2000/svg}"

_DECLARED = re.compile(r"<!DOCTYPE|<!ENTITY|<\?xml-stylesheet", re.IGNORECASE)
_REFUSED = frozenset(
    {
        *("script", "foreignobject", "style", "iframe", "embed", "object", "image"),
        *("audio", "video", "handler", "listener"),
    }
)
_LINKS = frozenset({"href", "src"})
_OUTSIDE = re.compile(r"javascript:|url\(\s*['\"]?(?!#)|@import", re.IGNORECASE)
_DRAW = "请改用图形元素和属性（fill、stroke 等）来画。"


def svg_faults(content: bytes) -> Iterator[Fault]:
    """Everything that keeps a drawing from being shown to learners."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        yield 1, "不是 UTF-8", "UTF-8 的 SVG", "请另存。"
        return
    if declared := _DECLARED.search(text):
        line = text.count("\n", 0, declared.start()) + 1
        yield line, f"有 {declared.group()}", "没有文档声明和样式表", "请删去这一行。"
        return
    try:
        root = ET.fromstring(text)  # noqa: S314 - it has no declarations
    except ET.ParseError as error:
        yield error.position[0], f"无法解析（{error.msg}）", "合法的 SVG", "请用绘图软件另存。"
        return
    yield from _drawing_faults(root, text)


def _drawing_faults(root: ET.Element, text: str) -> Iterator[Fault]:
    if root.tag != f"{NAMESPACE}svg":
        yield 1, f"根元素是 {_local(root.tag)}", "带命名空间的 svg", "请用绘图软件另存。"
        return
    title = root.find(f"{NAMESPACE}title")
    if title is None or not (title.text or "").strip():
        yield 1, "没有 title", "<title>图的名称</title>", "请写在 <svg> 后面第一行。"
    for element in root.iter():
        yield from _element_faults(element, text)


def _element_faults(element: ET.Element, text: str) -> Iterator[Fault]:
    name = _local(element.tag)
    if name.lower() in _REFUSED:
        yield _line(text, f"<{name}"), f"有 <{name}>", "只画图的元素", _DRAW
    for attribute, value in element.attrib.items():
        short = _local(attribute)
        if short.lower().startswith("on"):
            yield _line(text, short), f"有 {short}", "没有脚本", "请删去这个属性。"
        elif short == "style":
            yield _line(text, "style="), "有 style 属性", "图形属性", _DRAW
        elif _is_outside(short, value):
            found = f"{short} 指向 {value[:40]}"
            yield _line(text, value[:20]), found, "只引用图内的 #编号", "请删去或改成图内引用。"


def _is_outside(name: str, value: str) -> bool:
    is_link = name.lower() in _LINKS and not value.startswith("#")
    return is_link or bool(_OUTSIDE.search(value))


def svg_texts(content: bytes) -> Iterator[str]:
    """Words of a sound drawing, title and description included."""
    for element in ET.fromstring(content).iter():  # noqa: S314 - only called on sound ones
        if (element.text or "").strip():
            yield str(element.text)


def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2]


def _line(text: str, part: str) -> int:
    place = text.find(part)
    return text.count("\n", 0, place) + 1 if place >= 0 else 1
