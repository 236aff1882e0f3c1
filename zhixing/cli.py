"""The command line: a table of commands, each imported only when it is called."""

from __future__ import annotations

import importlib
from collections.abc import Mapping

import click

COMMANDS: Mapping[str, tuple[str, str]] = {
    "bench": ("zhixing.bench:bench", "Measure this machine, as ratios against the peer."),
    "check": ("zhixing.check:check", "Check course files; name file, line and field."),
    "course": (
        "zhixing.coursecommands:course",
        "Take lessons from draft to published; show where each one stands.",
    ),
    "doctor": (
        "grading.doctor.command:doctor",
        "See whether this machine is fit, and whether the grader's walls hold.",
    ),
    "grade": (
        "grading.commands:grade",
        "Autograde every collected hand-in of an assignment, learner code in a box.",
    ),
    "migrate": (
        "zhixing.records.commands:migrate_command",
        "Bring the records database to this program's schema; copies it first.",
    ),
    "roster": ("zhixing.roster.commands:roster", "Bring people, units and roles in from Excel."),
}
"""Name to where the command lives and its one line; a test holds line and docstring equal."""


class CommandTable(click.Group):
    """A group that knows its commands' names and lines without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names, sorted."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the one command asked for."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name][0].split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table from the lines alone, so that ``--help`` imports nothing."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])


@click.group(cls=CommandTable)
@click.version_option(package_name="zhixing")
def main() -> None:
    """Zhixing (知行): run, check and measure the platform."""
