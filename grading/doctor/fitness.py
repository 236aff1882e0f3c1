"""Fitness: what the platform needs of this machine, each looked at and not assumed."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError

from grading.engine.examination import ROLES
from grading.engine.probe import require_walls
from zhixing.errors import ZhixingError
from zhixing.kernels.bubblewrap import require_isolation
from zhixing.records.schema import check_schema
from zhixing.yard.cgroups import NoGroupError, place_of_groups
from zhixing.yard.forkserver import SECONDS_BETWEEN_LOOKS
from zhixing.yard.syscalls import FilterError, SyscallFilter
from zhixing.yard.yard import Yard

LEAST_FREE_BYTES = 2 << 30
"""A backup, a batch of hand-ins and a log have room in it; our own figure."""

OLDEST_PYTHON = (3, 11)


class UnfitError(ZhixingError):
    """What was found, what is needed, what to do."""


@dataclass(frozen=True)
class Fitness:
    """One thing looked at."""

    name: str
    title: str
    is_met: bool
    found: str


def looked_at(data: Path, records_url: str) -> Iterator[Fitness]:
    """Look at everything; nothing is changed.

    Parameters
    ----------
    data
        Folder of the platform's data; it need not be there yet.
    """
    looks: Mapping[str, tuple[str, Callable[[], str]]] = {
        "python": ("Python 版本", _python),
        "isolation": ("沙箱（user namespaces）", _isolation),
        "syscalls": ("系统调用过滤（libseccomp）", _syscalls),
        "limits": ("内存和进程数由谁限制", _limits),
        "walls": ("试探程序逃不出批改沙箱", _walls),
        "data": ("数据文件夹", lambda: _data(data)),
        "records": ("记录库", lambda: _records(records_url)),
    }
    for name, (title, look) in looks.items():
        try:
            yield Fitness(name, title, is_met=True, found=look())
        except (ZhixingError, FilterError, OSError, SQLAlchemyError) as error:
            reason = str(getattr(error, "orig", None) or error).strip()
            yield Fitness(name, title, is_met=False, found=reason)


def _python() -> str:
    if sys.version_info < OLDEST_PYTHON:
        raise UnfitError(f"是 {sys.version.split()[0]}，需要 3.11 以上。请换一个 Python。")
    return sys.version.split()[0]


def _isolation() -> str:
    require_isolation()
    return "可以建立"


def _syscalls() -> str:
    SyscallFilter()
    return "可以使用"


def _limits() -> str:
    try:
        return f"内核（cgroup v2，{place_of_groups()}）"
    except NoGroupError as error:
        return f"批改程序每 {SECONDS_BETWEEN_LOOKS * 1000:.0f} 毫秒查看一次：{error}"


def _walls() -> str:
    with Yard(ROLES[0]) as yard:
        require_walls(yard)
    return "都挡住了"


def _data(data: Path) -> str:
    place = next(path for path in (data, *data.resolve().parents) if path.is_dir())
    free = shutil.disk_usage(place).free
    size = f"{free / (1 << 30):.1f} GB"
    if free < LEAST_FREE_BYTES:
        raise UnfitError(f"{place} 只剩 {size}，至少要 2 GB。请清理硬盘，或换一个位置。")
    is_there = "" if place == data else f"，{data} 还没有，第一次启动时建立"
    return f"{place} 还有 {size}{is_there}"


def _records(url: str) -> str:
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists():
        return "还没有，第一次启动时建立"
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            check_schema(connection)
    finally:
        engine.dispose()
    return "结构与程序一致"
