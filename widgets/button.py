"""Button: large enough for a thumb, and calls its action without the event."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets as ipw


def button(
    title: str, act: Callable[[], None], *, is_off: bool = False, is_main: bool = False
) -> ipw.Button:
    """Make a button; ``is_main`` sets off the one that ends the work."""
    layout = ipw.Layout(width="auto", min_width="96px", height="44px", align_self="flex-start")
    style = "primary" if is_main else ""
    made = ipw.Button(description=title, disabled=is_off, layout=layout, button_style=style)
    made.on_click(lambda _: act())
    return made
