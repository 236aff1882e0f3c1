"""Every command is in the table, has help, and is documented."""

import importlib
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from zhixing.cli import COMMANDS, main

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_the_line_in_the_table_is_the_first_line_of_the_command(name: str) -> None:
    target, line = COMMANDS[name]
    module, attribute = target.split(":")
    command = getattr(importlib.import_module(module), attribute)
    assert isinstance(command, click.Command)
    assert (command.help or "").split("\n", maxsplit=1)[0] == line


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_answers_help_without_doing_anything(name: str) -> None:
    outcome = CliRunner().invoke(main, [name, "--help"])
    assert outcome.exit_code == 0, outcome.output
    assert COMMANDS[name][1].split(";")[0] in " ".join(outcome.output.split())


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_is_documented(name: str) -> None:
    reference = (ROOT / "docs" / "reference" / "commands.md").read_text()
    assert f"zhixing {name}" in reference


def test_an_unknown_command_exits_with_2() -> None:
    assert CliRunner().invoke(main, ["leitstern"]).exit_code == 2
