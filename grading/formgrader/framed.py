"""Framed: what a learner made, in a document of an origin of its own inside the trainer's page.

Cleaning is the first wall, the page's policy the second, this the third: a frame with ``sandbox``
and without ``allow-same-origin`` has no cookies, no storage and no way to the page around it. The
one script in it, which says how high it is, has the page's nonce; nothing else may run, load or
send there.
"""

from __future__ import annotations

import re
from html import escape

POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'unsafe-inline'; img-src data:; "
    "form-action 'none'; base-uri 'none'"
)

STYLE = """
body { margin: 0; padding: 2px 4px; font: 16px/1.7 "Noto Sans CJK SC", "Microsoft YaHei",
  sans-serif; color: #1f2430; overflow-wrap: anywhere; }
pre { margin: 0; white-space: pre-wrap; font-size: 15px; }
.highlight pre, code { font-family: Consolas, "Noto Sans Mono CJK SC", monospace; }
table { border-collapse: collapse; margin: 8px 0 16px; }
th, td { border: 1px solid #d5d3cc; padding: 4px 10px; text-align: left; }
img { max-width: 100%; height: auto; }
.output_error, .output_stderr { background: #fdeceb; padding: 4px 8px; }
.prompt { color: #5b6472; font-size: 13px; }
.k, .kn, .ow { color: #00622f; font-weight: 600; } .s1, .s2, .sd { color: #a31515; }
.c1 { color: #4f6b73; } .mi, .mf { color: #6a3d9a; } .nf, .nc { color: #1d5b9b; }
"""

HEIGHT = """
const tell = () => parent.postMessage({ zxHeight: document.documentElement.offsetHeight }, "*");
addEventListener("message", tell);
new ResizeObserver(tell).observe(document.documentElement);
"""
"""Told when the page asks too: what is below the screen is not observed until it is seen."""

_TAG = re.compile(r"<(?!img\b)[^>]*>")


def framed(html: str, nonce: str, title: str = "学员的作答") -> str:
    """Put clean HTML into a frame; nothing at all where there is nothing to show.

    Parameters
    ----------
    nonce
        That of the page around it.
    """
    if not _TAG.sub("", html).strip():
        return ""
    policy = escape(POLICY.format(nonce=nonce))
    document = (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f"<style>{STYLE}</style></head><body>{html}"
        f'<script nonce="{escape(nonce)}">{HEIGHT}</script></body></html>'
    )
    return (
        f'<iframe class="zx-learner" sandbox="allow-scripts" title="{escape(title)}"'
        f' srcdoc="{escape(document)}"></iframe>'
    )
