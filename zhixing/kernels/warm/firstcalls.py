"""First calls: what a package does slowly once, done before the fork, and leaving no trace."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Mapping
from types import MappingProxyType


def _addresses() -> None:
    from jupyter_client.localinterfaces import local_ips

    local_ips()


def _kernel() -> None:
    from zhixing.kernels.warm.birth import remember_modules

    remember_modules()
    _shell()


def _shell() -> None:
    """Build a shell as every kernel does, and show an error as it would, then forget it."""
    import atexit

    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    main, hook = sys.modules["__main__"], sys.excepthook
    quiet = Config({"HistoryManager": {"enabled": False}})
    shell = InteractiveShell(config=quiet)
    try:
        shell.ex("1 / 0")
    except ZeroDivisionError:
        shell.InteractiveTB.text(*sys.exc_info())
    shell.Completer.complete("prin")
    atexit.unregister(shell.atexit_operations)
    shell.atexit_operations()
    sys.modules["__main__"], sys.excepthook = main, hook


def _pandas() -> None:
    import pandas as pd

    table = pd.read_csv(io.StringIO("day,place,n\n2026-01-01,一街,1\n2026-01-02,二街,2\n"))
    table["day"] = pd.to_datetime(table["day"])
    table.merge(table.groupby("place")["n"].sum().reset_index(), on="place").sort_values("day")
    table.describe()
    table.pivot_table(index="place", values="n")
    repr(table)
    table.to_html()
    table.to_csv()


def _plotly() -> None:
    # What a figure asks for when it is first shown.
    import nbformat  # noqa: F401
    import plotly.graph_objects as go

    figure = go.Figure(go.Bar(x=[1], y=[2]), layout={"title": {"text": "x"}})
    figure.to_json()


FIRST_CALLS: Mapping[str, Callable[[], None]] = MappingProxyType(
    {
        "ipykernel.kernelapp": _addresses,
        "zhixing.kernels.warm.birth": _kernel,
        "pandas": _pandas,
        "plotly.graph_objects": _plotly,
    }
)
"""Module to what is called once it is imported."""
