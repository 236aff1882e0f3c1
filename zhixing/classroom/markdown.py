"""Markdown: lesson text as HTML that holds nothing a page of ours may not run."""

from __future__ import annotations

import nh3
from markdown_it import MarkdownIt

_PARSER = MarkdownIt("commonmark", {"html": True, "typographer": False}).enable(
    ["table", "strikethrough"]
)

_TAGS = {
    *("a", "abbr", "b", "blockquote", "br", "caption", "code", "dd", "del", "details", "div"),
    *("dl", "dt", "em", "figcaption", "figure", "h2", "h3", "h4", "h5", "hr", "i", "img", "kbd"),
    *("li", "mark", "ol", "p", "pre", "small", "span", "strong", "sub", "summary", "sup"),
    *("table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
    *("svg", "g", "path", "rect", "circle", "line", "polyline", "polygon", "text", "tspan"),
    *("title", "desc"),
}

_SHAPE = {
    *("x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "d", "points", "width"),
    *("height", "fill", "stroke", "stroke-width", "stroke-dasharray", "transform", "dx", "dy"),
    *("text-anchor", "font-size", "font-weight", "dominant-baseline", "class"),
}

_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan", "style"},
    "th": {"colspan", "rowspan", "scope", "style"},
    "svg": {"viewBox", "viewbox", "role", "aria-label", "aria-labelledby", "xmlns", *_SHAPE},
    "abbr": {"title"},
    "*": {"id", "class", "lang"},
    **dict.fromkeys(("g", "path", "rect", "circle", "line", "polyline", "polygon"), _SHAPE),
    **dict.fromkeys(("text", "tspan"), _SHAPE),
}

_FIGURES = "figures/"
"""How a lesson's text names its own pictures; the check lets no other picture pass."""


def html_from_markdown(text: str, figures: str = "figures/") -> str:
    """Render lesson text; scripts, styles, frames and outside pictures are left out.

    Parameters
    ----------
    figures
        Where the page finds what the text calls ``figures/``.
    """

    def placed(tag: str, attribute: str, value: str) -> str | None:
        if (tag, attribute) != ("img", "src"):
            return value
        return f"{figures}{value.removeprefix(_FIGURES)}" if value.startswith(_FIGURES) else None

    html = nh3.clean(
        _PARSER.render(text),
        tags=_TAGS,
        attributes={tag: set(names) - {"style"} for tag, names in _ATTRIBUTES.items()},
        attribute_filter=placed,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )
    # A table wider than a phone scrolls by itself, and not the page with it; it can be reached
    # by keyboard for that.
    opened = '<div class="wide" tabindex="0" role="region" aria-label="表格"><table'
    return html.replace("<table", opened).replace("</table>", "</table></div>")
