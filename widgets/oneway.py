"""A widget whose traits only Python sets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

from widgets.esm import module_text, style_text

HERE = Path(__file__).parent


class OneWayWidget(anywidget.AnyWidget):
    """A widget that shows what Python says and hears only messages.

    Whoever holds the page can send any trait update; here none of them is taken, so a trait is
    never a learner's word about a score, a question or whose page it is.
    """

    delivery = traitlets.Dict({"status": "idle", "message": ""}).tag(sync=True)

    def __init_subclass__(cls, module: str = "", **keywords: Any) -> None:
        """Take ``module.js`` and ``module.css`` beside this file as the widget's face."""
        if module:
            cls._esm = module_text(HERE / f"{module}.js")
            cls._css = style_text(HERE / f"{module}.css")
        super().__init_subclass__(**keywords)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.on_msg(self._hear)

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Ignore what the page says the traits are."""

    def hear(self, content: dict[str, Any]) -> None:
        """Act on one message of the page; ``content`` is whatever the page sent."""
        raise NotImplementedError

    def tell(self, status: str, message: str = "") -> None:
        """Say where the learner's work is now, as the widget contract has it."""
        self.delivery = {"status": status, "message": message}

    def _hear(self, _widget: Any, content: Any, _buffers: Any) -> None:
        if isinstance(content, dict):
            self.hear(content)
