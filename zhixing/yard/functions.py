"""Functions of a learner's as they are told to the examiner: a number and what they say of it."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from contextlib import suppress
from typing import Any

LONGEST_DOC = 20_000
MOST_PARAMETERS = 100


def told_function(
    value: Callable[..., Any], number: int, write: Callable[[Any], Any]
) -> dict[str, Any]:
    """Say what a function is called, how it is called, and what it says of itself."""
    told = {"t": "function", "v": number, "name": str(getattr(value, "__name__", "function"))}
    with suppress(Exception):  # a learner's object may answer anything, or nothing
        if isinstance(value.__doc__, str):
            told["doc"] = value.__doc__[:LONGEST_DOC]
    with suppress(Exception):
        parameters = list(inspect.signature(value).parameters.values())[:MOST_PARAMETERS]
        told["parameters"] = [_told_parameter(one, write) for one in parameters]
    return told


def _told_parameter(parameter: inspect.Parameter, write: Callable[[Any], Any]) -> list[Any]:
    told = [parameter.name, int(parameter.kind)]
    return told if parameter.default is parameter.empty else [*told, write(parameter.default)]


def told_signature(told: Any, read: Callable[[Any], Any]) -> inspect.Signature | None:
    """Rebuild how a function is called; None where it was not told, or cannot be."""
    with suppress(Exception):  # whatever is wrong with what a learner's side tells
        parameters = []
        for name, kind, *default in told[:MOST_PARAMETERS]:
            given = read(default[0]) if default else inspect.Parameter.empty
            parameters.append(inspect.Parameter(name, inspect._ParameterKind(kind), default=given))
        return inspect.Signature(parameters)
    return None


def lent_function(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
    """Stand for a function of a test's on the learner's side."""

    def function(*args: Any, **kwargs: Any) -> Any:
        return call(*args, **kwargs)

    function.__name__ = function.__qualname__ = name
    function.__module__ = "__main__"
    return function


def library_value(module: str, name: str) -> Any:
    """Return what Python's own library, numpy or pandas has under this name."""
    found: Any = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return found
