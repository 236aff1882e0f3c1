"""Refuse keys: the last step of nbgrader's GenerateAssignment, whoever starts it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbgrader.preprocessors import NbGraderPreprocessor

from grading.leaks import secrets_of_lesson, texts_in
from zhixing.errors import ZhixingError


class ReleaseError(ZhixingError):
    """A lesson that cannot be released; nothing was released."""


class RefuseKeys(NbGraderPreprocessor):
    """Fail where a key, a reason, a rubric or a solution is still in a learners' notebook."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Look through the whole notebook, metadata included.

        Raises
        ------
        ReleaseError
            Naming what was found; nbgrader then removes the draft of the release.
        """
        lesson, name = resources["nbgrader"]["assignment"], resources["nbgrader"]["notebook"]
        secrets = secrets_of_lesson(Path(self.config.CourseDirectory.root), lesson)
        leaks = secrets.leaks(list(texts_in(nb)))
        if leaks:
            raise ReleaseError(f"{name}.ipynb 的学员版没有生成：" + "；".join(leaks))
        return nb, resources
