"""Which store a kernel uses, as its environment says."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from widgets.apistore import ApiStore
from widgets.folderstore import FolderStore
from widgets.store import RefusedError, Store

VARIABLES = (
    "ZHIXING_TABLES",
    "ZHIXING_LOCAL_COURSES",
    "ZHIXING_LOCAL_ANSWERS",
    "ZHIXING_API_URL",
    "ZHIXING_API_SOCKET",
    "ZHIXING_API_TOKEN",
    "JUPYTERHUB_API_TOKEN",
    "ZHIXING_COURSE",
)


def default_store(course: str | None = None) -> Store:
    """Return the kernel's own store; one for all widgets of a course."""
    environ = {name: os.environ[name] for name in VARIABLES if os.environ.get(name)}
    course = course or _course_of_notebook()
    if course:
        environ["ZHIXING_COURSE"] = course
    return _kept_store(tuple(sorted(environ.items())))


def _course_of_notebook() -> str | None:
    """Name the course by the notebook's folder, ``<course>/<lesson>/``, where one has several."""
    # Set by jupyter_server 2 for the kernel of a notebook.
    folder = Path(os.environ.get("JPY_SESSION_NAME", "")).parent.parent.name
    own = os.environ.get("ZHIXING_COURSES", "").split(",")
    return folder if folder and folder in own else None


@cache
def _kept_store(environ: tuple[tuple[str, str], ...]) -> Store:
    return store_from_environ(dict(environ))


def store_from_environ(environ: Mapping[str, str]) -> Store:
    """Make the store that these variables name.

    Raises
    ------
    RefusedError
        If they name none, or the local course may not or cannot be used.
    """
    if "ZHIXING_TABLES" in environ:
        return FolderStore(Path(environ["ZHIXING_TABLES"]))
    if "ZHIXING_LOCAL_COURSES" in environ:
        return _local_store(environ)
    url = environ.get("ZHIXING_API_URL", "")
    token = environ.get("ZHIXING_API_TOKEN") or environ.get("JUPYTERHUB_API_TOKEN", "")
    course = environ.get("ZHIXING_COURSE", "")
    if not (url and token and course):
        raise RefusedError(
            "这个笔记本没有连上课堂，题目取不到。",
            "请从课堂里打开；自建时请设置 ZHIXING_API_URL、ZHIXING_API_TOKEN 和 ZHIXING_COURSE。",
        )
    return ApiStore(url, course, token, environ.get("ZHIXING_API_SOCKET", ""))


def _local_store(environ: Mapping[str, str]) -> Store:
    # Marking, course files and their packages are a kernel's load only where they are used.
    from widgets.localstore import LocalStore
    from zhixing.coursefiles import course_folders, load_course
    from zhixing.errors import ZhixingError

    folder = Path(environ["ZHIXING_LOCAL_COURSES"])
    wanted = environ.get("ZHIXING_COURSE")
    found = [path for path in course_folders(folder) if wanted in (None, path.name)]
    if not found:
        raise RefusedError(f"在 {folder} 里没有找到课程 {wanted or ''}。", "请核对课程文件夹。")
    try:
        # A single reader has one drawing of the data, whichever: the first, and no other made.
        course = load_course(found[0], draws=1)
    except ZhixingError as error:
        raise RefusedError(f"课程文件有错：{error}", "请运行 zhixing check 查看。") from error
    default = Path.home() / ".local" / "share" / "zhixing" / "answers.db"
    return LocalStore(course, Path(environ.get("ZHIXING_LOCAL_ANSWERS", default)))
