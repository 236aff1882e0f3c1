"""Plain output: what learner code printed, rebuilt from known plain parts.

Code in a kernel may send any message: script, widgets, a stream whose name is markup. Whoever
opens the graded notebook later, in formgrader, as feedback or in JupyterLab, gets only text,
pictures and inert tables.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from grading.inert import inert_html

LONGEST_TEXT = 20_000
"""Characters of one output; more is no answer a trainer could read."""

LARGEST_PICTURE = 2 * 1024 * 1024
NOT_SHOWN = "（这种输出不在这里显示）"


def plain_output(output: Mapping[str, Any]) -> dict[str, Any]:
    """Return an output of the same meaning that holds nothing but plain parts."""
    kind = output.get("output_type")
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return {"output_type": "stream", "name": name, "text": _text(output.get("text"))}
    if kind == "error":
        lines = output.get("traceback")
        return {
            "output_type": "error",
            "ename": _text(output.get("ename")),
            "evalue": _text(output.get("evalue")),
            "traceback": [_text(line) for line in lines] if isinstance(lines, list) else [],
        }
    data = _plain_data(output.get("data"))
    if kind == "execute_result":
        return {"output_type": kind, "data": data, "metadata": {}, "execution_count": None}
    return {"output_type": "display_data", "data": data, "metadata": {}}


def _plain_data(data: Any) -> dict[str, str]:
    found = data if isinstance(data, Mapping) else {}
    plain: dict[str, str] = {}
    if "text/plain" in found:
        plain["text/plain"] = _text(found["text/plain"])
    if "text/html" in found:
        plain["text/html"] = inert_html(_text(found["text/html"]))
    for kind in ("image/png", "image/jpeg"):
        picture = _picture(found.get(kind))
        if picture:
            plain[kind] = picture
    return plain or {"text/plain": NOT_SHOWN}


def _text(value: Any) -> str:
    """Text of a field that nbformat allows to be a list of lines."""
    text = "".join(map(str, value)) if isinstance(value, list) else str(value or "")
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + "\n……（太长，已截断）"


def _picture(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= LARGEST_PICTURE:
        return ""
    try:
        return base64.b64encode(base64.b64decode(value.strip(), validate=True)).decode()
    except (binascii.Error, ValueError):
        return ""
