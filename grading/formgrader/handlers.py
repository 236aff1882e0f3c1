"""Handlers: the grading page under a strict content policy, and scripts in Chinese."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from nbgrader.server_extensions.formgrader import handlers
from nbgrader.server_extensions.formgrader.base import check_notebook_dir, check_xsrf
from tornado import web
from traitlets.config import Config

from grading.formgrader.autograde import AutogradeAllHandler, AutogradeHandler
from grading.formgrader.commentbank import comment_bank
from grading.formgrader.rubrics import graded_by_rubric, rubric_html
from grading.formgrader.translation import FOLDER, translated

POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'self'"
)
"""Beside the cleaning: should a learner's mark-up get through, it still runs and calls nothing."""


class CourseHandler(handlers.FormgraderHandler):
    """Opens formgrader, for one of the trainer's courses where there are several."""

    @web.authenticated
    @check_xsrf
    @check_notebook_dir
    def get(self) -> None:
        """Go to the course of ``?course=``; nbgrader's ``?path=`` runs any folder's settings."""
        formgrader = self.settings["nbgrader_formgrader"]
        course = self.get_argument("course", "")
        if course:
            self._open(formgrader, self._folder(Path(formgrader.root_dir), course))
        self.redirect(f"{self.base_url}/formgrader/manage_assignments")

    def _folder(self, home: Path, course: str) -> Path:
        folder = home / course
        if folder.parent != home or not (folder / "course.toml").is_file():
            raise web.HTTPError(404, f"没有课程 {course}，或者它不是您带的课。请从首页重新进入。")
        return folder

    def _open(self, formgrader: Any, folder: Path) -> None:
        kept = self.settings["nbgrader_gradebook"]
        if kept is not None:
            kept.close()
        self.settings["nbgrader_gradebook"] = None
        formgrader.load_cwd_config = False
        formgrader.config = Config()
        formgrader.config_dir = str(folder)
        formgrader.initialize([], root=str(folder))


class InertSubmissionHandler(handlers.SubmissionHandler):
    """Shows one graded notebook; only scripts that we name run on the page."""

    @property
    def exporter(self) -> Any:
        """Exporter that puts this page's nonce and the lesson's rubrics into it."""
        return _PageExporter(
            super().exporter, self._nonce, Path(self.coursedir.root), self.gradebook
        )

    def prepare(self) -> Any:
        """Draw the nonce of this page."""
        self._nonce = secrets.token_urlsafe(16)
        return super().prepare()

    def get(self, submission_id: str) -> Any:
        """Write the page."""
        self.set_header("Content-Security-Policy", POLICY.format(nonce=self._nonce))
        return super().get(submission_id)


class _PageExporter:
    """The exporter for one page."""

    def __init__(self, exporter: Any, nonce: str, course_dir: Path, gradebook: Any) -> None:
        self._exporter = exporter
        self._nonce = nonce
        self._course_dir = course_dir
        self._gradebook = gradebook

    def from_filename(self, filename: str, resources: dict[str, Any]) -> Any:
        """Export with what this page needs."""
        questions = graded_by_rubric(self._course_dir, resources["assignment_id"])
        added = {
            "nonce": self._nonce,
            "rubrics": {one.id: rubric_html(one) for one in questions},
            "comments": {one.id: comment_bank(self._gradebook, one) for one in questions},
        }
        return self._exporter.from_filename(filename, resources={**resources, **added})


class TranslatedScriptHandler(web.RequestHandler):
    """nbgrader's own scripts, in Chinese."""

    def get(self, name: str) -> None:
        """Write the script."""
        path = Path(handlers.static_path) / "js" / name
        if not path.is_file():
            raise web.HTTPError(404)
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.set_header("Cache-Control", "no-cache")
        self.write(translated(name, path.read_text(encoding="utf-8")))


OURS: list[tuple[Any, ...]] = [
    (r"/formgrader/?", CourseHandler),
    (r"/formgrader/api/submission/([^/]+)/([^/]+)/autograde", AutogradeHandler),
    (r"/formgrader/api/assignment/([^/]+)/autograde", AutogradeAllHandler),
    (r"/formgrader/submissions/([^/]+)/?", InertSubmissionHandler),
    (r"/formgrader/static/js/([a-z_]+\.js)", TranslatedScriptHandler),
    (r"/formgrader/static/zhixing/(.*)", web.StaticFileHandler, {"path": str(FOLDER / "static")}),
]
"""Put before nbgrader's, so that these patterns find ours first."""
