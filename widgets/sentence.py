"""What came of an answer, as one short line for the code track."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def sentence_from_state(question: Mapping[str, Any], state: Mapping[str, Any]) -> str:
    """Say result, reasons and tries left; never more than the state itself tells."""
    reasons = [reason["text"] for reason in state["reasons"]]
    explanation = (state["reveal"] or {}).get("explanation")
    parts = [_verdict(question, state), *reasons, explanation, _tries(question, state)]
    return f"{question['id']}：" + "".join(_closed(part) for part in parts if part)


def _verdict(question: Mapping[str, Any], state: Mapping[str, Any]) -> str:
    score = state["score"]
    if score is None:
        return "已收到您的作答，结果稍后公布"
    words = "答对了" if score >= 1 else "还差一点" if score > 0 else "不对，再想想"
    earned = state["credit"] * question["points"]
    return f"{words}，得 {earned:.4g} 分（本题 {question['points']:g} 分）"


def _tries(question: Mapping[str, Any], state: Mapping[str, Any]) -> str:
    left = state["tries"] - state["attempts"]
    if state["status"] != "open" or question["kind"] == "written":
        return ""
    return str(state["counting"]) if left > 0 else ""


def _closed(part: str) -> str:
    return part if part.endswith(("。", "!", "?")) else f"{part}。"
