"""The bench goes through the real classroom and says in JSON what it measured."""

import json

import pytest
from click.testing import CliRunner

from zhixing.cli import main

FIELDS = {
    "name",
    "database",
    "clients",
    "per_second",
    "p50_ms",
    "p99_ms",
    "peer_per_second",
    "ratio",
}


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_it_measures_both_sides_and_loses_no_acknowledged_answer(database: str) -> None:
    arguments = ["--clients", "1,8", "--seconds", "0.5", "--database", database, "--json"]
    outcome = CliRunner().invoke(main, ["bench", "answers", *arguments])
    assert outcome.exit_code == 0, outcome.output
    rows = [json.loads(line) for line in outcome.stdout.splitlines()]
    assert [row["clients"] for row in rows] == [1, 8]
    for row in rows:
        assert row.keys() >= FIELDS
        assert row["database"] == database
        assert row["per_second"] > 0
        assert row["p99_ms"] >= row["p50_ms"] > 0


def test_a_slower_disk_is_told_and_felt_by_both_sides() -> None:
    arguments = ["--clients", "1", "--seconds", "0.5", "--database", "sqlite", "--json"]
    outcome = CliRunner().invoke(main, ["bench", "answers", *arguments, "--flush-ms", "20"])
    assert outcome.exit_code == 0, outcome.output
    (row,) = [json.loads(line) for line in outcome.stdout.splitlines()]
    assert row["added_flush_ms"] == 20
    assert row["p50_ms"] >= 20
    assert row["peer_per_second"] <= 1000 / 20


@pytest.mark.parametrize("clients", ["0", "many", "", "1,-4"])
def test_a_senseless_number_of_clients_is_refused(clients: str) -> None:
    outcome = CliRunner().invoke(main, ["bench", "answers", "--clients", clients])
    assert outcome.exit_code == 2
    assert "1,4,32" in outcome.output
