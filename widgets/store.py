"""Store: where a kernel's questions and tables come from and where its answers go."""

from __future__ import annotations

from typing import Any, Protocol

from zhixing.errors import ZhixingError

View = dict[str, Any]
"""``{"question": Question.public(), "state": AnswerState}`` as the API has them."""


class Store(Protocol):
    """The classroom as a kernel sees it; every method may raise :class:`StoreError`."""

    def question_view(self, question_id: str) -> View:
        """Read one question and where the learner stands with it."""
        ...

    def answer(
        self, question_id: str, version: str, value: Any, key: str, certainty: int | None = None
    ) -> View:
        """Give an answer; returns ``{receipt, received_at, state}`` once it is on disk.

        ``certainty`` is 1 to 3 where the question asks how sure the learner is.
        """
        ...

    def table(self, task: str, name: str) -> dict[str, Any]:
        """Read a data task's table: ``{title, note, columns, rows}``."""
        ...

    def table_file(self, task: str, name: str) -> bytes:
        """Read the same table as an Excel file."""
        ...

    def hand_in(self, lesson: str, name: str, notebook: bytes) -> dict[str, Any]:
        """Send a notebook of the code track; returns ``{sent_at}``."""
        ...


class StoreError(ZhixingError):
    """What kept a store from doing it, as a learner reads it.

    Parameters
    ----------
    message
        What is wrong.
    advice
        The next step.
    """

    status = "refused"

    def __init__(self, message: str, advice: str = "") -> None:
        self.message = message
        self.advice = advice
        super().__init__(f"{message}{advice}")


class RefusedError(StoreError):
    """The store said no; nothing was recorded."""


class UnreachableError(StoreError):
    """No reply came, so nobody knows; the same answer with the same key may be sent again."""

    status = "waiting"
