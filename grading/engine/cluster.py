"""Cluster: the same grading on workers of a Dask cluster, for districts with several machines.

Workers see the course folder under the same path and have this program installed; each has
walled interpreters of its own. They write only below ``autograded/.zhixing-unfinished``: the
gradebook stays with the one process that began the run. A worker that is lost costs nobody a grade:
the scheduler gives its hand-ins to others.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grading.engine.crew import LOST, Failed, attempt
from grading.engine.graded import Graded
from grading.engine.grader import Grader
from zhixing.errors import ZhixingError

if TYPE_CHECKING:
    from distributed import Client

SECONDS_TO_CONNECT = 10
SECONDS_TO_FIND_A_WORKER = 60


class ClusterError(ZhixingError):
    """A cluster that cannot be used: not installed, not reached, without workers."""


class Cluster:
    """Grades names on a Dask cluster; in the shape of :class:`grading.engine.crew.Crew`.

    Parameters
    ----------
    address
        Of the scheduler, e.g. ``tcp://10.0.0.5:8786``; ``tls://`` where strangers share the net.

    Raises
    ------
    ClusterError
        If nobody answers there, or no worker comes.
    """

    def __init__(
        self, address: str, course_dir: Path, assignment: str, seconds_a_cell: float | None
    ) -> None:
        self._client = _client(address)
        self._grade = partial(
            grade_on_worker, str(course_dir), assignment, seconds_a_cell=seconds_a_cell
        )

    def results(self, usernames: Sequence[str]) -> Iterator[Graded | Failed]:
        """Give each result as soon as it is there, in no order."""
        from distributed import as_completed

        futures = self._client.map(self._grade, usernames, pure=False)
        names = dict(zip((future.key for future in futures), usernames, strict=True))
        for future in as_completed(futures, loop=self._client.loop):
            yield self._result(future, names[future.key])
            future.release()

    def _result(self, future: Any, username: str) -> Graded | Failed:
        error = future.exception()
        if error is None:
            result: Graded | Failed = future.result()
            return result
        # Whatever a hand-in does is caught on the worker; this is a worker lost again and again.
        return Failed(username, f"{LOST}（{type(error).__name__}）")

    def dismiss(self) -> None:
        """Let go of the cluster; what is still under way there is cancelled."""
        self._client.close()


def _client(address: str) -> Client:
    try:
        from distributed import Client
    except ImportError as error:
        raise ClusterError(
            "没有安装集群批改所需的 distributed。请运行：uv sync --extra cluster，再试。"
        ) from error
    try:
        client = Client(address, timeout=SECONDS_TO_CONNECT, set_as_default=False)
        client.wait_for_workers(1, timeout=SECONDS_TO_FIND_A_WORKER)
    except (OSError, TimeoutError, ValueError) as error:
        raise ClusterError(
            f"连不上集群 {address}（{error}）。请核对地址，确认调度程序和至少一个工作程序已经启动。"
        ) from error
    return client


_own = threading.local()
"""A worker's threads each have a grader, made when the first hand-in of an assignment comes."""


def grade_on_worker(
    course_dir: str, assignment: str, username: str, *, seconds_a_cell: float | None
) -> Graded | Failed:
    """Grade one hand-in on a worker; what is wrong with it is told and not raised."""
    return attempt(
        lambda name: _grader(course_dir, assignment, seconds_a_cell).grade(name), username
    )


def _grader(course_dir: str, assignment: str, seconds_a_cell: float | None) -> Grader:
    # A new release or source makes a new grader, as a worker outlives many runs.
    place = Path(course_dir)
    files = sorted((place / "source" / assignment).rglob("*"))
    stamps = tuple((str(path), path.stat().st_mtime_ns) for path in files if path.is_file())
    wanted = (course_dir, assignment, seconds_a_cell, stamps)
    if getattr(_own, "wanted", None) != wanted:
        from grading.engine.run import Run

        if getattr(_own, "end", None):
            _own.end()
        _own.grader, _own.end = Run(place, assignment, seconds_a_cell).grader()
        _own.wanted = wanted
    grader: Grader = _own.grader
    return grader
