"""Exporter: a graded notebook as a page in which nothing of a learner can run."""

from __future__ import annotations

from typing import Any

import jinja2
from nbconvert.exporters import HTMLExporter

from grading.formgrader.framed import framed
from grading.formgrader.translation import TranslatedLoader
from grading.inert import authors_html, inert_html
from grading.plainoutputs import PlainOutputs


class InertHTMLExporter(HTMLExporter):
    """nbconvert's HTML exporter with plain outputs, clean markdown and Chinese templates."""

    def _init_preprocessors(self) -> None:
        super()._init_preprocessors()
        self.register_preprocessor(PlainOutputs, enabled=True)

    def _create_environment(self) -> jinja2.Environment:
        environment: jinja2.Environment = super()._create_environment()
        environment.filters["framed"] = _framed
        if environment.loader is not None:
            environment.loader = TranslatedLoader(environment.loader)
        return environment

    @jinja2.pass_context
    def markdown2html(self, context: jinja2.runtime.Context, source: str) -> str:
        """Turn markdown into clean HTML; a learner's cell may have less than an author's."""
        html = super().markdown2html(context, source)
        cell: Any = context.get("cell", {})
        is_learners = cell.get("metadata", {}).get("nbgrader", {}).get("solution", False)
        return _framed(context, inert_html(html)) if is_learners else authors_html(html)


@jinja2.pass_context
def _framed(context: jinja2.runtime.Context, html: str) -> str:
    """Frame what a learner made on a trainer's page; feedback is the learner's own page."""
    nonce = context.get("resources", {}).get("nonce", "")
    return framed(html, nonce) if nonce else html
