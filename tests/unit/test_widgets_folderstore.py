"""A kernel that grades reads tables and records nothing."""

import json
from pathlib import Path

import pytest

from widgets.folderstore import FolderStore
from widgets.quiz import answer
from widgets.store import RefusedError
from widgets.storechoice import store_from_environ
from widgets.table import Table

TABLE = {"title": "党员名册", "note": "虚构", "columns": ["人员编码"], "rows": [["RY1"], [None]]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "D1").mkdir()
    (tmp_path / "D1" / "roster.json").write_text(json.dumps(TABLE, ensure_ascii=False))
    return tmp_path


def test_the_tables_folder_comes_before_every_other_store(folder: Path) -> None:
    environ = {"ZHIXING_TABLES": str(folder), "ZHIXING_API_URL": "http://x", "ZHIXING_COURSE": "c"}
    store = store_from_environ(environ)
    assert isinstance(store, FolderStore)
    assert Table("D1/roster", store=store).frame["人员编码"].tolist()[0] == "RY1"


def test_answers_and_hand_ins_are_refused_and_the_cell_goes_on(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = FolderStore(folder)
    answer("L3-D1-1", 82, store=store)
    assert "得分按交卷时的记录计算" in capsys.readouterr().out
    for refused in (
        lambda: store.question_view("L3-1"),
        lambda: store.answer("L3-1", "v", "a", "k"),
        lambda: store.hand_in("L3", "D1", b"{}"),
        lambda: store.table_file("D1", "roster"),
        lambda: store.table("D1", "nothing"),
    ):
        with pytest.raises(RefusedError):
            refused()
