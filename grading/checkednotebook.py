"""Checked notebook: what nbgrader's Autograde reads hand-ins with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter

from grading.submittedfile import require_notebook_file


class CheckedNotebookExporter(NotebookExporter):
    """What nbgrader's Autograde reads notebooks with: looks before it parses."""

    def from_filename(self, filename: str, resources: Any = None, **kw: Any) -> Any:
        """Refuse what is no plain notebook, then read it."""
        require_notebook_file(Path(filename))
        return super().from_filename(filename, resources=resources, **kw)
