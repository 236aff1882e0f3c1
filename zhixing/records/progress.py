"""Progress: the door to everything that is read of people's learning.

Each function takes a connection and a :class:`Viewer` and goes through the rule of scope.
"""

from zhixing.records.errors import NotVisibleError
from zhixing.records.figures import UnitFigures, unit_tree
from zhixing.records.own import OwnEnrolment, OwnGrade, OwnLesson, own_lessons
from zhixing.records.people import PeoplePage, PersonRow, people_of_unit
from zhixing.records.scope import Viewer, viewer_by_username
from zhixing.records.weeks import WeekFigures, weeks_of_unit

__all__ = [
    "NotVisibleError",
    "OwnEnrolment",
    "OwnGrade",
    "OwnLesson",
    "PeoplePage",
    "PersonRow",
    "UnitFigures",
    "Viewer",
    "WeekFigures",
    "own_lessons",
    "people_of_unit",
    "unit_tree",
    "viewer_by_username",
    "weeks_of_unit",
]
