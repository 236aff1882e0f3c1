"""Teaching: the cohorts a trainer owns; a trainer's right comes from them and ends with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from zhixing.records.scope import Viewer
from zhixing.records.tables import Cohort, CohortTrainer


@dataclass(frozen=True)
class TaughtCohort:
    """One cohort that the viewer teaches."""

    cohort_id: int
    course_id: str
    title: str
    opens: datetime
    closes: datetime


def taught_cohorts(conn: Connection, viewer: Viewer) -> tuple[TaughtCohort, ...]:
    """Cohorts that the viewer teaches, oldest first; none without the trainer's role."""
    if "trainer" not in viewer.roles:
        return ()
    rows = conn.execute(
        select(Cohort.id, Cohort.course_id, Cohort.title, Cohort.opens, Cohort.closes)
        .join(CohortTrainer, CohortTrainer.cohort_id == Cohort.id)
        .where(CohortTrainer.person_id == viewer.person_id)
        .order_by(Cohort.opens, Cohort.id)
    )
    return tuple(TaughtCohort(*row) for row in rows)
