"""Tables from a folder, for a kernel that grades: it has no classroom and records nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from widgets.store import RefusedError, View

_ALREADY = "批改时不再交答案。", "得分按交卷时的记录计算。"


class FolderStore:
    """Reads ``<folder>/<task>/<table>.json``; refuses everything else.

    Parameters
    ----------
    folder
        Where whoever grades has put the tables of the course's data tasks; no key is there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def question_view(self, question_id: str) -> View:
        """Refuse: the answers are the recorded ones."""
        raise RefusedError(*_ALREADY)

    def answer(
        self, question_id: str, version: str, value: Any, key: str, certainty: int | None = None
    ) -> View:
        """Refuse: the answers are the recorded ones."""
        raise RefusedError(*_ALREADY)

    def table(self, task: str, name: str) -> dict[str, Any]:
        """Read a data task's table."""
        path = self._folder / task / f"{name}.json"
        if not path.is_file():
            raise RefusedError(f"没有数据表 {task}/{name}。", "请核对名称。")
        table: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return table

    def table_file(self, task: str, name: str) -> bytes:
        """Refuse: nobody downloads while a machine grades."""
        raise RefusedError("批改时不能下载。", "请在课时页面下载。")

    def hand_in(self, lesson: str, name: str, notebook: bytes) -> dict[str, Any]:
        """Refuse: it was handed in."""
        raise RefusedError(*_ALREADY)
