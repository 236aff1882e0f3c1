"""Values of the code track as plain JSON data."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from widgets.store import RefusedError


def plain_value(value: Any) -> Any:
    """Return plain data for what a data task's code ends with.

    Numpy scalars, arrays and pandas series become numbers and lists, a set becomes a list.

    Raises
    ------
    RefusedError
        If the value is none of these, or not a finite number.
    """
    if hasattr(value, "tolist"):  # numpy and pandas, neither of which is imported here
        value = value.tolist()
    if isinstance(value, float) and not math.isfinite(value):
        raise RefusedError(f"算出的是 {value}，不是一个数。", "请检查有没有除以零或空值。")
    if isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, Mapping):
        return {str(name): plain_value(item) for name, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((plain_value(item) for item in value), key=str)
    if isinstance(value, list | tuple):
        return [plain_value(item) for item in value]
    kind = type(value).__name__
    raise RefusedError(f"答案的类型是 {kind}，不能提交。", "请给出文字、数字、列表或集合。")
