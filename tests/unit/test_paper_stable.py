"""A learner's paper is the same in every process, be it after a restart of the classroom."""

import json
import os
import subprocess
import sys

import pytest

from tests.running_platform import ROOT

VERSIONS = """
import json
from pathlib import Path
from zhixing.coursefiles import load_course
from zhixing.paper import own_course

print(json.dumps({
    f"{name} {question.id}": question.version
    for folder in sorted(Path("courses").iterdir())
    for course in [load_course(folder)]
    for name in map("cadre{:03}".format, range(12))
    for lesson in own_course(course, name).lessons
    for question in lesson.questions
}))
"""


@pytest.fixture
def versions() -> list[dict[str, str]]:
    """Versions by learner and question, in processes that order their sets differently."""
    return [
        json.loads(
            subprocess.run(
                [sys.executable, "-c", VERSIONS],
                cwd=ROOT,
                env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
                capture_output=True,
                text=True,
                check=True,
            ).stdout
        )
        for seed in ("1", "2")
    ]


def test_no_version_depends_on_the_process(versions: list[dict[str, str]]) -> None:
    one, other = versions
    assert len(one) > 1000
    assert {name for name in one if one[name] != other[name]} == set()
