"""A job of a yard to talk to, without a grader."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from grading.engine.interpreter import Interpreter
from zhixing.yard.yard import Yard, wait_until_ready


@contextmanager
def yard_job(yard: Yard) -> Iterator[Interpreter]:
    """Start a job, and end it."""
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            number = yard.start(theirs)
        try:
            wait_until_ready(ours)
            yield Interpreter(ours)
        finally:
            yard.end(number)


def said(interpreter: Interpreter, source: str, seconds: float = 20) -> str:
    """Text of everything a cell puts out; an error's name and message too."""
    return "".join(map(_text, interpreter.run(source, seconds)["outputs"]))


def _text(output: dict[str, Any]) -> str:
    return output.get("text") or f"{output['ename']}: {output['evalue']}"
