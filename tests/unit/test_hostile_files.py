"""What may lie in a submission instead of a file is refused by name, at once, and not read."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from grading.answersfile import AnswersFileError, load_answers
from grading.engine.handin import read_hand_in
from grading.engine.master import Master, MasterNotebook
from grading.engine.moment import naive_utc
from grading.linkedfile import is_own_file
from grading.submittedfile import SubmittedFileError, plain_bytes


def linked(path: Path) -> None:
    (path.parent / "other").write_text("{}")
    path.symlink_to(path.parent / "other")


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(2 << 30)


STRANGE: dict[str, Callable[[Path], object]] = {
    "link": linked,
    "dangling": lambda path: path.symlink_to(path.parent / "nothing"),
    "pipe": os.mkfifo,
    "folder": Path.mkdir,
    "sparse": sparse,
}


@pytest.mark.parametrize("make", STRANGE.values(), ids=STRANGE)
def test_no_reader_of_a_hand_in_follows_waits_or_fills_its_memory(
    tmp_path: Path, make: Callable[[Path], object]
) -> None:
    make(tmp_path / "answers.json")
    began = time.monotonic()
    with pytest.raises(AnswersFileError, match=r"answers\.json"):
        load_answers(tmp_path)
    with pytest.raises(SubmittedFileError, match=r"answers\.json"):
        plain_bytes(tmp_path / "answers.json", 1 << 20)
    assert time.monotonic() - began < 1


@pytest.mark.parametrize("name", ["answers.json", "timestamp.txt", "p.ipynb"])
@pytest.mark.parametrize("make", STRANGE.values(), ids=STRANGE)
def test_a_hand_in_with_one_is_refused_by_the_name_of_the_file(
    tmp_path: Path, name: str, make: Callable[[Path], object]
) -> None:
    book = MasterNotebook("p", {}, ())
    path = submitted(tmp_path, "one")
    for plain in ("p.ipynb", "answers.json"):
        path.with_name(plain).write_text('{"nbformat": 4, "cells": [], "metadata": {}}')
    path.with_name(name).unlink(missing_ok=True)
    make(path.with_name(name))
    with pytest.raises(SubmittedFileError, match=name):
        read_hand_in(tmp_path, "one", Master("ps1", {"p": book}))


NUMBER = {"version": "1", "values": [], "score": 0}
ANSWERS = {
    "deep": "[" * 200_000,
    "huge score": json.dumps({"q": NUMBER}).replace('"score": 0', '"score": 1' + "0" * 400),
    "endless score": json.dumps({"q": NUMBER}).replace('"score": 0', '"score": 1e999'),
    "long number": json.dumps({"q": NUMBER}).replace('"score": 0', '"score": 1' + "0" * 5000),
    "no text": "\ud800",
    "list": "[]",
}


@pytest.mark.parametrize("text", ANSWERS.values(), ids=ANSWERS)
def test_an_answers_file_of_any_content_is_its_own_fault(tmp_path: Path, text: str) -> None:
    (tmp_path / "answers.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(AnswersFileError, match=r"answers\.json"):
        load_answers(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01 00:00:00 Asia/Tokyo",
        "9999-12-31 23:59:59 America/New_York",
        "2026-11-20 10:30:99 UTC",
        "1e400",
        "昨天",
        "\x00",
        "9" * 150,
    ],
)
def test_a_time_that_is_none_is_refused_by_name(text: str) -> None:
    with pytest.raises(SubmittedFileError, match="交卷时间"):
        naive_utc(text)


def test_a_zone_is_a_name_and_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("grading.engine.moment.gettz", asked.append)
    for zone in ("/etc/shadow", "../../etc/shadow", "a\x00b", "UTC"):
        naive_utc(f"2026-11-20 10:30:15 {zone}")
    assert asked == ["UTC"]


def submitted(course: Path, person: str) -> Path:
    folder = course / "submitted" / person / "ps1"
    folder.mkdir(parents=True)
    return folder / "p.ipynb"


def test_a_hard_link_to_a_peers_work_costs_the_peer_nothing_and_is_not_the_linkers(
    tmp_path: Path,
) -> None:
    peer = submitted(tmp_path, "peer")
    peer.write_text("{}")
    time.sleep(0.05)
    late, early = submitted(tmp_path, "late"), submitted(tmp_path, "early")
    os.link(peer, late)
    assert (is_own_file(tmp_path, peer), is_own_file(tmp_path, late)) == (True, False)
    (peer.parent / "answers.json").write_text("{}")
    os.link(peer, early)
    own = [is_own_file(tmp_path, path) for path in (peer, late, early)]
    assert own == [True, False, False]


def test_whoever_handed_in_first_and_links_later_is_found_out(tmp_path: Path) -> None:
    early, peer = submitted(tmp_path, "early"), submitted(tmp_path, "peer")
    peer.write_text("{}")
    time.sleep(0.05)
    os.link(peer, early)
    assert (is_own_file(tmp_path, peer), is_own_file(tmp_path, early)) == (True, False)


@pytest.mark.parametrize("place", ["source/ps1/p.ipynb", "gradebook.db", "release/ps1/p.ipynb"])
def test_a_hard_link_to_the_course_is_nobodys_work(tmp_path: Path, place: str) -> None:
    (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
    own = submitted(tmp_path, "early")
    (tmp_path / place).write_text("{}")
    os.link(tmp_path / place, own)
    assert not is_own_file(tmp_path, own)
