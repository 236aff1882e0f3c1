"""Side files: what both interpreters of an examination find in their folder."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from typing import Any

from grading.engine.master import Master
from zhixing.course import DataTask

TABLES = ".zhixing-tables"


def side_files(master: Master, tasks: Sequence[DataTask], *, is_ours: bool) -> dict[str, Any]:
    """Files of the course and, in our lessons, the learner's own tables, which hold no key."""
    files = {**master.files, **dict(_tables(tasks))}
    environ = {"ZHIXING_TABLES": f"/tmp/{TABLES}"} if is_ours else {}  # noqa: S108 - the job's own
    return {"files": files, "environ": {**environ, "NBGRADER_EXECUTION": "autograde"}}


def _tables(tasks: Sequence[DataTask]) -> Iterator[tuple[str, str]]:
    for task in tasks:
        for name, content in task.tables.items():
            text = json.dumps({"note": task.note, **content}, ensure_ascii=False)
            yield f"{TABLES}/{task.id}/{name}.json", base64.b64encode(text.encode()).decode()
