"""Plain outputs: what learner code printed, rebuilt from known plain parts.

Code in a kernel may send any message: script, widgets, a stream whose name is markup. Whoever
opens the graded notebook later, in formgrader, as feedback or in JupyterLab, gets only text,
pictures and inert tables.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor

from grading.inert import inert_html

LONGEST_TEXT = 20_000
"""Characters of one output; more is no answer a trainer could read."""

LARGEST_PICTURE = 2 * 1024 * 1024
NOT_SHOWN = "（这种输出不在这里显示）"


class PlainOutputs(NbGraderPreprocessor):
    """Rebuild every output of a notebook from plain parts."""

    def preprocess_cell(self, cell: Any, resources: Any, cell_index: int) -> tuple[Any, Any]:
        """Rebuild the outputs of one cell."""
        if cell.cell_type == "code":
            cell.outputs = [plain_output(output) for output in cell.outputs]
        return cell, resources


def plain_output(output: Mapping[str, Any]) -> Any:
    """Return an output of the same meaning that holds nothing but plain parts."""
    kind = output.get("output_type")
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return new_output("stream", name=name, text=_text(output.get("text")))
    if kind == "error":
        lines = output.get("traceback")
        return new_output(
            "error",
            ename=_text(output.get("ename")),
            evalue=_text(output.get("evalue")),
            traceback=[_text(line) for line in lines] if isinstance(lines, list) else [],
        )
    data = _plain_data(output.get("data"))
    if kind == "execute_result":
        return new_output("execute_result", data=data, execution_count=None)
    return new_output("display_data", data=data)


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
