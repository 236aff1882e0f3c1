"""Privacy: what no roster may hold, because the platform has no use for it.

References
----------
Domain brief, section 8 (个人信息保护法 art. 6, minimum): no ID number, no phone number.
"""

from __future__ import annotations

import re
import unicodedata

_BIRTHDAY = r"(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])"
_PATTERNS = {
    # 6 digits of place, a plausible birthday, 3 of sequence and a check digit.
    "身份证号": re.compile(
        rf"(?<!\d)[1-9]\d{{5}}(((19|20)\d{{2}}{_BIRTHDAY}\d{{3}}[\dXx])|(\d{{2}}{_BIRTHDAY}\d{{3}}))(?!\d)"
    ),
    "手机号": re.compile(r"(?<!\d)(\+?86)?1[3-9]\d{9}(?!\d)"),
}


def private_number(text: str) -> str | None:
    """What kind of private number the text seems to hold, or None.

    Full-width digits, spaces and hyphens between digits hide nothing.
    """
    joined = re.sub(r"(?<=\d)[\s-]+(?=[\dXx])", "", unicodedata.normalize("NFKC", text))
    return next((kind for kind, pattern in _PATTERNS.items() if pattern.search(joined)), None)


def masked(text: str) -> str:
    """The text with all but its first two characters covered, for an error message."""
    return text[:2] + "*" * max(0, len(text) - 2)
