"""Names: what a cell of the course reads and binds, seen from its source alone."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from IPython.core.inputtransformer2 import TransformerManager

_TRANSFORM = TransformerManager()
_TIMED = re.compile(r"\A\s*%%(time|capture|prun)\b[^\n]*\n")
"""Cell magics whose body is ordinary code of the notebook."""

STAR = "*"
"""Name under which a star import stands, since what it binds cannot be seen."""


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
    made
        Those of them that are bound anew and not only changed in place.
    imports
        Statement of each name that nothing but an import binds.
    """

    read: frozenset[str] = frozenset()
    later: frozenset[str] = frozenset()
    bound: frozenset[str] = frozenset()
    made: frozenset[str] = frozenset()
    imports: Mapping[str, str] = field(default_factory=dict)


@lru_cache(maxsize=4096)
def names_of(source: str) -> Names:
    """Read a cell; a cell that is no Python has no names."""
    tree = parsed(source)
    if tree is None:
        return Names()
    bodies = [node for node in ast.walk(tree) if isinstance(node, _SCOPES)]
    found = list(_bindings(tree))
    imports = {name: told for name, told, _ in found if told}
    otherwise = {name for name, told, _ in found if not told}
    return Names(
        read=frozenset(_read(tree)),
        later=frozenset(name for body in bodies for name in _read(body)),
        bound=frozenset(imports) | otherwise,
        made=frozenset(name for name, _, is_made in found if is_made),
        imports={name: told for name, told in imports.items() if name not in otherwise},
    )


@lru_cache(maxsize=4096)
def parsed(source: str) -> ast.Module | None:
    """Return a cell as Python; None where it is none."""
    try:
        return ast.parse(_TRANSFORM.transform_cell(_TIMED.sub("", source)))
    except (SyntaxError, ValueError):
        return None


_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def _read(tree: ast.AST) -> set[str]:
    found = {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    # ``n += 1`` reads n, though Python's tree calls it a store.
    changed = (node.target for node in ast.walk(tree) if isinstance(node, ast.AugAssign))
    return found | {target.id for target in changed if isinstance(target, ast.Name)}


def _bindings(tree: ast.Module) -> Iterator[tuple[str, str, bool]]:
    """Names bound at the top level, each with the import that does it, and whether anew."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            yield from ((name, "", False) for name in node.names)
    for statement in tree.body:
        for node in _top_level(statement):
            if isinstance(node, ast.Import | ast.ImportFrom):
                for name, told in _imported(node):
                    yield name, told, True
            else:
                for name in _bound_by(node):
                    yield name, "", not isinstance(node, ast.Subscript | ast.Attribute)


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    for alias in node.names:
        one = (
            ast.Import([alias])
            if isinstance(node, ast.Import)
            else ast.ImportFrom(node.module, [alias], node.level)
        )
        yield alias.asname or alias.name.split(".")[0], ast.unparse(one)


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
