"""Suppression: figures of groups under five people are not shown, and not by subtraction either.

What is shown of a tree of sums tells exactly this: for each unit shown, the figures of the rest
of it that no shown child covers. So if every such rest holds nobody or at least five people,
no sum or difference of shown figures speaks of fewer (secondary suppression; Hundepool et al.,
Statistical Disclosure Control, Wiley 2012, chapter 4).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

FEWEST_PEOPLE = 5
"""Smallest group whose figures are shown (access matrix, `agg`)."""


def hidden_units(
    roots: Iterable[int], children: Mapping[int, Sequence[int]], people: Mapping[int, int]
) -> set[int]:
    """Units whose figures are withheld; with a unit goes everything below it.

    Parameters
    ----------
    roots
        Topmost units that the viewer sees; no two of one branch.
    children
        Unit to the units right below it.
    people
        Unit to the number of people in its whole subtree; a missing unit has none.
    """
    shown: list[int] = [root for root in roots if people.get(root, 0) >= FEWEST_PEOPLE]
    kept = set(shown)
    while shown:
        below = _children_to_show(shown.pop(), children, people)
        kept.update(below)
        shown.extend(below)
    return {*roots, *children, *(c for below in children.values() for c in below)} - kept


def _children_to_show(
    unit: int, children: Mapping[int, Sequence[int]], people: Mapping[int, int]
) -> list[int]:
    by_size = sorted(children.get(unit, ()), key=lambda child: (people.get(child, 0), child))
    large = [child for child in by_size if people.get(child, 0) >= FEWEST_PEOPLE]
    rest = people[unit] - sum(people[child] for child in large)
    while large and 0 < rest < FEWEST_PEOPLE:
        rest += people[large.pop(0)]
    return large
