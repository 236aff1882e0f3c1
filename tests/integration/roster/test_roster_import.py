"""A roster file goes into the records whole, and again without a change."""

import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import func, select

from tests.records_rows import count, rows
from tests.roster_book import COHORTS, GOOD
from zhixing.records.accounts import Login, verify
from zhixing.records.store import Store
from zhixing.records.tables import (
    Account,
    Audit,
    Cohort,
    CohortTrainer,
    Enrolment,
    Person,
    Role,
    Unit,
    UnitLink,
)


def test_everything_in_the_file_is_in_the_records(store: Store, imported: Path) -> None:
    assert rows(store, Unit.code, Unit.name, Unit.tree, Unit.kind) >= {
        ("Q", "明川区", "place", "district"),
        ("007", "和畅社区", "place", "community"),
        ("PS1", "听雨街道党工委", "party", "street_work_committee"),
    }
    assert rows(store, Person.key, Person.username, Person.name, Person.post, Person.rank) == {
        ("0001", "li", "李龑", "社区书记", "非公务员"),
        ("0002", "wang", "王𠮷䶮", "", ""),
        ("0003", "zhao", "阿依古丽·买买提明", "街道干部", "乡科级及一级主任科员以下"),
    }
    assert rows(store, Role.name) == {("cadre",), ("trainer",), ("street_admin",)}
    midnight = datetime(2026, 8, 31, 16, tzinfo=UTC), datetime(2026, 12, 31, 16, tzinfo=UTC)
    assert rows(store, Cohort.course_id, Cohort.opens, Cohort.closes) == {
        ("shujiketang", *midnight)
    }
    counted = count(store)
    assert (counted["unit_link"], counted["cohort_trainer"], counted["enrolment"]) == (3, 1, 2)


def test_paths_lead_from_the_root_down(store: Store, imported: Path) -> None:
    with store.read() as conn:
        ids = dict(conn.execute(select(Unit.code, Unit.id)).all())
        path = conn.scalar(select(Unit.path).where(Unit.code == "007"))
    assert path == f"/{ids['Q']}/{ids['S1']}/{ids['007']}/"


def test_each_new_person_logs_in_once_with_the_password_from_the_list(
    store: Store, imported: Path
) -> None:
    assert stat.S_IMODE(imported.stat().st_mode) == 0o600
    lines = imported.read_text("utf-8-sig").splitlines()
    assert lines[0] == "登录名,姓名,单位,一次性密码"
    for line in lines[1:]:
        username, _, _, password = line.split(",")
        login = verify(store, username, password, datetime.now(UTC))
        assert isinstance(login, Login)
        assert login.must_change


def test_a_second_import_changes_nothing_and_says_so(
    store: Store, imported: Path, run: Callable[..., Result], write: Callable[..., Path]
) -> None:
    before = count(store)
    result = run("import", write())
    assert result.exit_code == 0
    assert "没有需要改动的内容" in result.output
    assert count(store) == before


def test_a_dry_run_shows_all_and_writes_nothing(
    store: Store, run: Callable[..., Result], write: Callable[..., Path]
) -> None:
    before = count(store)
    result = run("import", write(), "--dry-run")
    assert result.exit_code == 0
    assert "新增 人员 0001" in result.output
    assert "跳过示例 5 行" in result.output
    assert "未写入任何内容" in result.output
    assert count(store) == before


def test_a_change_is_told_written_and_audited(
    store: Store, imported: Path, run: Callable[..., Result], write: Callable[..., Path]
) -> None:
    persons = [["0001", "li", "李龑", "S2", None, "网格员", "非公务员", "否"]]
    units = [["007", "和畅社区", "属地", "社区", "S2", None]]
    sheets = write(单位=units, 人员=persons, 角色=[], 班次=[], 班次学员=[])
    preview = run("import", sheets, "--dry-run").output
    assert "修改 人员 0001:单位编码 007 → S2" in preview
    assert "在岗 是 → 否" in preview
    assert "文件外 人员 0002(保留不动)" in preview
    assert run("import", sheets).exit_code == 0
    assert ("li", "网格员", False) in rows(store, Person.username, Person.post, Person.is_active)
    with store.read() as conn:
        ids = dict(conn.execute(select(Unit.code, Unit.id)).all())
        assert conn.scalar(select(Unit.path).where(Unit.code == "007")) == (
            f"/{ids['Q']}/{ids['S2']}/{ids['007']}/"
        )
        detail = conn.scalar(select(Audit.detail).where(Audit.action == "roster.person.changed"))
    assert detail is not None
    assert detail["old"]["unit"] == "007"
    assert detail["new"]["unit"] == "S2"


def test_people_who_are_not_in_the_file_stay(
    store: Store, imported: Path, run: Callable[..., Result], write: Callable[..., Path]
) -> None:
    before = count(store)
    nothing = {title: [] for title in GOOD}
    assert run("import", write(**nothing)).exit_code == 0
    assert count(store) == before


def test_a_role_is_taken_back_by_saying_so(
    store: Store, imported: Path, run: Callable[..., Result], write: Callable[..., Path]
) -> None:
    roles = [["zhao", "街道组织部门", "S1", "否"]]
    sheets = write(单位=[], 人员=[], 角色=roles, 班次=[], 班次学员=[])
    assert run("import", sheets).exit_code == 0
    assert ("street_admin",) not in rows(store, Role.name)


def test_the_trainers_of_a_class_are_those_in_the_file(
    store: Store, imported: Path, run: Callable[..., Result], write: Callable[..., Path]
) -> None:
    cohorts = [[*COHORTS[0][:4], None]]
    assert run("import", write(班次=cohorts)).exit_code == 0
    assert rows(store, CohortTrainer.person_id) == set()


def test_each_new_thing_has_its_audit_row(store: Store, imported: Path) -> None:
    with store.read() as conn:
        actors = set(conn.scalars(select(Audit.actor)))
        made = conn.scalar(select(func.count()).select_from(Audit)) or 0
        things = sum(
            conn.scalar(select(func.count()).select_from(table)) or 0
            for table in (Unit, Person, Account, Role, Cohort, Enrolment)
        )
    assert made == things
    assert all(actor.startswith("cli:") for actor in actors)
    assert rows(store, UnitLink.place_id)


def test_where_an_identity_provider_logs_in_nobody_gets_a_password(
    store: Store,
    run: Callable[..., Result],
    write: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ZHIXING_OIDC_AUTHORIZE_URL", "http://127.0.0.1/authorize")
    assert run("import", write()).exit_code == 0
    assert rows(store, Account.person_id) == set()
    assert len(rows(store, Person.id)) == 3


def test_a_dry_run_on_a_new_folder_makes_no_database(
    run: Callable[..., Result],
    write: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("ZHIXING_DATABASE_URL")
    result = run("import", write(), "--dry-run", "--data", tmp_path / "new")
    assert result.exit_code == 0, result.output
    assert not (tmp_path / "new").exists()


def test_a_first_import_makes_the_database(
    run: Callable[..., Result],
    write: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("ZHIXING_DATABASE_URL")
    result = run("import", write(), "--data", tmp_path / "new", "--passwords-out", "-")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "new" / "records" / "records.db").is_file()
    assert len([line for line in result.stderr.splitlines() if line.count("\t") == 2]) == 3


def test_a_maintainer_gives_a_new_password(
    store: Store, imported: Path, run: Callable[..., Result]
) -> None:
    result = run("reset-password", "li")
    assert result.exit_code == 0
    assert isinstance(verify(store, "li", result.stdout.strip(), datetime.now(UTC)), Login)
    assert run("reset-password", "nobody").exit_code == 1


def test_a_template_never_overwrites(run: Callable[..., Result], tmp_path: Path) -> None:
    assert run("template", tmp_path / "t.xlsx").exit_code == 0
    assert run("template", tmp_path / "t.xlsx").exit_code == 1
    assert run("template", tmp_path / "t.xls").exit_code == 1
