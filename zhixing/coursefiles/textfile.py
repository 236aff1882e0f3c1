"""Text files of a course: read as UTF-8, or a finding that names the file."""

from __future__ import annotations

from pathlib import Path

from zhixing.coursefiles.finding import Finding

_BOM = b"\xef\xbb\xbf"


def read_text(path: Path, name: str) -> str | Finding:
    """Read a file; ``name`` is how reports call it."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return Finding(name, None, "文件", "找不到该文件", "文件存在", "请补上文件或改正文件名。")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return Finding(
            name, None, "文件", f"无法读取（{reason}）", "可读的文件", "请检查文件权限。"
        )
    return _decoded(raw, name)


def _decoded(raw: bytes, name: str) -> str | Finding:
    if raw.startswith(_BOM):
        return Finding(
            name, 1, "编码", "开头有 BOM", "不带 BOM 的 UTF-8", "请另存为“UTF-8（无 BOM）”。"
        )
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        found = f"第 {error.start + 1} 个字节不是 UTF-8（可能是 GBK）"
        return Finding(name, line, "编码", found, "UTF-8", "请用编辑器另存为 UTF-8。")
