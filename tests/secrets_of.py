"""What of a question no learner may see before the lesson's rules release it."""

import json

from grading.leaks import texts_in
from zhixing.kinds.case import scene
from zhixing.question import Question

SHORTEST_SECRET = 8
"""Characters; a shorter text of a key ("是", "小区") stands in any page by chance."""


def secrets(question: Question) -> set[str]:
    """Texts of a question that its public face does not show, nor the first scene of a case."""
    shown = set(texts_in(question.public()))
    if question.kind == "case":
        shown |= set(texts_in(scene(question, [], is_scored=True)))
    kept = set(texts_in(json.loads(json.dumps(question.content(), default=str))))
    return {text for text in kept - shown if len(text) >= SHORTEST_SECRET}
