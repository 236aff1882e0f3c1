"""Handles: values that do not cross, known to the other side by a number."""

from __future__ import annotations

from typing import Any

MOST = 10_000


class Handles:
    """Values by number; the same value always has the same."""

    def __init__(self) -> None:
        self._values: list[Any] = []
        self._numbers: dict[int, int] = {}

    def number_of(self, value: Any) -> int | None:
        """Return the value's number; None where there are too many already."""
        if id(value) not in self._numbers:
            if len(self._values) >= MOST:
                return None
            # Kept alive here, so that no other value ever has its identity.
            self._numbers[id(value)] = len(self._values)
            self._values.append(value)
        return self._numbers[id(value)]

    def at(self, number: Any) -> Any:
        """Return the value of a number.

        Raises
        ------
        KeyError
            If there is none.
        """
        if type(number) is not int or not 0 <= number < len(self._values):
            raise KeyError(number)
        return self._values[number]
