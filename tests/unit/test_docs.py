"""What is not documented fails."""

import re
from pathlib import Path

import pytest

from zhixing.question import KINDS
from zhixing.records.tables import Record
from zhixing.settings import Settings

ROOT = Path(__file__).parents[2]
GLOSSARY = (ROOT / "docs/reference/glossary.md").read_text()


@pytest.mark.parametrize("name", sorted(Settings.__dataclass_fields__))
def test_every_setting_is_documented(name: str) -> None:
    text = (ROOT / "docs/reference/settings.md").read_text()
    assert f"`ZHIXING_{name.upper()}`" in text


@pytest.mark.parametrize("kind", KINDS)
def test_every_question_type_is_in_the_glossary(kind: str) -> None:
    assert f"`{kind}`" in GLOSSARY


@pytest.mark.parametrize("noun", ["unit", "person", "role", "cohort", "enrolment", "answer"])
def test_the_nouns_of_the_glossary_are_the_tables_of_the_records(noun: str) -> None:
    assert noun in Record.metadata.tables
    assert f"`{noun}`" in GLOSSARY


def test_the_readme_names_the_two_commands_first() -> None:
    first_screen = (ROOT / "README.md").read_text().split("---")[0]
    assert "scripts/up --demo" in first_screen
    assert "scripts/test" in first_screen


def test_every_link_of_the_readme_leads_to_a_file() -> None:

    links = re.findall(r"\]\(([^)#:]+)\)", (ROOT / "README.md").read_text())
    assert [link for link in links if not (ROOT / link).exists()] == []
