"""A generated questions-only lesson: a real one's, its question cells such as stock can run.

The peer's cell reads the recorded score and shows it as partial credit: the least that stock
nbgrader needs a kernel for. This engine never runs it.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from grading.answersfile import NAME, RecordedAnswer, dump_answers
from zhixing.coursefiles import load_course
from zhixing.demo.answers import right_value, wrong_value
from zhixing.marking import mark
from zhixing.question import Question

ASSIGNMENT = "L1"
COURSE = Path(__file__).resolve().parents[2] / "courses" / "shujiketang"
HANDED_IN = datetime(2026, 11, 20, 10, 30, 15, tzinfo=UTC)

CELL = """import json
from pathlib import Path

told = json.loads(Path("answers.json").read_text())
{points} * (told["{id}"]["score"] or 0.0)"""


def write_question_course(folder: Path) -> None:
    """Copy the real course with this one lesson, without its code track."""
    ignored = shutil.ignore_patterns("__pycache__", "D*.ipynb", "gradebook.db", "release")
    shutil.copytree(COURSE, folder, ignore=ignored, dirs_exist_ok=True)
    path = folder / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    notebook = json.loads(path.read_bytes())
    notebook["cells"] = [cell for cell in notebook["cells"] if _is_kept(cell)]
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            told = cell["metadata"]["nbgrader"]
            cell["source"] = CELL.format(points=told["points"], id=told["grade_id"])
    path.write_text(json.dumps(notebook, ensure_ascii=False))


def restore_sources(folder: Path) -> None:
    """Put the real sources back, which this engine reads the lesson's rules and keys with."""
    shutil.rmtree(folder / "source")
    shutil.copytree(COURSE / "source", folder / "source")


def _is_kept(cell: dict[str, object]) -> bool:
    metadata = cell["metadata"]
    is_graded = isinstance(metadata, dict) and bool(metadata.get("nbgrader"))
    return cell["cell_type"] != "code" or is_graded


def write_question_hand_ins(folder: Path, usernames: Sequence[str]) -> None:
    """Hand in answers, three of four right, drawn by seed."""
    lesson = load_course(COURSE).lesson(ASSIGNMENT)
    released = folder / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    for number, username in enumerate(usernames):
        rng = random.Random(number)  # noqa: S311 - no secret
        answers = {q.id: _answered(q, rng) for q in (lesson.questions if lesson else ())}
        place = folder / "submitted" / username / ASSIGNMENT
        place.mkdir(parents=True)
        notebook = json.loads(released.read_bytes())
        for cell in notebook["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("grade_id") == "L1-W1":
                cell["source"] = f"{username}：{answers['L1-W1'].values[0]}"
        (place / released.name).write_text(json.dumps(notebook, ensure_ascii=False))
        (place / NAME).write_bytes(dump_answers(answers))
        (place / "timestamp.txt").write_text(f"{HANDED_IN:%Y-%m-%d %H:%M:%S} UTC")


def _answered(question: Question, rng: random.Random) -> RecordedAnswer:
    give = right_value if question.kind == "written" or rng.random() < 0.75 else wrong_value
    value = give(question, rng)
    score = None if question.kind == "written" else mark(question, value).score
    return RecordedAnswer(question.version, (value,), score)
