"""The page bench measures the real page, and the page keeps its goal."""

import json

from click.testing import CliRunner

from zhixing.cli import main


def test_the_first_lesson_page_stays_under_200_kb() -> None:
    ran = CliRunner().invoke(main, ["bench", "page", "--json", "--requests", "20"])
    assert ran.exit_code == 0, ran.output
    [row] = [json.loads(line) for line in ran.stdout.splitlines()]
    assert row["name"] == "page"
    assert 10_000 < row["bytes"] < 200 * 1024
    assert 0 < row["median_ms"] <= row["p99_ms"]
    assert row["ratio_bytes"] > 1, "a page without a kernel is lighter than the notebook's own"
