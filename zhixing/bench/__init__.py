"""Bench: measure this machine, as ratios against the peer, one JSON line a row."""

from __future__ import annotations

import importlib
from collections.abc import Mapping

import click

BENCHES: Mapping[str, tuple[str, str]] = {
    "answers": ("zhixing.bench.answers:answers", "Durable answers a second through the real API."),
    "grade": ("grading.bench.command:grade", "Hand-ins graded a second, against stock nbgrader."),
    "kernel": ("zhixing.bench.kernel:kernel", "A warm kernel's start, memory and Voila page."),
    "page": ("zhixing.bench.page:page", "A lesson page: server time and bytes."),
}
"""Name to where the bench lives and its one line; a test holds line and docstring equal."""


class BenchTable(click.Group):
    """Knows the benches' names and lines without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names, sorted."""
        return sorted(BENCHES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the one bench asked for."""
        if cmd_name not in BENCHES:
            return None
        module, attribute = BENCHES[cmd_name][0].split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table from the lines alone, so that ``--help`` imports nothing."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, BENCHES[name][1]) for name in self.list_commands(ctx)])


@click.group(cls=BenchTable)
def bench() -> None:
    """Measure this machine, as ratios against the peer."""
