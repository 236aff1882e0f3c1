"""Moment: times of hand-ins as nbgrader writes and means them."""

from __future__ import annotations

from datetime import UTC, datetime

from dateutil.parser import ParserError, parse
from dateutil.tz import gettz

from grading.submittedfile import SubmittedFileError


def naive_utc(text: str) -> datetime | None:
    """Read a time as nbgrader does: without a zone it is UTC."""
    if not text:
        return None
    parts = text.split(" ")
    zone = parts.pop() if len(parts) == 3 else ""
    try:
        moment = parse(" ".join(parts))
    except (ParserError, OverflowError) as error:
        raise SubmittedFileError(f"交卷时间 {text!r:.60} 读不懂。请重新收卷。") from error
    if zone:
        moment = moment.replace(tzinfo=gettz(zone))
    found: datetime = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    return found
