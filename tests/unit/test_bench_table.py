"""Every bench is in the table, and its line is what its help says first."""

import importlib

import pytest

from zhixing.bench import BENCHES


@pytest.mark.parametrize("name", sorted(BENCHES))
def test_the_line_in_the_table_is_the_first_line_of_the_bench(name: str) -> None:
    target, line = BENCHES[name]
    module, attribute = target.split(":")
    command = getattr(importlib.import_module(module), attribute)
    assert (command.help or "").split("\n", maxsplit=1)[0] == line
