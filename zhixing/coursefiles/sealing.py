"""Sealing: test cells that sealed grading cannot run, and the adapter that lets it.

Sealed grading gives a test the learner's plain values and functions, and nothing else
(sealed-grading.md): no object of a class of theirs, no plot, no value that a call of theirs changes
behind the test's back. What this finds is certain enough to be put right; that the course's own
solutions earn all points is proven by grading them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from zhixing.coursefiles.finding import Finding
from zhixing.coursefiles.notebook import Cell, Notebook

PLOTTING = {"plt", "matplotlib", "plotly", "seaborn", "sns", "pylab"}
OF_A_PLOT = {"gca", "gcf", "get_lines", "get_xdata", "get_ydata", "patches", "get_children"}
OF_THE_SHELL = {"In", "Out", "_", "__"}
CHANGING = {
    *("append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse", "update"),
    *("add", "discard", "setdefault", "popitem", "drop", "rename", "fillna", "set_index"),
}
"""Methods that change what they belong to; those of pandas do with ``inplace``."""

Fault = tuple[str, str, str]
"""What was found, what was expected, the adapter to use."""


def sealing_findings(notebook: Notebook) -> Iterator[Finding]:
    """Test cells of a notebook that sealed grading cannot run."""
    solutions = [cell for cell in notebook.cells if _is(cell, "solution")]
    trees = [tree for cell in solutions if (tree := _parsed(cell.source))]
    for cell in notebook.cells:
        tree = _parsed(cell.source) if _is(cell, "grade") and not _is(cell, "solution") else None
        for found, expected, advice in _faults(tree, trees) if tree else ():
            field = f"单元格 {cell.grader.get('grade_id', cell.id)}"
            yield Finding(notebook.name, cell.line, field, found, expected, advice)


def _is(cell: Cell, flag: str) -> bool:
    return cell.kind == "code" and bool(cell.grader.get(flag))


def _parsed(source: str) -> ast.Module | None:
    """The cell as Python; None where it is none, which executing it will say better."""
    # It takes longer to import than a course to check, and most courses have no code.
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        manager = TransformerManager()  # type: ignore[no-untyped-call]  # IPython types part of itself
        return ast.parse(manager.transform_cell(source))
    except SyntaxError:
        return None


def _faults(test: ast.Module, solutions: Sequence[ast.Module]) -> Iterator[Fault]:
    yield from _classes(test, solutions)
    yield from _plots(test)
    yield from _shell(test)
    yield from _changes(test, solutions)


def _classes(test: ast.Module, solutions: Sequence[ast.Module]) -> Iterator[Fault]:
    classes = {
        node.name for tree in solutions for node in ast.walk(tree) if isinstance(node, ast.ClassDef)
    }
    for name in sorted(classes & _read(test)):
        found = f"检查用到学员的类 {name}"
        advice = (
            f"请让学员另写一个函数，用 {name} 算好以后返回数字、文字、列表或表格，检查这个函数。"
        )
        yield found, "只用函数和普通数据", advice


def _plots(test: ast.Module) -> Iterator[Fault]:
    used = _read(test) & PLOTTING | _attributes(test) & OF_A_PLOT
    if used:
        found = f"检查用到图（{'、'.join(sorted(used))}）"
        advice = (
            "请在它前面加一个给定的单元格，把图里的数据取成列表，"
            "例如 heights = [bar.get_height() for bar in ax.patches]，再检查这个列表。"
        )
        yield found, "只用函数和普通数据", advice


def _shell(test: ast.Module) -> Iterator[Fault]:
    for name in sorted(_read(test) & OF_THE_SHELL):
        advice = "请让学员把结果放进一个有名字的变量，检查这个变量。"
        yield f"检查用到解释器里的 {name}", "只用函数和普通数据", advice


def _changes(test: ast.Module, solutions: Sequence[ast.Module]) -> Iterator[Fault]:
    """A test takes values once, before it runs: what a call changes later it does not see."""
    read = _read(test)
    for tree in solutions:
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef) and function.name in read:
                for name in sorted(_changed_outside(function) & read):
                    found = f"函数 {function.name} 原地改动了它外面的 {name}，检查又要看 {name}"
                    advice = (
                        f"请让 {function.name} 把改好的结果返回，或者把 {name} 作为参数传进去。"
                    )
                    yield found, "函数只改动自己的参数，或者返回结果", advice


def _changed_outside(function: ast.FunctionDef) -> set[str]:
    """Names of the notebook that a function changes in place or binds anew."""
    own = {argument.arg for argument in ast.walk(function) if isinstance(argument, ast.arg)}
    said = {
        name for node in ast.walk(function) if isinstance(node, ast.Global) for name in node.names
    }
    bound = {
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    changed = {name for node in ast.walk(function) if (name := _target(node))}
    return said | (changed - own - (bound - said))


def _target(node: ast.AST) -> str:
    """Name whose value a step changes in place, or empty."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        of = node.func.value
        return of.id if isinstance(of, ast.Name) and node.func.attr in CHANGING else ""
    if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(
        node.ctx, ast.Store | ast.Del
    ):
        return node.value.id if isinstance(node.value, ast.Name) else ""
    return ""


def _read(tree: ast.Module) -> set[str]:
    """Names read that the cell does not bind itself."""
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    bound = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    return {node.id for node in names if isinstance(node.ctx, ast.Load)} - bound


def _attributes(tree: ast.Module) -> set[str]:
    return {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
