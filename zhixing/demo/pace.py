"""Pace: when a cadre starts, how far a cadre gets, and the hours at which people learn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")

# Share of working days on which somebody who is under way sits down to learn.
_WORKDAY, _WEEKEND = 0.34, 0.05
_HOURS = ((8.5, 11.5, 45), (14.0, 17.5, 40), (19.0, 21.5, 15))
"""Begin and end of a stretch of the day, and how much of the learning falls into it."""


ABILITY_SPREAD = 1.0
"""Standard deviation in logits; a usual class, our own figure."""


@dataclass(frozen=True)
class Pace:
    """How one cadre goes about a course.

    Parameters
    ----------
    start_day
        Days after the opening of the cohort.
    reach
        Share of the course's questions that will be answered, 0 to 1, time permitting.
    ability
        In logits, about -2 to 2, as in a Rasch model: added to how easy a question is.
    hands_in
        Chance of handing in a lesson once all its questions are answered.
    """

    start_day: int
    reach: float
    ability: float
    hands_in: float


def draw_pace(rng: Random, energy: float) -> Pace:
    """One of the ways people take a course: never, a look, halfway, to the end.

    Parameters
    ----------
    energy
        How well a community is under way, about 0.5 to 1.5; districts are never even.
    """
    weights = (11 / energy**2, 14 / energy, 27, 40 * energy)
    kind = rng.choices(("never", "look", "half", "end"), weights)[0]
    reach = {
        "never": 0.0,
        "look": rng.uniform(0.05, 0.25),
        "half": rng.uniform(0.3, 0.8),
        "end": 1.0,
    }[kind]
    start_day = min(int(rng.triangular(0, 48, 10) / energy), 52)
    return Pace(start_day, reach, rng.gauss(0, ABILITY_SPREAD), hands_in=0.85)


def daily(first: datetime, count: int, hour: float) -> list[datetime]:
    """The same hour on so many days in a row, for a cadre whose story is told."""
    day = first.astimezone(ZONE).date()
    minutes = timedelta(hours=hour)
    return [
        datetime.combine(day + timedelta(days=number), time(), ZONE) + minutes
        for number in range(count)
    ]


def draw_sittings(rng: Random, start: datetime, end: datetime) -> Iterator[datetime]:
    """Times at which somebody sits down to learn: workdays and office hours, mostly."""
    day = start.astimezone(ZONE).date()
    while day <= end.astimezone(ZONE).date():
        chance = _WEEKEND if day.weekday() >= 5 else _WORKDAY
        if rng.random() < chance:
            begin, close, _ = rng.choices(_HOURS, [hours[2] for hours in _HOURS])[0]
            seconds = int(rng.uniform(begin, close) * 3600)
            sitting = datetime.combine(day, time(), ZONE) + timedelta(seconds=seconds)
            if sitting >= start:
                yield sitting
        day += timedelta(days=1)


def office_hour(rng: Random, after: datetime, days: int) -> datetime:
    """A working hour some days later, as a trainer grades; never on a weekend."""
    day = after.astimezone(ZONE).date() + timedelta(days=days)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    seconds = int(rng.uniform(9, 17) * 3600)
    return datetime.combine(day, time(), ZONE) + timedelta(seconds=seconds)
