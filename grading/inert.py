"""Inert: what a learner made, as HTML that can run, call or imitate nothing."""

from __future__ import annotations

import re

import nh3

LEARNER_TAGS = nh3.ALLOWED_TAGS - {"map", "area", "hgroup", "article", "aside", "header", "footer"}
_IMAGE_DATA = re.compile(r"data:image/(png|jpeg);base64,[A-Za-z0-9+/=\s]*\Z")
_SCHEMES = {"http", "https", "mailto", "data"}
_AUTHOR_ATTRIBUTES = {"*": {"class", "id"}}


def inert_html(html: str) -> str:
    """HTML of a learner: no script, form, style, name or class (a page's buttons go by class)."""
    return nh3.clean(
        html, tags=LEARNER_TAGS, url_schemes=_SCHEMES, attribute_filter=_learners_attribute
    )


def authors_html(html: str) -> str:
    """HTML of a course: may be styled and linked to, runs nothing either."""
    attributes = {name: set(allowed) for name, allowed in nh3.ALLOWED_ATTRIBUTES.items()}
    return nh3.clean(
        html,
        attributes=attributes | _AUTHOR_ATTRIBUTES,
        url_schemes=_SCHEMES,
        attribute_filter=_authors_attribute,
    )


def _learners_attribute(tag: str, attribute: str, value: str) -> str | None:
    # A picture from elsewhere would tell its server who grades, and when.
    if (tag, attribute) == ("img", "src") and not _IMAGE_DATA.match(value):
        return None
    return _authors_attribute(tag, attribute, value)


def _authors_attribute(tag: str, attribute: str, value: str) -> str | None:
    # A data address may be a whole page with script; only pictures may come that way.
    if not value.lstrip().lower().startswith("data:"):
        return value
    is_picture = (tag, attribute) == ("img", "src") and _IMAGE_DATA.match(value)
    return value if is_picture else None
