"""Hand-in: pack what the records hold into an nbgrader submission of the released lesson."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from grading.answersfile import RecordedAnswer
from grading.submission import build_submission
from zhixing.errors import ZhixingError


class NotReleasedError(ZhixingError):
    """A lesson without a release cannot be handed in."""


@dataclass(frozen=True)
class HandInPacker:
    """Packs hand-ins; ``courses`` holds the nbgrader course directories."""

    courses: Path

    def __call__(
        self,
        course_id: str,
        lesson_id: str,
        answers: Mapping[str, RecordedAnswer],
        workbooks: Mapping[str, bytes],
        submitted_at: datetime,
    ) -> bytes:
        """Zip of the nbgrader submission folder.

        Raises
        ------
        NotReleasedError
            If the lesson was never released.
        """
        folder = self.courses / course_id / "release" / lesson_id
        released = {path.name: path.read_bytes() for path in sorted(folder.glob("*.ipynb"))}
        if not released:
            raise NotReleasedError(f"课时 {lesson_id} 还没有发布，暂时不能交卷。请告诉教员。")
        return build_submission(released, answers, workbooks, submitted_at)
