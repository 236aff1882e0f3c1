"""Reviews: a person's own review cards. Nobody else has a way to them, not even in figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from zhixing.records.scope import Viewer
from zhixing.records.tables import ReviewCardRecord
from zhixing.reviewcard import ReviewCard

CardPlace = tuple[str, str]
"""Course and question."""


@dataclass(frozen=True)
class KeptCard:
    """A card as kept: of which version of the question, and the click that was answered last."""

    version: str
    key: str
    card: ReviewCard


def own_cards(conn: Connection, viewer: Viewer) -> Mapping[CardPlace, KeptCard]:
    """Cards of the viewer; there is no reading of anybody else's."""
    rows = conn.execute(
        select(
            ReviewCardRecord.course_id,
            ReviewCardRecord.question_id,
            ReviewCardRecord.version,
            ReviewCardRecord.key,
            ReviewCardRecord.stability,
            ReviewCardRecord.difficulty,
            ReviewCardRecord.last_at,
            ReviewCardRecord.due_at,
        ).where(ReviewCardRecord.person_id == viewer.person_id)
    )
    return {(row[0], row[1]): KeptCard(row[2], row[3], ReviewCard(*row[4:])) for row in rows}


def keep_card(conn: Connection, viewer: Viewer, place: CardPlace, kept: KeptCard) -> None:
    """Put the viewer's card in the place of the one before.

    Without an audit row: that somebody reviews, and how it went, is nobody's business.
    """
    course_id, question_id = place
    where = {
        "person_id": viewer.person_id,
        "course_id": course_id,
        "question_id": question_id,
    }
    here = [getattr(ReviewCardRecord, name) == value for name, value in where.items()]
    conn.execute(delete(ReviewCardRecord).where(*here))
    conn.execute(
        insert(ReviewCardRecord).values(
            **where, version=kept.version, key=kept.key, **vars(kept.card)
        )
    )
