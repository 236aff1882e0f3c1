"""Moment: times of hand-ins as nbgrader writes and means them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from dateutil.parser import parse
from dateutil.tz import gettz

from grading.submittedfile import SubmittedFileError

_ZONE = re.compile(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*")


def naive_utc(text: str) -> datetime | None:
    """Read a time as nbgrader does: without a zone it is UTC.

    Raises
    ------
    SubmittedFileError
        If it is none, or lies outside the years that there are.
    """
    if not text:
        return None
    try:
        return _naive_utc(text)
    except Exception as error:
        # dateutil fails in many ways on text that nobody meant as a time.
        raise SubmittedFileError(f"交卷时间 {text!r:.60} 读不懂。请重新收卷。") from error


def _naive_utc(text: str) -> datetime:
    parts = text.split(" ")
    zone = parts.pop() if len(parts) == 3 else ""
    moment: datetime = parse(" ".join(parts))
    if zone:
        # A name that leads to a file would have that file read as a time zone.
        moment = moment.replace(tzinfo=gettz(zone) if _ZONE.fullmatch(zone) else None)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
