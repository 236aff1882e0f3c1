"""Ownership: which names of a notebook are the course's to say, and which the learner's.

Whoever bound a name last has it, as in one interpreter; but a learner's cell has only the names
that the author's own solution binds there. So nothing that a test relies on (``abs``, a module, a
helper that the course gives) can be exchanged by writing another under its name.
"""

from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from grading.engine.examiner_kinds import GIVEN, SOLUTION, TEST
from grading.engine.inplace import changed_arguments
from grading.engine.names import STAR, names_of, parsed

_PYTHONS_OWN = frozenset(dir(builtins)) | {"display", "get_ipython", "__name__", "__file__"}
_BY_TEXT = frozenset({"eval", "exec", "globals", "locals", "vars", "dir", "get_ipython"})
"""What reaches names that do not stand in the cell's own code."""


@dataclass(frozen=True)
class Share:
    """What a cell of the course has to do with the learner's names.

    Parameters
    ----------
    wanted, owned
        Names that it takes from the learner, and those of them that are the learner's even if
        the course gives them too.
    imports
        Names that the author's solution imports, each with its statement: where the learner has
        such a name the examiner imports it itself, as no module crosses.
    changes
        Functions among the names that change arguments in place, each with which.
    """

    wanted: tuple[str, ...] = ()
    owned: tuple[str, ...] = ()
    imports: Mapping[str, str] = field(default_factory=dict)
    changes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass
class _Notebook:
    """Who has which name, as far as the notebook was read."""

    learners: set[str] = field(default_factory=set)
    courses: set[str] = field(default_factory=set)
    imports: dict[str, str] = field(default_factory=dict)
    later: set[str] = field(default_factory=set)
    changed: dict[str, frozenset[str]] = field(default_factory=dict)

    def read_solution(self, source: str) -> None:
        """Read an author's solution."""
        names = names_of(source)
        self._read_functions(source)
        self.imports |= {
            name: told for name, told in names.imports.items() if name not in self.courses
        }
        own = names.bound - set(names.imports)
        self.learners = (self.learners - set(names.imports)) | own
        self.imports = {name: told for name, told in self.imports.items() if name not in own}

    def _read_functions(self, source: str) -> None:
        tree = parsed(source)
        if tree is not None:
            self.changed |= changed_arguments(tree, self.changed)

    def share_of(self, source: str) -> Share:
        """Read a cell that is the course's."""
        names = names_of(source)
        read = names.read | self.later
        if read & _BY_TEXT:
            read |= self.learners | set(self.imports)
        owned = read & self.learners
        free = read - owned - _PYTHONS_OWN - names.made
        imports = {
            name: told for name, told in self.imports.items() if name in free or name == STAR
        }
        self.later |= names.later
        self.learners -= names.made
        self.courses |= names.made
        self.imports = {name: told for name, told in self.imports.items() if name not in names.made}
        wanted = tuple(sorted(free | owned))
        changes = {
            name: tuple(sorted(self.changed[name])) for name in wanted if self.changed.get(name)
        }
        self._read_functions(source)
        return Share(wanted, tuple(sorted(owned)), imports, changes)


def shares_of(cells: Sequence[tuple[str, str]]) -> list[Share]:
    """Share of every cell of a notebook, in order; those of no course cell are empty.

    Parameters
    ----------
    cells
        Kind and source of each; of a solution cell the author's source, not what was released.
    """
    notebook = _Notebook()
    shares = []
    for kind, source in cells:
        share = Share()
        if kind == SOLUTION:
            notebook.read_solution(source)
        elif kind in (TEST, GIVEN):
            share = notebook.share_of(source)
        shares.append(share)
    return shares
