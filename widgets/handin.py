"""Hand-in of the code track: a button that sends this notebook's file to the classroom."""

from __future__ import annotations

import os
from datetime import datetime
from html import escape, unescape
from pathlib import Path
from zoneinfo import ZoneInfo

import ipywidgets as ipw

from widgets.store import RefusedError, Store, StoreError
from widgets.storechoice import default_store

LARGEST_NOTEBOOK = 2 * 1024 * 1024
"""Bytes that the classroom takes."""

ZONE = ZoneInfo("Asia/Shanghai")


class Workbook(ipw.VBox):
    """The notebook this cell stands in, on its way to the trainer.

    Parameters
    ----------
    name
        Its name in the lesson, e.g. ``D1``; by default the file's own.
    lesson
        The lesson it belongs to; by default the name of its folder, e.g. ``L3``.
    path
        The file; by default the one that Jupyter says the kernel runs.
    """

    def __init__(
        self,
        name: str | None = None,
        lesson: str | None = None,
        path: Path | None = None,
        course: str | None = None,
        store: Store | None = None,
    ) -> None:
        self._name = name
        self._path = path
        self._lesson = lesson
        self._course = course
        self._store = store
        self._facts = ipw.HTML()
        self._told = ipw.HTML()
        self._button = ipw.Button(description="交到课堂", button_style="primary")
        self._button.on_click(lambda _: self.hand_in())
        super().__init__([self._facts, self._button, self._told])
        self._look()

    @property
    def told(self) -> str:
        """What was said last of the file or its sending, without mark-up."""
        return unescape(self._told.value.partition(">")[2].removesuffix("</p>"))

    def hand_in(self) -> None:
        """Send the file as it lies on disk now."""
        self._tell("… 正在保存")
        try:
            self._tell(f"✓ 已保存 {self._sent()}")
        except StoreError as error:
            word = {"waiting": "⧗ 没有送到"}.get(error.status, "! 未被接受")
            self._tell(f"{word} {error}")

    def _tell(self, words: str) -> None:
        self._told.value = f'<p role="status">{escape(words)}</p>'

    def _sent(self) -> str:
        file = self._file()
        saved = self._look()
        notebook = _notebook(file)
        store = self._store or default_store(self._course)
        sent = store.hand_in(self._lesson or file.parent.name, self._name or file.stem, notebook)
        at = datetime.fromisoformat(sent["sent_at"])
        return f"课堂于 {_words(at)} 收到，内容为 {saved} 保存的版本。"

    def _look(self) -> str:
        """Show the file and when it was saved last, which is returned in words."""
        try:
            file = self._file()
        except RefusedError as error:
            self._facts.value = f"<p>{escape(str(error))}</p>"
            self._button.disabled = True
            return ""
        saved = _words(datetime.fromtimestamp(file.stat().st_mtime, ZONE))
        self._facts.value = (
            f"<p>要交的文件：<strong>{escape(file.name)}</strong>，最近一次保存：{saved}。</p>"
            "<p>先按 Ctrl+S 保存，再点下面的按钮；可以再交，以最后一次为准。</p>"
        )
        return saved

    def _file(self) -> Path:
        file = self._path or _file_of_kernel()
        if not file.is_file():
            raise RefusedError(f"找不到文件 {file.name}。", "请先保存笔记本，再运行这个单元格。")
        return file.resolve()


def _file_of_kernel() -> Path:
    # Set by jupyter_server 2 for the kernel of a notebook; it is not renamed with the file.
    name = os.environ.get("JPY_SESSION_NAME", "")
    if not name.endswith(".ipynb"):
        raise RefusedError(
            "不知道这个笔记本存在哪里。", "请在 JupyterLab 里打开它，再运行这个单元格。"
        )
    return Path(name)


def _notebook(file: Path) -> bytes:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise RefusedError(
            f"读不出 {file.name}（{error.strerror}）。", "请检查文件权限。"
        ) from error
    if len(content) > LARGEST_NOTEBOOK:
        size = len(content) / 1024 / 1024
        raise RefusedError(
            f"文件有 {size:.1f} MB，最多交 2 MB。", "请清除不需要的输出，保存后再交。"
        )
    return content


def _words(moment: datetime) -> str:
    """Say a moment as people here do, in their own zone."""
    here = moment.astimezone(ZONE)
    return f"{here.month}月{here.day}日 {here:%H:%M}"
