"""``zhixing migrate`` says what it did, and why it could not."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from zhixing.cli import main
from zhixing.records.store import open_store


def test_it_makes_the_database_of_a_data_folder_and_then_has_nothing_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ZHIXING_DATABASE_URL", raising=False)
    first = CliRunner().invoke(main, ["migrate", "--data", str(tmp_path)])
    again = CliRunner().invoke(main, ["migrate", "--data", str(tmp_path)])
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert "升级到" in first.output
    assert "没有改动" in again.output
    open_store(f"sqlite:///{tmp_path}/records/records.db").close()


def test_it_takes_the_database_of_the_environment(
    database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ZHIXING_DATABASE_URL", database_url)
    monkeypatch.setenv("ZHIXING_DATA", str(tmp_path))
    assert CliRunner().invoke(main, ["migrate"]).exit_code == 0
    open_store(database_url).close()


def test_without_a_folder_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZHIXING_DATA", raising=False)
    outcome = CliRunner().invoke(main, ["migrate"])
    assert outcome.exit_code == 2
    assert "ZHIXING_DATA" in outcome.output


def test_a_folder_that_cannot_be_written_is_one_line_and_no_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ZHIXING_DATABASE_URL", raising=False)
    (tmp_path / "file").write_text("")
    outcome = CliRunner().invoke(main, ["migrate", "--data", str(tmp_path / "file")])
    assert outcome.exit_code == 1
    assert "写不进去" in outcome.output
    assert "Traceback" not in outcome.output
