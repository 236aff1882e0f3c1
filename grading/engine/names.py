"""Names: what a cell of the course reads and binds, seen from its source alone."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache

from IPython.core.inputtransformer2 import TransformerManager

_TRANSFORM = TransformerManager()


@dataclass(frozen=True)
class Names:
    """Names of one cell.

    Parameters
    ----------
    read
        Read anywhere in it.
    later
        Read in its functions' and classes' bodies: needed whenever those are called.
    bound
        Bound or changed at its top level, imports and definitions included.
    """

    read: frozenset[str] = frozenset()
    later: frozenset[str] = frozenset()
    bound: frozenset[str] = frozenset()


@lru_cache(maxsize=4096)
def names_of(source: str) -> Names:
    """Read a cell; a cell that is no Python has no names."""
    try:
        tree = ast.parse(_TRANSFORM.transform_cell(source))
    except (SyntaxError, ValueError):
        return Names()
    bodies = [node for node in ast.walk(tree) if isinstance(node, _SCOPES)]
    return Names(
        read=frozenset(_read(tree)),
        later=frozenset(name for body in bodies for name in _read(body)),
        bound=frozenset(_bound(tree)),
    )


_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def _read(tree: ast.AST) -> set[str]:
    return {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }


def _bound(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for statement in tree.body:
        for node in _top_level(statement):
            found |= _bound_by(node)
    return found


def _top_level(node: ast.AST) -> list[ast.AST]:
    """The node and all within it that belongs to the same scope."""
    found = [node]
    if not isinstance(node, (*_SCOPES, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
        for child in ast.iter_child_nodes(node):
            found += _top_level(child)
    return found


def _bound_by(node: ast.AST) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {alias.asname or alias.name.split(".")[0] for alias in node.names}
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return {node.id}
    if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store):
        return _root(node)
    return set()


def _root(node: ast.AST) -> set[str]:
    """Name at the root of ``name[...].x = ...``."""
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()
