"""The embedded store: marks like the classroom, keeps every answer, holds nothing it may not."""

import sqlite3
from dataclasses import replace
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest

from tests.widgets_course import COURSE, LESSON, QUESTIONS, REASON, RIGHT, ROSTER
from widgets.localstore import LocalStore
from widgets.store import RefusedError
from widgets.storechoice import store_from_environ
from zhixing.rules import LessonRules

VERSIONS = {question.id: question.version for question in QUESTIONS}


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(COURSE, tmp_path / "记录" / "answers.db")


def give(store: LocalStore, name: str, value: Any, key: str = "key-00000001") -> dict[str, Any]:
    state: dict[str, Any] = store.answer(name, VERSIONS[name], value, key)["state"]
    return state


def test_every_marked_question_is_right_when_answered_rightly(store: LocalStore) -> None:
    for name, value in RIGHT.items():
        state = give(store, name, value, f"key-{name}")
        assert (state["status"], state["score"]) == ("done", 1.0), name
        assert state["reveal"] is not None


def test_a_question_shows_neither_key_nor_reason_before_an_answer(store: LocalStore) -> None:
    for question in QUESTIONS:
        view = store.question_view(question.id)
        assert REASON not in str(view)
        assert not {"key", "wrong", "explanation", "weights"} & set(view["question"])
        assert view["state"]["reveal"] is None


def test_a_wrong_answer_reveals_nothing_while_a_try_is_left(store: LocalStore) -> None:
    first = give(store, "L1-1", "a", "key-00000001")
    second = give(store, "L1-1", "c", "key-00000002")
    assert first["reveal"] is second["reveal"] is None
    assert [reason["id"] for reason in second["reasons"]] == ["c"]
    third = give(store, "L1-1", "a", "key-00000003")
    assert third["status"] == "done"
    assert third["reveal"]["option"] == "b"


def test_no_try_is_taken_after_the_last(store: LocalStore) -> None:
    for number in range(3):
        give(store, "L1-1", "a", f"key-0000000{number}")
    with pytest.raises(RefusedError, match="已经答完"):
        give(store, "L1-1", "b", "key-00000009")


def test_the_same_key_again_is_the_same_answer(store: LocalStore) -> None:
    first = store.answer("L1-1", VERSIONS["L1-1"], "a", "key-00000001")
    again = store.answer("L1-1", VERSIONS["L1-1"], "a", "key-00000001")
    assert again["receipt"] == first["receipt"]
    assert again["state"]["attempts"] == 1


def test_one_key_from_many_threads_is_one_answer(store: LocalStore) -> None:
    barrier, receipts = Barrier(8), []

    def click() -> None:
        barrier.wait()
        given = store.answer("L1-1", VERSIONS["L1-1"], "a", "key-00000001")
        receipts.append((given["receipt"], given["state"]["attempts"]))

    threads = [Thread(target=click) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert receipts == [receipts[0]] * 8
    assert receipts[0][1] == 1


def test_an_invalid_answer_costs_no_try(store: LocalStore) -> None:
    for name, value in [
        ("L1-1", "z"),
        ("L1-1", None),
        ("L1-5", "三个"),
        ("L1-2", []),
        ("L1-6", {}),
    ]:
        with pytest.raises(RefusedError, match="不算作一次作答"):
            give(store, name, value)
        assert store.question_view(name)["state"]["attempts"] == 0


def test_an_answer_to_another_version_is_refused(store: LocalStore) -> None:
    with pytest.raises(RefusedError, match="旧版本"):
        store.answer("L1-1", "0" * 16, "b", "key-00000001")


@pytest.mark.parametrize("key", ["", "short", "x" * 65, "with space", "引号'--", None, 5])
def test_a_key_of_another_shape_is_refused(store: LocalStore, key: Any) -> None:
    with pytest.raises(RefusedError, match="编号"):
        give(store, "L1-1", "b", key)


def test_answers_outlive_the_process(store: LocalStore, tmp_path: Path) -> None:
    give(store, "L1-W1", "先摸清底数。𠮷龑䶮")
    other = LocalStore(COURSE, tmp_path / "记录" / "answers.db")
    last = other.question_view("L1-W1")["state"]["last"]
    assert last["value"] == "先摸清底数。𠮷龑䶮"


def test_a_lesson_that_answers_back_after_handin_does_so_at_once_here(tmp_path: Path) -> None:
    lesson = replace(LESSON, rules=LessonRules(feedback="handin"))
    store = LocalStore(replace(COURSE, lessons=(lesson,)), tmp_path / "answers.db")
    assert give(store, "L1-1", "b")["score"] == 1.0


def test_a_course_that_is_not_for_self_study_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="没有自学版"):
        LocalStore(replace(COURSE, self_study=False), tmp_path / "answers.db")
    assert list(tmp_path.iterdir()) == []


def test_a_broken_file_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "answers.db").write_text("这不是数据库" * 200)
    with pytest.raises(RefusedError, match="没有保存"):
        LocalStore(COURSE, tmp_path / "answers.db")


def test_a_locked_file_is_told_in_words(
    store: LocalStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("widgets.localstore.SECONDS_TO_LOCK", 0.1)
    other = sqlite3.connect(tmp_path / "记录" / "answers.db", isolation_level=None)
    try:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(RefusedError, match="没有保存"):
            give(store, "L1-1", "b")
    finally:
        other.close()
    assert give(store, "L1-1", "b")["attempts"] == 1


def test_a_table_comes_with_its_note_and_as_excel(store: LocalStore) -> None:
    assert store.table("D1", "roster") == {"note": "虚构数据", **ROSTER}
    assert store.table_file("D1", "roster").startswith(b"PK")
    with pytest.raises(RefusedError, match="没有数据表 D1/none"):
        store.table("D1", "none")


def test_there_is_no_classroom_to_hand_in_to(store: LocalStore) -> None:
    with pytest.raises(RefusedError, match="自学版没有课堂"):
        store.hand_in("L1", "D1", b"{}")


def test_an_unknown_question_is_told(store: LocalStore) -> None:
    with pytest.raises(RefusedError, match="没有编号为 L9-9 的题目"):
        store.question_view("L9-9")


def test_an_environment_that_names_no_store_is_told_what_to_do() -> None:
    with pytest.raises(RefusedError, match="从课堂里打开"):
        store_from_environ({})


def test_an_empty_course_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="没有找到课程"):
        store_from_environ({"ZHIXING_LOCAL_COURSES": str(tmp_path)})
