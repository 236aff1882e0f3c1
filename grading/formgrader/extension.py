"""Extension: nbgrader's formgrader with our exporter, our handlers and Chinese templates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2
from jupyter_server.utils import url_path_join
from nbgrader.server_extensions.formgrader import handlers
from nbgrader.server_extensions.formgrader.formgrader import FormgradeExtension

from grading.formgrader.exporter import InertHTMLExporter
from grading.formgrader.handlers import OURS
from grading.formgrader.translation import TranslatedLoader


class ChineseFormgrader(FormgradeExtension):
    """nbgrader's own extension; ours is only what it shows and how."""

    def init_tornado_settings(self, webapp: Any) -> None:
        """Put our templates and exporter in the place of nbgrader's."""
        super().init_tornado_settings(webapp)
        pages = Path(handlers.template_path)
        loader = jinja2.FileSystemLoader([pages, pages / "formgrade"])
        webapp.settings.update(
            # Escaped, unlike nbgrader's: names in an address came back as markup.
            nbgrader_jinja2_env=jinja2.Environment(
                loader=TranslatedLoader(loader), autoescape=True
            ),
            nbgrader_exporter=InertHTMLExporter(config=self.config),
            # No CDN; our courses hold no formulas.
            mathjax_url="",
        )

    def init_handlers(self, webapp: Any) -> None:
        """Add our handlers before nbgrader's."""
        base = webapp.settings["base_url"]
        ours = [(url_path_join(base, path.lstrip("/")), *rest) for path, *rest in OURS]
        webapp.add_handlers(".*$", ours)
        super().init_handlers(webapp)


def load(server: Any) -> None:
    """Add formgrader to a running Jupyter server."""
    formgrader = ChineseFormgrader(parent=server)
    formgrader.root_dir = str(Path(server.root_dir))
    formgrader.log = server.log
    formgrader.initialize([])
    formgrader.init_tornado_settings(server.web_app)
    formgrader.init_handlers(server.web_app)
