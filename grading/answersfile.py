"""Answers file: what the records say a learner answered, as it lies beside the notebook."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from grading.submittedfile import SubmittedFileError, plain_bytes
from zhixing.errors import ZhixingError
from zhixing.rules import MODES, Counting

NAME = "answers.json"
LARGEST_BYTES = 4 * 1024 * 1024


_NOT_OURS = (
    *(ValueError, TypeError, LookupError, AttributeError),
    *(ArithmeticError, RecursionError),
)
"""What a file of another form makes JSON and numbers raise."""


class AnswersFileError(ZhixingError):
    """An answers file that the platform did not write like this."""


@dataclass(frozen=True)
class RecordedAnswer:
    """All a learner answered to one question.

    Parameters
    ----------
    version
        Version of the question that was answered last.
    values
        Every value given to that version, first to last.
    score
        Score that counts in the records, 0 to 1; None where a trainer grades.
    earlier
        Scores of the tries before, which were given to another version: with them it is known the
        how-manieth try each value was.
    counting
        How the tries add up for this learner, which may be by earlier rules of the lesson; None,
        as in files of an older program, by the present ones.
    """

    version: str
    values: tuple[Any, ...]
    score: float | None
    earlier: tuple[float | None, ...] = ()
    counting: Counting | None = None


def dump_answers(answers: Mapping[str, RecordedAnswer]) -> bytes:
    """Write the file."""
    content = {name: asdict(answer) for name, answer in sorted(answers.items())}
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def load_answers(folder: Path) -> dict[str, RecordedAnswer]:
    """Read the file of a submission; no file means nothing was answered.

    Raises
    ------
    AnswersFileError
        If it is no plain file, too large, or not of the form that :func:`dump_answers` writes.
    """
    try:
        content = plain_bytes(folder / NAME, LARGEST_BYTES)
    except FileNotFoundError:
        return {}
    except SubmittedFileError as error:
        raise AnswersFileError(str(error)) from error
    return answers_from_bytes(content)


def answers_from_bytes(content: bytes) -> dict[str, RecordedAnswer]:
    """Read what :func:`dump_answers` wrote.

    Raises
    ------
    AnswersFileError
        If it is of another form.
    """
    try:
        return {name: _answer(fields) for name, fields in json.loads(content).items()}
    except _NOT_OURS as error:
        raise AnswersFileError(f"{NAME} 不是平台写的作答文件（{error}）。请重新收卷。") from error


def _answer(fields: Mapping[str, Any]) -> RecordedAnswer:
    values: Sequence[Any] = fields["values"]
    score, earlier = fields["score"], tuple(fields.get("earlier", ()))
    for one in (score, *earlier):
        if one is not None and not 0 <= float(one) <= 1:
            raise ValueError(f"score {one} is not between 0 and 1")
    return RecordedAnswer(
        str(fields["version"]), tuple(values), score, earlier, _counting(fields.get("counting"))
    )


def _counting(fields: Mapping[str, Any] | None) -> Counting | None:
    if fields is None:
        return None
    mode, falloff = fields["mode"], float(fields["falloff"])
    if mode not in MODES or not 0 <= falloff <= 1:
        raise ValueError(f"mode {mode!r}, falloff {falloff} are no way to count")
    return Counting(mode, falloff)
