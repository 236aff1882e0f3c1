"""Blank work: learner's cells that hold no code, and tests that are sure to fail for them.

Most learners take no code track and hand it in as it was released. Its tests need no interpreter
where the course's own source shows that they fail: they use a name that nobody gives, or call a
function whose body only raises. Where that does not show, they are run, as nbgrader runs them: a
test may be met by what was released, and points are to be the same.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from grading.engine.examiner_kinds import GIVEN, SOLUTION, TEST
from grading.engine.master import MasterNotebook
from grading.engine.names import STAR, names_of, parsed
from grading.engine.verdicts import Verdict

Cell = tuple[str, str]
"""Kind (:mod:`grading.engine.examiner_kinds`) and source."""

_PYTHONS_OWN = frozenset(dir(builtins)) | {"display", "get_ipython", "In", "Out", "exit", "quit"}
_BY_TEXT = frozenset({"eval", "exec", "globals", "locals", "vars", "setattr", "get_ipython"})
"""What binds names that do not stand in the cell's own code."""

_MAGIC = ("%", "!", "?")
_ELSEWHERE = (ast.Lambda, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)

NOT_RUN = "学员的单元格里没有代码，没有运行。"


def blank_verdicts(
    notebook: MasterNotebook, sources: Mapping[str, str]
) -> dict[int, Verdict] | None:
    """Verdicts of a notebook whose learner's cells hold no code, or only what was released.

    None where there is code, or where a test with points may be met all the same.
    """
    own = [cell for cell in notebook.cells if cell.kind == SOLUTION]
    told = {cell.grade_id: sources.get(cell.grade_id, "") for cell in own}
    if not all(told[c.grade_id] == c.source or holds_no_code(told[c.grade_id]) for c in own):
        return None
    cells = [
        (cell.kind, told.get(cell.grade_id, "") if cell.kind == SOLUTION else cell.source)
        for cell in notebook.cells
    ]
    tests = [n for n, cell in enumerate(notebook.cells) if cell.kind == TEST and cell.points]
    if not is_sure_to_fail(cells, tests):
        return None
    output = {"output_type": "error", "ename": "NotRun", "evalue": NOT_RUN, "traceback": [NOT_RUN]}
    return {place: Verdict(0.0, [output]) for place in tests}


def holds_no_code(source: str) -> bool:
    """Whether a cell has nothing but comments and space."""
    tree = parsed(source)
    return tree is not None and not tree.body


def is_sure_to_fail(cells: Sequence[Cell], tests: Iterable[int]) -> bool:
    """Whether each of these tests fails, whatever runs the notebook.

    Parameters
    ----------
    cells
        A notebook's cells in order, with learner's cells as they were handed in.
    tests
        Places of the tests that matter.
    """
    wanted, known = set(tests), _Known()
    for place, (kind, source) in enumerate(cells):
        if kind == TEST and place in wanted and not _fails(source, known):
            return False
        if kind in (TEST, SOLUTION, GIVEN):
            known.take(source, is_solution=kind == SOLUTION)
    return True


@dataclass
class _Known:
    """Names that may be bound by now, and functions that can do nothing but raise."""

    bound: set[str] = field(default_factory=set)
    stubs: set[str] = field(default_factory=set)

    def take(self, source: str, *, is_solution: bool) -> None:
        """Read on: of a learner's cell only what comes before a statement that is sure to raise."""
        tree = parsed(source)
        if tree is None or _is_open(source):
            self.bound |= {STAR}
            return
        body = list(self._until_it_raises(tree)) if is_solution else tree.body
        names = names_of(ast.unparse(ast.Module(body, [])))
        stubs = {node.name for node in body if isinstance(node, ast.FunctionDef) and _is_stub(node)}
        self.bound |= names.bound
        self.stubs = (self.stubs - names.bound) | (stubs if is_solution else set())

    def _until_it_raises(self, tree: ast.Module) -> Iterator[ast.stmt]:
        stubs = set(self.stubs)
        for node in tree.body:
            if isinstance(node, ast.Raise) or _Known(self.bound, stubs).stops(node):
                return
            if isinstance(node, ast.FunctionDef) and _is_stub(node):
                stubs.add(node.name)
            yield node

    def stops(self, statement: ast.stmt) -> bool:
        """Whether a statement calls a function that only raises, before anything else decides."""
        return STAR not in self.bound and any(
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in self.stubs
            for node in _always(statement)
        )

    def lacks(self, statement: ast.stmt) -> bool:
        """Whether a statement reads a name that nothing has bound."""
        return STAR not in self.bound and any(
            isinstance(node, ast.Name)
            and isinstance(node.ctx, ast.Load)
            and node.id not in self.bound | _PYTHONS_OWN
            and not node.id.startswith("_")
            for node in _always(statement)
        )


def _fails(source: str, known: _Known) -> bool:
    tree = parsed(source)
    if tree is None or _is_open(source):
        return False
    # What a test binds anywhere in it may be there at any of its lines.
    own = names_of(source).bound
    inside = _Known(known.bound | own, known.stubs - own)
    return any(inside.stops(one) or inside.lacks(one) for one in tree.body)


def _is_open(source: str) -> bool:
    """Whether a cell may do what its own code does not show."""
    has_magic = any(line.lstrip().startswith(_MAGIC) for line in source.splitlines())
    return has_magic or bool(names_of(source).read & _BY_TEXT)


def _is_stub(function: ast.FunctionDef) -> bool:
    """Whether a function has nothing but a docstring before it raises."""
    if function.decorator_list or any(
        isinstance(node, ast.Yield | ast.YieldFrom) for node in ast.walk(function)
    ):
        return False
    first = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return bool(first) and isinstance(first[0], ast.Raise)


def _always(node: ast.AST) -> Iterator[ast.AST]:
    """What of a statement is evaluated whatever the values are."""
    yield node
    for child in _parts(node):
        yield from _always(child)


def _parts(node: ast.AST) -> Iterable[ast.AST]:
    match node:
        case ast.Assert(test=one) | ast.If(test=one) | ast.IfExp(test=one) | ast.While(test=one):
            return [one]
        case ast.For(iter=one):
            return [one]
        case ast.ListComp(generators=[first, *_]) | ast.SetComp(generators=[first, *_]):
            return [first.iter]
        case ast.DictComp(generators=[first, *_]) | ast.GeneratorExp(generators=[first, *_]):
            return [first.iter]
        case ast.BoolOp(values=[first, *_]):
            return [first]
        case ast.Compare(left=left, comparators=[first, *_]):
            return [left, first]
        case ast.Assign(value=one) | ast.Expr(value=one):
            return [one]
        case ast.expr() if not isinstance(node, _ELSEWHERE):
            return ast.iter_child_nodes(node)
        case _:
            return []
