"""Pictures: every one has a text alternative, exists, is safe, and is shown somewhere."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from markdown_it import MarkdownIt

from zhixing.coursefiles.figures import FOLDER, NAME, figures_folder
from zhixing.coursefiles.finding import Finding, shown
from zhixing.coursefiles.notebook import Cell, Notebook
from zhixing.coursefiles.prose import prose_faults
from zhixing.coursefiles.safesvg import svg_faults, svg_texts

_PARSER = MarkdownIt("commonmark", {"html": True}).enable("table")
_PNG = b"\x89PNG\r\n\x1a\n"
_DESCRIBE = "请用一两句话写出图里要看懂的内容。"


@dataclass
class _Markup(HTMLParser):
    """Pictures in the HTML of a text."""

    images: list[tuple[str, str]] = field(default_factory=list)
    unnamed: int = 0
    _is_open: bool = False
    _is_named: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take an image, or look for the title of a drawing."""
        given = {name: (value or "").strip() for name, value in attrs}
        if tag == "img":
            self.images.append((given.get("src", ""), given.get("alt", "")))
        elif tag == "svg":
            self._is_open, self._is_named = True, bool(given.get("aria-label"))
        elif tag == "title" and self._is_open:
            self._is_named = True

    def handle_endtag(self, tag: str) -> None:
        """Count a drawing that ended without a name."""
        if tag == "svg" and self._is_open:
            self.unnamed += not self._is_named
            self._is_open = False


def picture_findings(
    folder: Path, lesson_id: str, notebooks: Sequence[Notebook], figures: Collection[str]
) -> Iterator[Finding]:
    """Everything wrong with the pictures of a lesson, in its texts and in its folder."""
    used: set[str] = set()
    for notebook in notebooks:
        for cell in notebook.cells:
            if cell.kind == "markdown":
                yield from _cell_findings(folder, lesson_id, notebook, cell, used)
    base = figures_folder(folder, lesson_id)
    for path in sorted(base.glob("*")):
        if not path.name.startswith("."):
            name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
            yield from _file_findings(path, name, used, figures)


def _cell_findings(
    folder: Path, lesson_id: str, notebook: Notebook, cell: Cell, used: set[str]
) -> Iterator[Finding]:
    markup = _Markup()
    images = markup.images
    for token in _PARSER.parse(cell.source):
        for part in (token, *(token.children or ())):
            if part.type == "image":
                images.append((str(part.attrs.get("src", "")), part.content.strip()))
            elif part.type in ("html_block", "html_inline"):
                markup.feed(part.content)
    for source, alternative in images:
        line = next((one for one in cell.source.split("\n") if source in one), "")
        place = notebook.line(cell, line)
        used.add(source.removeprefix(f"{FOLDER}/"))
        for found, expected, advice in _image_faults(folder, lesson_id, source, alternative):
            yield Finding(notebook.name, place, "图", found, expected, advice)
    if markup.unnamed:
        found, expected = "svg 没有 title", "<title>图的名称</title> 或 aria-label"
        yield Finding(notebook.name, cell.line, "图", found, expected, _DESCRIBE)


def _image_faults(
    folder: Path, lesson_id: str, source: str, alternative: str
) -> Iterator[tuple[str, str, str]]:
    name = source.removeprefix(f"{FOLDER}/")
    if not alternative or alternative in (name, Path(name).stem):
        found = f"{shown(source)} 没有替代文字"
        yield found, "![替代文字](figures/x.svg)", _DESCRIBE
    if not source.startswith(f"{FOLDER}/") or not NAME.fullmatch(name):
        expected = "figures/ 里的 .svg 或 .png，文件名只用字母、数字、- 和 _"
        yield shown(source), expected, "请把图放进这一课时的 figures 文件夹。"
    elif not (figures_folder(folder, lesson_id) / name).is_file():
        where = f"source/{lesson_id}/{source}"
        yield f"找不到 {source}", f"有文件 {where}", "请补上文件或改正文件名。"


def _file_findings(
    path: Path, name: str, used: set[str], figures: Collection[str]
) -> Iterator[Finding]:
    if path.is_symlink() or not path.is_file() or not NAME.fullmatch(path.name):
        expected = ".svg 或 .png 文件，文件名只用字母、数字、- 和 _"
        yield Finding(name, None, "文件名", shown(path.name), expected, "请改名，或移出 figures。")
        return
    if path.name not in used:
        yield Finding(name, None, "文件", "正文没有用到", "正文引用的图", "请引用或删去。")
    content = path.read_bytes()
    if path.suffix == ".png":
        if not content.startswith(_PNG):
            yield Finding(name, None, "文件", "不是 PNG", "PNG 图", "请重新导出。")
        return
    faults = list(svg_faults(content))
    for line, found, expected, advice in faults:
        yield Finding(name, line, "svg", found, expected, advice)
    for text in () if faults else svg_texts(content):
        for found, expected, advice in prose_faults(text, figures):
            line = content.decode().split(text)[0].count("\n") + 1
            yield Finding(name, line, "svg", found, expected, advice)
