"""The template is what the import reads: same sheets, same headers, examples passed by."""

from pathlib import Path

import openpyxl
import pytest

from zhixing.person import POSTS, RANKS, ROLES
from zhixing.roster.reading import roster_from_sheets
from zhixing.roster.sheets import SHEETS
from zhixing.roster.template import write_template
from zhixing.roster.workbook import read_sheets
from zhixing.unit import KINDS


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "花名册模板.xlsx"
    write_template(path)
    return path


def test_an_untouched_template_imports_as_nothing(template: Path) -> None:
    roster, problems = roster_from_sheets(read_sheets(template), "Asia/Shanghai")
    assert problems == ()
    assert roster.examples == len(SHEETS)
    assert (roster.units, roster.persons, roster.roles, roster.cohorts, roster.members) == ((),) * 5


def test_the_guide_comes_first_and_explains_every_column(template: Path) -> None:
    book = openpyxl.load_workbook(template)
    assert book.sheetnames == ["说明", *(sheet.title for sheet in SHEETS)]
    cells = {cell.value for row in book["说明"].iter_rows() for cell in row}
    assert {column.title for sheet in SHEETS for column in sheet.columns} <= cells
    assert {column.note for sheet in SHEETS for column in sheet.columns} <= cells


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.noun)
def test_headers_stay_in_view_and_codes_keep_their_zeros(template: Path, sheet: object) -> None:
    page = openpyxl.load_workbook(template)[sheet.title]
    assert [cell.value for cell in page[1]] == [column.title for column in sheet.columns]
    assert page.freeze_panes == "A2"
    formats = [page.column_dimensions[cell.column_letter].width for cell in page[1]]
    assert all(width and width > 7 for width in formats)
    assert {cell.number_format for cell in page[2]} == {"@"}


def test_lists_offer_what_the_import_takes(template: Path) -> None:
    book = openpyxl.load_workbook(template)
    offered = set()
    for sheet in SHEETS:
        for rule in book[sheet.title].data_validations.dataValidation:
            if rule.type == "list":
                offered |= set(rule.formula1.strip('"').split(","))
    assert offered == {
        *POSTS,
        *RANKS,
        *ROLES.values(),
        *(kind.title for kind in KINDS.values()),
        "属地",
        "党组织",
        "是",
        "否",
    }
