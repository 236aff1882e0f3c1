"""Which course folders a person's box gets, as the records say at the moment it starts."""

from pathlib import Path

import pytest
from sqlalchemy import delete, insert

from tests.classroom_school import COURSE, NOW, fill
from zhixing.hub.spawner import courses_of
from zhixing.records.store import Store, migrate, open_store
from zhixing.records.tables import Cohort, CohortTrainer, Person
from zhixing.settings import Settings


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    for name in (COURSE, "dierke"):
        (tmp_path / "courses" / name).mkdir(parents=True)
    migrate(database_url)
    return Settings(data=tmp_path, courses=tmp_path, database_url=database_url)


@pytest.fixture
def store(settings: Settings) -> Store:
    store = open_store(settings.records_url)
    fill(store)
    return store


def test_a_trainer_gets_what_is_taught_and_a_learner_what_is_taken(
    settings: Settings, store: Store
) -> None:
    assert courses_of(settings, "trainer_x", is_trainer=True) == (COURSE,)
    assert courses_of(settings, "cadre_a", is_trainer=False) == (COURSE,)
    assert courses_of(settings, "stranger", is_trainer=False) == ()
    assert courses_of(settings, "admin", is_trainer=True) == ()
    assert courses_of(settings, "nobody", is_trainer=True) == ()
    store.close()


def test_a_new_cohort_opens_its_course_and_a_lost_one_closes_it_at_the_next_start(
    settings: Settings, store: Store
) -> None:
    with store.begin() as conn:
        trainer = conn.scalar(Person.__table__.select().where(Person.username == "trainer_x"))
        span = {"opens": NOW, "closes": NOW}
        conn.execute(insert(Cohort).values(id=9, course_id="dierke", title="第一期", **span))
        conn.execute(insert(CohortTrainer).values(cohort_id=9, person_id=trainer))
    assert courses_of(settings, "trainer_x", is_trainer=True) == ("dierke", COURSE)
    with store.begin() as conn:
        conn.execute(delete(CohortTrainer).where(CohortTrainer.person_id == trainer))
    assert courses_of(settings, "trainer_x", is_trainer=True) == ()
    store.close()
