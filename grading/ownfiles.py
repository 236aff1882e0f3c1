"""Own files: what a learner's notebooks add to the records, and nothing else of them.

Only the source of solution cells and the text of manual cells that the released lesson knows is
taken; points, tests, order, outputs and metadata of the file are never looked at.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from grading.submittedfile import require_notebook, require_notebook_file
from zhixing.errors import ZhixingError

MOST_FILES = 100
LARGEST_BYTES = 20 * 1024 * 1024


class OwnFileError(ZhixingError):
    """A file that cannot be taken; the sentence says what to do."""


def files_from_zip(content: bytes) -> dict[str, bytes]:
    """Read a released lesson; no name in it leaves the folder it is unpacked to.

    Raises
    ------
    OwnFileError
        If it is no such zip.
    """
    files: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            is_small = sum(one.file_size for one in members) <= LARGEST_BYTES
            if len(members) > MOST_FILES or not is_small:
                raise OwnFileError("下载的课时太大，没有保存。请告诉教员。")
            for member in members:
                files[_plain_name(member.filename)] = archive.read(member)
    except zipfile.BadZipFile as error:
        raise OwnFileError(f"下载的课时打不开（{error}）。请再试一次。") from error
    return files


def _plain_name(name: str) -> str:
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or any(part.startswith(".") for part in parts):
        raise OwnFileError(f"下载的课时里有不该有的文件名 {name}，没有保存。请告诉教员。")
    return name


def code_to_send(released: Mapping[str, bytes], folder: Path) -> dict[str, bytes]:
    """Notebook name to a notebook of its solution cells only, where any differs from the release.

    Raises
    ------
    SubmittedFileError
        If a file is no plain notebook.
    """
    sent = {}
    for name, content in released.items():
        known = _solutions(content, "code")
        own = _own(folder / name, "code") if known else {}
        changed = {key: own[key] for key in known if key in own}
        if any(changed[key].strip() != known[key].strip() for key in changed):
            sent[name.removesuffix(".ipynb")] = _notebook(changed)
    return sent


def texts_to_record(
    released: Mapping[str, bytes], folder: Path, views: Sequence[Mapping[str, Any]]
) -> list[tuple[Mapping[str, Any], str]]:
    """Pairs of question and text of manual cells that the records do not have yet.

    Parameters
    ----------
    views
        Questions of the lesson with the learner's standing, as the API gives them.

    Raises
    ------
    OwnFileError
        Where another text was given on the page: the learner says which counts, not we.
    SubmittedFileError
        If a file is no plain notebook.
    """
    by_id = {view["question"]["id"]: view for view in views}
    found = []
    for name, content in released.items():
        known = _solutions(content, "markdown")
        own = _own(folder / name, "markdown") if known else {}
        for key, stub in known.items():
            text = own.get(key, "").strip()
            if key in by_id and text not in ("", stub.strip()):
                found += _new_text(by_id[key], text, name)
    return found


def _new_text(view: Mapping[str, Any], text: str, file: str) -> list[tuple[Mapping[str, Any], str]]:
    question, last = view["question"], view["state"]["last"]
    if last is None:
        return [(question, text)]
    if str(last["value"]).strip() == text:
        return []
    raise OwnFileError(
        f"{question['id']} 在课时页面上已经写过，和 {file} 里的不一样。"
        "要交页面上的，请清空笔记本里的这个单元格；要交笔记本里的，请把它贴到页面上提交。"
    )


def _own(path: Path, kind: str) -> dict[str, str]:
    if not path.exists() and not path.is_symlink():
        return {}
    require_notebook_file(path)
    return _solutions(path.read_bytes(), kind)


def _solutions(content: bytes, kind: str) -> dict[str, str]:
    """Cell id to source of the solution cells of a kind; of a doubled id the first."""
    require_notebook("课时", content)
    found: dict[str, str] = {}
    for cell in json.loads(content)["cells"]:
        grader = cell["metadata"].get("nbgrader", {})
        if cell["cell_type"] == kind and grader.get("solution"):
            found.setdefault(str(grader.get("grade_id", "")), "".join(cell["source"]))
    return found


def _notebook(sources: Mapping[str, str]) -> bytes:
    cells: list[dict[str, Any]] = [
        {
            "cell_type": "code",
            "execution_count": None,
            "metadata": {"nbgrader": {"grade_id": name, "solution": True}},
            "outputs": [],
            "source": source,
        }
        for name, source in sources.items()
    ]
    content = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(content, ensure_ascii=False).encode()
