"""关键词归类: words that sort texts into classes, tried on texts whose classes are known.

Key ``{"keywords": {"columns": [head, head], "classes": [text], "texts": [[text, class]],
"least": x, "solution": {class: [word]}}}``. The answer has one cell a class with its words. A text
goes to the class with the most of its words in it; of equals to the one that stands first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from zhixing.errors import InvalidAnswerError
from zhixing.kinds.grid import rows_of, words_of
from zhixing.question import Mark, Question

LONGEST_WORD = 6
"""Characters: a longer one is a whole sentence and sorts only the text that it was taken from."""


def mark(question: Question, value: Any) -> Mark:
    """Mark the words by how many texts they sort rightly.

    Score = min(1, accuracy / least): full from the accuracy that the task asks for (domain brief
    6.1, D5: 0.85).
    """
    task = question.key["keywords"]
    words = {
        name: _words(question, name, cell) for name, (cell,) in rows_of(question, value).items()
    }
    ordered = {name: words[name] for name in task["classes"]}
    sorted_into = [(right, class_of(text, ordered)) for text, right in task["texts"]]
    hits = sum(right == found for right, found in sorted_into)
    score = min(1.0, hits / len(sorted_into) / task["least"])
    told = _told(sorted_into) if score < 1 else []
    return Mark(score, tuple({"id": "", "text": sentence} for sentence in told))


def class_of(text: str, words: Mapping[str, Sequence[str]]) -> str:
    """Class whose words the text has most of; empty where it has none."""
    hits = {name: sum(word in text for word in found) for name, found in words.items()}
    best = max(hits, key=lambda name: hits[name])
    return best if hits[best] else ""


def _words(question: Question, name: str, cell: Any) -> list[str]:
    found = words_of(question, name, cell)
    if not found:
        raise InvalidAnswerError(f"{question.id}：“{name}”这一类还没有写关键词。")
    for word in found:
        if len(word) > LONGEST_WORD:
            raise InvalidAnswerError(
                f"{question.id}：“{word[:12]}”太长，关键词最多 {LONGEST_WORD} 个字。"
            )
    return found


def _told(sorted_into: Sequence[tuple[str, str]]) -> list[str]:
    """Which class to look at next; never how many."""
    missed = Counter(right for right, found in sorted_into if found != right)
    taken = Counter(found for right, found in sorted_into if found not in ("", right))
    told = [f"“{missed.most_common(1)[0][0]}”类漏掉的最多：再看看这一类诉求里常出现哪些词。"]
    if taken:
        told.append(f"“{taken.most_common(1)[0][0]}”类收进了别类的诉求：去掉太宽的词。")
    return told
