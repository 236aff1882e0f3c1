"""Case: a branching scenario (案例推演): states, choices, what each brings about, what it earns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from zhixing.errors import InvalidAnswerError

AXES = ("E", "V", "M", "S")
"""Axes that a choice has a vector on (domain brief, section 6.2)."""

CAP = 0.59
"""Highest score of a path with a forbidden choice (domain brief, section 6.2)."""


@dataclass(frozen=True)
class Choice:
    """One thing to do in a state.

    Parameters
    ----------
    next
        State that it leads to; empty where the case ends.
    vector
        Points on each axis of :data:`AXES`, whole numbers, by custom -3 to 3.
    consequence
        What came of it; shown after the choice and never before.
    forbidden
        Falsification, an unlawful act or a breach of privacy: caps the case at :data:`CAP`.
    """

    id: str
    state: str
    text: str
    next: str
    vector: Mapping[str, int]
    consequence: str
    forbidden: bool = False


@dataclass(frozen=True)
class CaseScore:
    """What a complete path earned.

    Parameters
    ----------
    axes
        0 to 1 on each axis.
    total
        0 to 1, their mean, at most :data:`CAP` where ``capped``.
    """

    axes: Mapping[str, float]
    total: float
    capped: bool


@dataclass(frozen=True)
class Case:
    """States by id, and every choice; a path is a list of choice ids from ``start`` on."""

    start: str
    states: Mapping[str, str]
    choices: tuple[Choice, ...]
    ending: str = ""

    @cached_property
    def _by_id(self) -> Mapping[str, Choice]:
        return {choice.id: choice for choice in self.choices}

    def choices_at(self, state: str) -> tuple[Choice, ...]:
        """What may be done in a state; empty at the end."""
        return tuple(choice for choice in self.choices if choice.state == state)

    def walk(self, path: Sequence[str]) -> list[Choice]:
        """Choices of a path that starts at the beginning.

        Raises
        ------
        InvalidAnswerError
            If a step is unknown or cannot be reached from the one before it.
        """
        state, walked = self.start, []
        for step in path:
            choice = self._by_id.get(step)
            if choice is None or not state or choice.state != state:
                raise InvalidAnswerError(f"从现在的情形走不到“{step}”这一步，请重新选择。")
            walked.append(choice)
            state = choice.next
        return walked

    def state_after(self, path: Sequence[str]) -> str:
        """State that a legal path leads to; empty at the end of the case."""
        walked = self.walk(path)
        return walked[-1].next if walked else self.start

    def paths(self) -> Iterator[tuple[str, ...]]:
        """Every complete path; the case must have no cycle."""
        yield from self._paths_from(self.start)

    def _paths_from(self, state: str) -> Iterator[tuple[str, ...]]:
        for choice in self.choices_at(state):
            rest = self._paths_from(choice.next) if choice.next else iter([()])
            yield from ((choice.id, *path) for path in rest)

    def sums(self, path: Sequence[str]) -> dict[str, int]:
        """Sum of the vectors along a path."""
        walked = self.walk(path)
        return {axis: sum(choice.vector.get(axis, 0) for choice in walked) for axis in AXES}

    @cached_property
    def recommended(self) -> tuple[str, ...]:
        """Complete path with the highest total over all axes; ``zhixing check`` wants one only."""
        return max(self.paths(), key=lambda path: sum(self.sums(path).values()))

    @cached_property
    def _range(self) -> Mapping[str, tuple[int, int]]:
        every = [self.sums(path) for path in self.paths()]
        best = self.sums(self.recommended)
        return {axis: (min(one[axis] for one in every), best[axis]) for axis in AXES}

    def score(self, path: Sequence[str]) -> CaseScore:
        """Score a complete path.

        Per axis clip((sum - min) / (rec - min), 0, 1), min over all complete paths, rec of the
        recommended path (domain brief, section 6.2). An axis on which the recommended path is
        also the lowest tells paths apart by nothing and counts as full. The brief gives no rule
        for one number out of four: we take their mean, a teaching assumption said on screen.
        """
        sums = self.sums(path)
        axes = {axis: _share(sums[axis], *self._range[axis]) for axis in AXES}
        mean = sum(axes.values()) / len(AXES)
        capped = any(choice.forbidden for choice in self.walk(path))
        return CaseScore(axes, min(mean, CAP) if capped else mean, capped)


def _share(value: int, least: int, best: int) -> float:
    if best == least:
        return 1.0
    return min(1.0, max(0.0, (value - least) / (best - least)))


def case_from_key(key: Mapping[str, Any]) -> Case:
    """Rebuild a case from the key of its question."""
    return Case(
        start=key["start"],
        states=key["states"],
        choices=tuple(Choice(**choice) for choice in key["choices"]),
        ending=key.get("ending", ""),
    )
