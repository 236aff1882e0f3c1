"""Seat: a person's place in a cohort, found for a whole batch of answers by one query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from zhixing.records.draft import AnswerDraft
from zhixing.records.errors import NotEnrolledError
from zhixing.records.extended import extended_places, resit_places
from zhixing.records.own import current_cohort
from zhixing.records.tables import Cohort, Enrolment, Person
from zhixing.span import Span


@dataclass(frozen=True)
class Seat:
    """One enrolment and the dates of its cohort."""

    enrolment_id: int
    opens: datetime
    closes: datetime


Seats = dict[tuple[str, str], list[Seat]]
"""By user name and course, oldest cohort first."""

_SEATS = (
    select(Person.username, Cohort.course_id, Enrolment.id, Cohort.opens, Cohort.closes)
    .join(Enrolment, Enrolment.person_id == Person.id)
    .join(Cohort, Cohort.id == Enrolment.cohort_id)
    # All courses of these few people: a condition on the course would make SQLite begin with
    # everybody in it.
    .where(Person.is_active, Person.username.in_(bindparam("usernames", expanding=True)))
    .order_by(Cohort.opens, Enrolment.id)
)


def take_seats(
    conn: Connection, drafts: Sequence[AnswerDraft]
) -> list[AnswerDraft | NotEnrolledError]:
    """Put every draft without an enrolment on its writer's own, within the cohort's dates."""
    seats = _read(conn, [draft for draft in drafts if draft.enrolment_id is None])
    seated = [
        draft if draft.enrolment_id is not None else _seated(draft, seats) for draft in drafts
    ]
    return _extended(conn, seated)


def _extended(
    conn: Connection, seated: Sequence[AnswerDraft | NotEnrolledError]
) -> list[AnswerDraft | NotEnrolledError]:
    """Give those who come after the end what a trainer granted; hardly ever is there anything."""
    late = {_place(one) for one in seated if isinstance(one, AnswerDraft) and _is_late(one)}
    if not late:
        return list(seated)
    enrolments = {enrolment for enrolment, _ in late}
    until = resit_places(conn, enrolments) | extended_places(conn, enrolments)
    return [
        replace(one, closes=max(until[_place(one)], one.closes or until[_place(one)]))
        if isinstance(one, AnswerDraft) and _place(one) in late and _place(one) in until
        else one
        for one in seated
    ]


def _place(draft: AnswerDraft) -> tuple[int, str]:
    return (draft.enrolment_id or 0, draft.lesson_id)


def _is_late(draft: AnswerDraft) -> bool:
    return draft.closes is not None and draft.received_at >= draft.closes


def _read(conn: Connection, drafts: Sequence[AnswerDraft]) -> Seats:
    seats: Seats = {}
    if not drafts:
        return seats
    usernames = list({draft.username for draft in drafts})
    for row in conn.execute(_SEATS, {"usernames": usernames}):
        seats.setdefault((row[0], row[1]), []).append(Seat(*row[2:]))
    return seats


def _seated(draft: AnswerDraft, seats: Seats) -> AnswerDraft | NotEnrolledError:
    own = seats.get((draft.username, draft.course_id), [])
    seat = current_cohort(own, draft.received_at)
    if seat is None:
        return NotEnrolledError(
            "没有这个内容，或者它不对您开放。",
            f"{draft.username!r} is in no cohort of {draft.course_id!r}",
        )
    span = Span(seat.opens, seat.closes).within(draft.opens, draft.closes)
    return replace(draft, enrolment_id=seat.enrolment_id, opens=span.opens, closes=span.closes)
