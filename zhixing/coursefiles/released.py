"""Released: the courses a platform may show, with only the lessons whose version is published."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from zhixing.course import Course
from zhixing.coursefiles.finding import CourseFaults
from zhixing.coursefiles.loading import (
    CourseFiles,
    LessonFiles,
    course_folders,
    course_from_files,
    read_course,
)
from zhixing.coursefiles.publicationfile import entries_of
from zhixing.coursefiles.versions import lesson_version
from zhixing.publication import PUBLISHED, Entry, Standing, published_before, standing


@dataclass(frozen=True)
class LessonStanding:
    """Where the lesson stands as its files are now; ``before`` is its newest publication."""

    files: LessonFiles
    version: str
    standing: Standing
    before: Entry | None = None

    @property
    def id(self) -> str:
        """Id of the lesson."""
        return str(self.files.entry["id"])

    @property
    def is_published(self) -> bool:
        """Whether just these files were published."""
        return self.standing.stage == PUBLISHED


def sound_course(folder: Path) -> CourseFiles:
    """Read a course that can be taught.

    Raises
    ------
    CourseFaults
        With every fault of its files.
    """
    files = read_course(folder)
    if files.findings:
        raise CourseFaults(files.findings)
    return files


def lesson_standings(files: CourseFiles, entries: tuple[Entry, ...]) -> tuple[LessonStanding, ...]:
    """Stand of every lesson of a course, in the course's order."""
    found = []
    for lesson in files.lessons:
        name, version = lesson.entry["id"], lesson_version(files, lesson)
        now = standing(entries, name, version)
        found.append(LessonStanding(lesson, version, now, published_before(entries, name)))
    return tuple(found)


def is_published(folder: Path, lesson_id: str) -> bool:
    """Whether a lesson as it lies in a course folder is published by the record beside it.

    Raises
    ------
    CourseFaults
        If course or record cannot be read.
    """
    found = lesson_standings(sound_course(folder), entries_of(folder))
    return any(one.is_published for one in found if one.id == lesson_id)


def released_courses(path: Path, *, require_published: bool) -> tuple[Course, ...]:
    """Read all courses in ``path``; where publication is required, drafts are withheld.

    A withheld lesson still counts as one to complete, so that nobody earns the hours of a course
    with half of it.
    """
    folders = course_folders(path)
    return tuple(_course(folder, require_published=require_published) for folder in folders)


def _course(folder: Path, *, require_published: bool) -> Course:
    files = sound_course(folder)
    course = course_from_files(files)
    if not require_published:
        return course
    found = lesson_standings(files, entries_of(folder))
    withheld = tuple(one.id for one in found if not one.is_published)
    kept = tuple(lesson for lesson in course.lessons if lesson.id not in withheld)
    return replace(course, lessons=kept, withheld=withheld)
