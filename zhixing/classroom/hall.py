"""Hall: all that the classroom was handed, in one value that every endpoint gets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol, cast
from zoneinfo import ZoneInfo

from fastapi import Request

from zhixing.classroom.packable import Packable
from zhixing.classroom.problem import not_found
from zhixing.course import Course, Lesson
from zhixing.records.recorder import Recorder
from zhixing.records.store import Store
from zhixing.settings import Settings

if TYPE_CHECKING:
    from zhixing.classroom.visitor import Identify

PackHandIn = Callable[..., bytes]
"""``(course_id, lesson_id, answers, workbooks, submitted_at)`` to the zip of a submission;
``answers`` maps a question id to a :data:`Packable`."""


ReadRelease = Callable[[str, str], bytes | None]
"""``(course_id, lesson_id)`` to the zip of the released lesson; None where it is not released."""

Regraded = tuple[Packable, float]
"""An answer as it is judged now, and its points."""


@dataclass(frozen=True)
class RegradedLearner:
    """The hand-in of one learner that counts, and what the regraded questions are judged at.

    ``submitted_at`` says which hand-in it is, ``answers`` maps question ids.
    """

    submitted_at: datetime
    answers: Mapping[str, Regraded]


class GradingDesk(Protocol):
    """nbgrader's side of the house, as far as a regrade has to reach it."""

    def repack(self, package: bytes, answers: Mapping[str, Packable]) -> bytes:
        """Zip of a hand-in with the answers as they are judged now."""

    def follow(
        self,
        course_id: str,
        lesson_id: str,
        regraded: Callable[[], Mapping[str, RegradedLearner]],
    ) -> None:
        """Bring collected hand-ins and the gradebook to what the records say; safe to repeat.

        ``regraded`` reads who was, by user name; it is asked only where anything can be written.
        """


@dataclass(frozen=True)
class Hall:
    """What the factory was handed.

    Parameters
    ----------
    identify
        Says who a request comes from: the Hub in service, a stub person on Binder.
    pack
        Builds the nbgrader submission; grading is handed in, because we do not know it.
    released
        Reads the learners' version of a lesson.
    grading
        Collected hand-ins and gradebook; None where there is no nbgrader behind the classroom.
    prefix
        Path under which the classroom is reached, with slashes at both ends.
    clock
        Server time; only tests hand in another.
    """

    settings: Settings
    store: Store
    recorder: Recorder
    courses: tuple[Course, ...]
    identify: Identify
    pack: PackHandIn
    released: ReadRelease = lambda *_: None
    grading: GradingDesk | None = None
    prefix: str = "/services/classroom/"
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    shown: Mapping[str, Any] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        """Zone in which dates are shown."""
        return ZoneInfo(self.settings.timezone)

    def course(self, course_id: str) -> Course:
        """Course of this id, else the 404 of things not existing."""
        found = next((course for course in self.courses if course.id == course_id), None)
        if found is None:
            raise not_found()
        return found

    def lesson(self, course_id: str, lesson_id: str) -> Lesson:
        """Lesson of these ids, else 404."""
        lesson = self.course(course_id).lesson(lesson_id)
        if lesson is None:
            raise not_found()
        return lesson


def hall_of(request: Request) -> Hall:
    """Return the hall of the app that serves the request."""
    return cast("Hall", request.app.state.hall)


async def current_hall(request: Request) -> Hall:
    """Return the same to an endpoint; a plain function would be called in another thread."""
    return hall_of(request)
