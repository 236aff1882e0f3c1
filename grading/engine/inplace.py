"""In place: which arguments the author's own functions change, seen from their source alone.

Only these come back changed from a learner's function. Else a wrong solution could spoil what it
is given so that a test that computes the right answer afterwards gets the wrong one too:
``v.clear(); return 0`` against ``total(data) == sum(data)``. What is not seen here,
``zhixing check`` finds by grading the author's solution.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

_METHODS = {
    *("append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse"),
    *("update", "setdefault", "popitem", "discard", "appendleft", "popleft", "extendleft"),
    *("rotate", "move_to_end", "difference_update", "intersection_update", "fill", "resize"),
    *("symmetric_difference_update", "put", "setflags", "partition", "__setitem__"),
}
"""Methods that change what they belong to."""

_STATEMENTS = {"add", "subtract"}
"""Those that do so only where their value is not used: sets have them, and tables too."""

_FUNCTIONS = {
    *("heappush", "heappop", "heapify", "heapreplace", "heappushpop", "insort", "insort_left"),
    *("insort_right", "shuffle", "fill_diagonal", "place", "copyto", "setitem", "setattr"),
    *("put_along_axis", "putmask", "delitem"),
}
"""Functions of Python's and numpy's that change their first argument."""

_VIEWS = {"items", "values", "keys", "get", "iterrows", "itertuples", "reshape", "ravel", "view"}
"""Methods whose results hold parts of what they belong to."""

_WALKS = {"enumerate", "zip", "reversed", "iter", "map", "filter"}

_CONDITIONS = {
    *("isin", "isna", "notna", "isnull", "notnull", "between", "contains", "duplicated"),
    *("startswith", "endswith", "eq", "ne", "gt", "ge", "lt", "le"),
}

Changed = Mapping[str, frozenset[str]]
"""Functions by name, with the arguments that they change: by place (``"0"``) and by name."""

_ROUNDS = 3
"""How often a cell or loop is read: a function may call one that is defined after it."""


def changed_arguments(tree: ast.Module, known: Changed) -> dict[str, frozenset[str]]:
    """Functions that a cell defines, by name.

    Parameters
    ----------
    known
        Functions of the cells before it.
    """
    found: dict[str, frozenset[str]] = {}
    for _ in range(_ROUNDS):
        for name, value in _functions(tree):
            if isinstance(value, ast.Name):
                found[name] = {**known, **found}.get(value.id, frozenset())
            else:
                found[name] = _Function(value, {**known, **found}).changed()
    return found


def _functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef | ast.Lambda | ast.Name]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda | ast.Name):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    yield target.id, node.value


Parts = dict[str, frozenset[str]]
"""Names in a function, each with the arguments that it may be, or be part of, at that point."""


class _Function:
    """One function, read line by line.

    Parameters
    ----------
    known
        What other functions change.
    """

    def __init__(self, node: ast.FunctionDef | ast.Lambda, known: Changed) -> None:
        self._node, self._known = node, known
        arguments = node.args
        self._places = [one.arg for one in (*arguments.posonlyargs, *arguments.args)]
        named = [*self._places, *(one.arg for one in arguments.kwonlyargs)]
        self._parts: Parts = {name: frozenset({name}) for name in named}
        self._found: set[str] = set()

    def changed(self) -> frozenset[str]:
        """Arguments that it changes."""
        if isinstance(self._node, ast.Lambda):
            self._read(ast.Expr(self._node.body))
        else:
            self._walk(self._node.body)
        places = {str(place) for place, name in enumerate(self._places) if name in self._found}
        return frozenset(self._found | places)

    def _walk(self, body: Sequence[ast.stmt]) -> None:
        for statement in body:
            self._read(statement)
            if isinstance(statement, ast.Assign):
                # From here on such a name is something else: ``t = t.copy()``.
                for target in statement.targets:
                    if isinstance(target, ast.Name):
                        self._parts[target.id] = self._roots(statement.value)
            self._branch(statement)

    def _branch(self, statement: ast.stmt) -> None:
        """Go through the blocks of a statement; after it a name may be what it was in any."""
        blocks = [getattr(statement, name, []) for name in ("body", "orelse", "finalbody")]
        blocks += [handler.body for handler in getattr(statement, "handlers", [])]
        is_loop = isinstance(statement, ast.For | ast.While)
        before = ends = self._parts
        for block in blocks * (_ROUNDS if is_loop else 1):
            self._parts = dict(ends if is_loop else before)
            self._walk(block)
            ends = _joined(ends, self._parts)
        self._parts = dict(ends)

    def _read(self, statement: ast.stmt) -> None:
        """Take what a statement itself does, without the blocks in it."""
        nodes = list(_own_nodes(statement))
        for node in nodes:
            for target, value in _bindings(node):
                self._parts[target] = self._parts.get(target, frozenset()) | self._roots(value)
        for node in nodes:
            self._found |= self._changed_by(node)

    def _roots(self, node: ast.expr | None) -> frozenset[str]:
        """Arguments that a value may be, or be part of."""
        if isinstance(node, ast.Name):
            return self._parts.get(node.id, frozenset())
        if isinstance(node, ast.Subscript) and _is_copy(node.slice):
            return frozenset()
        if isinstance(node, ast.Subscript | ast.Attribute | ast.Starred):
            return self._roots(node.value)
        if isinstance(node, ast.IfExp):
            return self._roots(node.body) | self._roots(node.orelse)
        if isinstance(node, ast.BoolOp | ast.Tuple | ast.List):
            parts = node.values if isinstance(node, ast.BoolOp) else node.elts
            return frozenset(root for part in parts for root in self._roots(part))
        return self._roots_of_call(node) if isinstance(node, ast.Call) else frozenset()

    def _roots_of_call(self, node: ast.Call) -> frozenset[str]:
        if isinstance(node.func, ast.Attribute) and node.func.attr in _VIEWS:
            return self._roots(node.func.value)
        if isinstance(node.func, ast.Name) and node.func.id in _WALKS:
            return frozenset(root for one in node.args for root in self._roots(one))
        return frozenset()

    def _changed_by(self, node: ast.AST) -> frozenset[str]:
        if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(
            node.ctx, ast.Store | ast.Del
        ):
            return self._roots(node.value)
        if isinstance(node, ast.AugAssign):
            return self._roots(node.target)
        if isinstance(node, ast.Expr | ast.ListComp):
            value = node.value if isinstance(node, ast.Expr) else node.elt
            return self._changed_by_call(value, is_statement=True)
        return self._changed_by_call(node, is_statement=False)

    def _changed_by_call(self, node: ast.AST, *, is_statement: bool) -> frozenset[str]:
        if not isinstance(node, ast.Call):
            return frozenset()
        found = {
            root for word in node.keywords if word.arg == "out" for root in self._roots(word.value)
        }
        name = _name(node.func)
        if isinstance(node.func, ast.Attribute):
            is_inplace = any(word.arg == "inplace" for word in node.keywords)
            if name in _METHODS or is_inplace or (is_statement and name in _STATEMENTS):
                found |= self._roots(node.func.value)
        if name in _FUNCTIONS or self._is_method_of_a_type(node.func):
            found |= {root for one in node.args[:1] for root in self._roots(one)}
        return frozenset(found | self._changed_by_known(name, node))

    @staticmethod
    def _is_method_of_a_type(function: ast.expr) -> bool:
        """Whether it is ``list.append`` or its like, called with what it changes."""
        return (
            isinstance(function, ast.Attribute)
            and isinstance(function.value, ast.Name)
            and function.value.id in ("list", "dict", "set")
            and function.attr in _METHODS | _STATEMENTS
        )

    def _changed_by_known(self, name: str, node: ast.Call) -> set[str]:
        changed = self._known.get(name, frozenset())
        given = {str(place): one for place, one in enumerate(node.args)}
        given |= {word.arg: word.value for word in node.keywords if word.arg}
        return {root for key, one in given.items() if key in changed for root in self._roots(one)}


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _own_nodes(statement: ast.stmt) -> Iterator[ast.AST]:
    """The statement and its expressions; of a function within it all, as it may be called."""
    yield statement
    for child in ast.iter_child_nodes(statement):
        if isinstance(child, ast.expr | ast.withitem):
            yield from ast.walk(child)


def _bindings(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Names that a step binds, each with what it is taken from."""
    pairs: list[tuple[ast.expr, ast.expr]] = []
    if isinstance(node, ast.Assign):
        pairs = [(one, node.value) for one in node.targets if not isinstance(one, ast.Name)]
    elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
        pairs = [(node.target, node.iter)]
    elif isinstance(node, ast.NamedExpr | ast.AnnAssign) and node.value is not None:
        pairs = [(node.target, node.value)]
    for target, value in pairs:
        for one in ast.walk(target):
            if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store):
                yield one.id, value


def _is_copy(index: ast.expr) -> bool:
    """Whether what it selects is new: a slice of a list, rows of a table by a condition."""
    if isinstance(index, ast.Slice | ast.Compare | ast.List):
        return True
    if isinstance(index, ast.BinOp):
        return isinstance(index.op, ast.BitAnd | ast.BitOr)
    if isinstance(index, ast.UnaryOp):
        return isinstance(index.op, ast.Invert)
    return isinstance(index, ast.Call) and _name(index.func) in _CONDITIONS


def _joined(one: Parts, two: Parts) -> Parts:
    empty: frozenset[str] = frozenset()
    return {name: one.get(name, empty) | two.get(name, empty) for name in {*one, *two}}
