"""A roster with a mistake stays out as a whole, and every mistake is told in plain words."""

import json
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from click.testing import Result

from tests.records_rows import count, rows
from tests.roster_book import COHORTS, PERSONS, ROLES, UNITS
from zhixing.records.store import Store
from zhixing.records.tables import (
    Person,
)


def test_one_mistake_keeps_everything_out_and_all_mistakes_are_told(
    store: Store, run: Callable[..., Result], write: Callable[..., Path]
) -> None:
    before = count(store)
    persons = [["0001", "Li", "李", "S9", None, "区长", None, None], *PERSONS[1:]]
    roles = [*ROLES, ["nobody", "学员"]]
    result = run("import", write(人员=persons, 角色=roles), "--json", "--passwords-out", "-")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert told["status"] == "refused"
    places = {(item["sheet"], item["row"], item["column"]) for item in told["problems"]}
    assert places >= {("人员", 3, "登录名"), ("人员", 3, "岗位"), ("角色", 7, "登录名")}
    assert all(item["found"] and item["expected"] and item["next"] for item in told["problems"])
    assert count(store) == before


def test_an_unknown_unit_of_a_person_is_told(
    run: Callable[..., Result], write: Callable[..., Path]
) -> None:
    persons = [["0001", "li", "李", "S9", None, None, None, None], *PERSONS[1:]]
    result = run("import", write(人员=persons), "--dry-run")
    assert result.exit_code == 1
    assert "“人员”表第 3 行“单位编码”列:没有编码为“S9”的单位" in result.stderr


def test_a_failure_while_writing_rolls_back_and_takes_the_password_list_away(
    store: Store,
    run: Callable[..., Result],
    write: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = count(store)

    def broken(*_: object) -> None:
        raise OSError("disk gone")

    monkeypatch.setattr("zhixing.roster.writer._write_cohorts", broken)
    result = run("import", write(), "--passwords-out", tmp_path / "p.xlsx")
    assert result.exit_code == 1
    assert not (tmp_path / "p.xlsx").exists()
    assert count(store) == before


def test_new_people_need_a_place_for_their_passwords(
    store: Store, run: Callable[..., Result], write: Callable[..., Path]
) -> None:
    result = run("import", write())
    assert result.exit_code == 1
    assert "--passwords-out" in result.stderr
    assert rows(store, Person.id) == set()


def test_a_password_list_is_never_overwritten(
    store: Store, run: Callable[..., Result], write: Callable[..., Path], tmp_path: Path
) -> None:
    (tmp_path / "p.xlsx").write_text("old")
    result = run("import", write(), "--passwords-out", tmp_path / "p.xlsx")
    assert result.exit_code == 1
    assert "已存在" in result.stderr
    assert (tmp_path / "p.xlsx").read_text() == "old"
    assert rows(store, Person.id) == set()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "这不是 Excel 文件"),
        (b"hello", "这不是 Excel 文件"),
        (b"\xd0\xcf\x11\xe0 old", "旧格式"),
        (b"PK\x03\x04 torn", "这不是 Excel 文件"),
    ],
)
def test_what_is_no_workbook_is_refused_in_plain_words(
    run: Callable[..., Result], tmp_path: Path, content: bytes, said: str
) -> None:
    (tmp_path / "x.xlsx").write_bytes(content)
    result = run("import", tmp_path / "x.xlsx")
    assert result.exit_code == 1
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_a_torn_workbook_is_refused(
    run: Callable[..., Result], write: Callable[..., Path], tmp_path: Path
) -> None:
    torn = tmp_path / "torn.xlsx"
    with zipfile.ZipFile(write()) as whole, zipfile.ZipFile(torn, "w") as archive:
        for name in whole.namelist():
            archive.writestr(name, whole.read(name)[:200])
    result = run("import", torn)
    assert result.exit_code == 1
    assert "已损坏" in result.stderr


def test_a_bomb_is_refused_before_it_is_unpacked(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "x.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "")
        with archive.open("xl/big.xml", "w", force_zip64=True) as file:
            for _ in range(310):
                file.write(bytes(2**20))
    result = run("import", tmp_path / "x.xlsx")
    assert result.exit_code == 1
    assert "过大" in result.stderr


def test_a_missing_sheet_and_a_wrong_header_are_named(
    run: Callable[..., Result], write: Callable[..., Path], tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(write())
    del book["角色"]
    book["人员"]["C1"] = "身份证号"
    book.save(tmp_path / "x.xlsx")
    result = run("import", tmp_path / "x.xlsx")
    assert result.exit_code == 1
    assert "“角色”表:没有这张表" in result.stderr
    assert "“姓名”列:表头里没有这一列" in result.stderr
    assert "“身份证号”列:多出了这一列" in result.stderr


def test_formulas_dates_and_private_numbers_are_named_by_their_cell(
    run: Callable[..., Result], write: Callable[..., Path]
) -> None:
    persons = [
        ["=A1", "li", "李", "S1", None, None, None, None],
        [date(2026, 1, 2), "wang", "王", "S1", None, None, None, None],
        [13800001111, "zhao", "赵", "S1", None, None, None, None],
    ]
    result = run("import", write(人员=persons))
    assert "第 3 行“人员编码”列:单元格里是公式" in result.stderr
    assert "第 4 行“人员编码”列:Excel 把它变成了日期" in result.stderr
    assert "第 5 行“人员编码”列:“13*********”像是手机号" in result.stderr
    assert "13800001111" not in result.output


def test_the_course_of_a_class_must_exist(
    run: Callable[..., Result], write: Callable[..., Path]
) -> None:
    cohorts = [["听雨街道班", "shujiketan", *COHORTS[0][2:]]]
    result = run("import", write(班次=cohorts))
    assert result.exit_code == 1
    assert "没有课程“shujiketan”" in result.stderr


def test_no_data_folder_is_told(
    run: Callable[..., Result], write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ZHIXING_DATA")
    result = run("import", write())
    assert result.exit_code == 1
    assert "--data" in result.stderr


def test_an_unknown_option_exits_with_2(run: Callable[..., Result]) -> None:
    assert run("import", "--leitstern").exit_code == 2


def test_a_mistake_in_a_unit_is_told_once_and_not_at_everybody_in_it(
    run: Callable[..., Result], write: Callable[..., Path]
) -> None:
    units = [*UNITS[:3], ["007", "和畅社区", "属地", "社区委", "S1", None], *UNITS[4:]]
    result = run("import", write(单位=units), "--json")
    assert result.exit_code == 1
    problems = json.loads(result.stdout)["problems"]
    assert [(item["sheet"], item["row"], item["column"]) for item in problems] == [
        ("单位", 6, "类别")
    ]


def test_a_circle_of_units_is_refused(
    run: Callable[..., Result], write: Callable[..., Path]
) -> None:
    units = [["Q", "明川区", "属地", "区", "S1", None], *UNITS[1:]]
    result = run("import", write(单位=units))
    assert result.exit_code == 1
    assert "上级关系绕成了圈(Q→S1→Q)" in result.stderr


def test_a_row_far_below_is_refused_before_it_is_walked_to(
    run: Callable[..., Result], write: Callable[..., Path], tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(write())
    book["人员"].cell(row=60_000, column=1, value="0009")
    book.save(tmp_path / "x.xlsx")
    result = run("import", tmp_path / "x.xlsx")
    assert result.exit_code == 1
    assert "行数过多" in result.stderr
