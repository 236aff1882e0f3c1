"""Refuse drafts: the first step of nbgrader's GenerateAssignment where publication is required."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from nbgrader.preprocessors import NbGraderPreprocessor

from grading.refusekeys import ReleaseError
from zhixing.coursefiles.released import is_published
from zhixing.settings import is_true

VARIABLE = "ZHIXING_REQUIRE_PUBLISHED"


class RefuseDrafts(NbGraderPreprocessor):
    """Fail where a trainer would release a lesson that is not the published version.

    The platform says by ``ZHIXING_REQUIRE_PUBLISHED`` whether that is required; outside of it,
    an author may look at any draft.
    """

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Look at the record of the course.

        Raises
        ------
        ReleaseError
            Naming the lesson and the way to publish it.
        """
        lesson, root = resources["nbgrader"]["assignment"], Path(self.config.CourseDirectory.root)
        is_ours = (root / "course.toml").is_file()
        is_required = is_true(VARIABLE, os.environ.get(VARIABLE, ""), default=False)
        if is_ours and is_required and not is_published(root, lesson):
            raise ReleaseError(
                f"{lesson} 的学员版没有生成：课程目录里的内容不是已发布的版本。"
                "请先送审、批准、发布（zhixing course），或恢复已发布的文件。"
            )
        return nb, resources
